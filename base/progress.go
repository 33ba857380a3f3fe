package base

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// progress is a live line on a terminal; anywhere else it is silent.
type progress struct {
	out   io.Writer // nil: silent
	now   func() time.Time
	shown bool
	note  atomic.Pointer[string] // what is waited for
}

func newProgress(stderr io.Writer, now func() time.Time) *progress {
	file, ok := stderr.(*os.File)
	if !ok {
		return &progress{}
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{out: file, now: now}
}

func (p *progress) show(s *summary, set *batchSet) {
	if p.out == nil {
		return
	}
	total := s.total()
	seconds := max(p.now().Sub(s.started).Seconds(), 0.001)
	fmt.Fprintf(p.out, "\r\x1b[K%d records read, %d exported, %d rejected, %.1f MiB held, %.0f records/s",
		total.read, total.exported, total.rejected, float64(set.bytes)/(1<<20), float64(total.read)/seconds)
	if note := p.note.Load(); note != nil {
		fmt.Fprint(p.out, ", "+*note)
	}
	p.shown = true
}

// wait shows, from any goroutine, what is waited for; "" ends it.
func (p *progress) wait(note string) {
	switch {
	case p == nil:
	case note == "":
		p.note.Store(nil)
	default:
		p.note.Store(&note)
	}
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
