package conform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// process is a run of the program.
type process struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	slow   chan struct{} // closed when stdout is read at last; nil: it is read at once
	record *os.File      // of what it was fed
	again  string        // a command that does the same
	cancel context.CancelFunc

	mu      sync.Mutex
	changed chan struct{} // closed and made anew when something comes
	partial []byte
	lines   []string // of stdout
	stderr  bytes.Buffer

	ended chan struct{}
	code  int
	late  bool // it was killed for taking too long
	began time.Time
	took  time.Duration
}

// outcome is what a run that has ended has said.
type outcome struct {
	exit   int
	late   bool
	lines  []string
	stderr string
	took   time.Duration
	again  string
}

// output takes in what the process writes.
type output struct {
	p      *process
	stderr bool
}

const mostStderr = 1 << 20

func (o output) Write(text []byte) (int, error) {
	p := o.p
	if !o.stderr && p.slow != nil {
		<-p.slow
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.wake()
	if o.stderr {
		if p.stderr.Len() < mostStderr {
			p.stderr.Write(text)
		}
		return len(text), nil
	}
	lines := bytes.Split(append(p.partial, text...), []byte("\n"))
	last := len(lines) - 1
	for _, line := range lines[:last] {
		p.lines = append(p.lines, strings.TrimSuffix(string(line), "\r"))
	}
	p.partial = bytes.Clone(lines[last])
	return len(text), nil
}

func (p *process) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// start runs a command, whose stdin is to be fed, and kills it when the time is over.
func start(ctx context.Context, timeout time.Duration, command, env []string, o options) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the program to be tried is the caller's
	cmd.Env = env
	p := &process{cmd: cmd, cancel: cancel, changed: make(chan struct{}), ended: make(chan struct{}), began: time.Now()}
	var err error
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		cancel()
		return nil, err
	}
	cmd.Stderr = output{p, true}
	cmd.Stdout = output{p, false}
	if o.slowStdout > 0 {
		p.slow = make(chan struct{})
		time.AfterFunc(o.slowStdout, func() { close(p.slow) })
	}
	if o.closedStdout {
		reader, writer, err := os.Pipe()
		if err != nil {
			cancel()
			return nil, err
		}
		_ = reader.Close()
		defer writer.Close() //nolint:errcheck // it is the process's now
		cmd.Stdout = writer
	}
	// What the program has started may hold its output open after it.
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go p.watch(ctx)
	return p, nil
}

// watch notes how the process ends.
func (p *process) watch(ctx context.Context) {
	_ = p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = errors.Is(ctx.Err(), context.DeadlineExceeded)
	p.code, p.took = exitCode(p.cmd.ProcessState), time.Since(p.began)
	if len(p.partial) > 0 {
		p.lines = append(p.lines, string(p.partial))
	}
	p.wake()
	close(p.ended)
	p.cancel()
}

// feed writes lines; a program that reads no more has its reasons, which its exit
// tells.
func (p *process) feed(lines ...string) {
	for _, line := range lines {
		if p.record != nil {
			_, _ = io.WriteString(p.record, line)
		}
		if _, err := io.WriteString(p.stdin, line); err != nil {
			return
		}
	}
}

// end closes the input and waits for the process.
func (p *process) end() outcome {
	_ = p.stdin.Close()
	return p.wait()
}

// wait waits for the process, whose input stays open.
func (p *process) wait() outcome {
	<-p.ended
	_ = p.stdin.Close()
	if p.record != nil {
		_ = p.record.Close()
	}
	return outcome{exit: p.code, late: p.late, lines: p.lines, stderr: p.stderr.String(), took: p.took, again: p.again}
}

// told returns the lines that stdout has so far.
func (p *process) told() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// awaitLine waits for a line of stdout that fits, false if the process ends or the
// time passes without one.
func (p *process) awaitLine(fits func(line string) bool, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	seen := 0
	for {
		p.mu.Lock()
		lines, changed := p.lines, p.changed
		p.mu.Unlock()
		for ; seen < len(lines); seen++ {
			if fits(lines[seen]) {
				return true
			}
		}
		select {
		case <-changed:
		case <-p.ended:
			return false
		case <-timer.C:
			return false
		}
	}
}

func (p *process) signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// exitCode is the exit code, or that which a shell gives for a signal.
func exitCode(state *os.ProcessState) int {
	if state == nil {
		return -1
	}
	if code := state.ExitCode(); code >= 0 {
		return code
	}
	return signalCode(state)
}
