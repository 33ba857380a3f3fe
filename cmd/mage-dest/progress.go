package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
)

// progress tells a person what is being done: one line a step when it is over
// and, on a terminal, a line that lives until then.
type progress struct {
	out  io.Writer
	live bool
	now  func() time.Time
}

func newProgress(out io.Writer) *progress {
	return &progress{out: out, live: isTerminal(out), now: time.Now}
}

// during runs a step and returns what it said.
func (p *progress) during(what string, do func(words io.Writer) error) ([]byte, error) {
	started := p.now()
	words := &said{}
	stop := p.watch(what, started, words)
	err := do(words)
	stop()
	result := "done"
	if err != nil {
		result = "failed"
	}
	fmt.Fprintf(p.out, "%s: %s in %.1f s\n", what, result, p.now().Sub(started).Seconds())
	return words.all(), err
}

// watch shows the step, the time it has taken and the last thing it said.
func (p *progress) watch(what string, started time.Time, words *said) (stop func()) {
	if !p.live {
		return func() {}
	}
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			fmt.Fprintf(p.out, "\r\x1b[K%s … %.0f s  %s", what, p.now().Sub(started).Seconds(), words.last())
			select {
			case <-tick.C:
			case <-done:
				fmt.Fprint(p.out, "\r\x1b[K")
				return
			}
		}
	}()
	return func() { close(done); <-gone }
}

// said keeps the words of a step.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *said) all() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.TrimSpace(bytes.Clone(s.text.Bytes()))
}

// last is the last line, short enough not to wrap.
func (s *said) last() string {
	lines := strings.Split(string(s.all()), "\n")
	return trial.Clip(lines[len(lines)-1], 50)
}
