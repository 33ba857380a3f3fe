package kafkatrial

import (
	"bytes"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// feed is a tap and its feeder.
type feed struct {
	child *child
	next  atomic.Int64
}

// last is the last record that the tap has sent.
func (f *feed) last() int64 { return f.next.Load() - 1 }

const (
	perState = 500 // records
	perChunk = 100 // between two breaths of the tap
	breath   = 5 * time.Millisecond
)

// startFeeder starts a feeder, and a tap that goes on behind the state.
func (r *Trial) startFeeder() {
	from := r.state() + 1
	read, write, err := os.Pipe()
	if err != nil {
		r.t.Fatal(err)
	}
	f := &feed{}
	f.next.Store(from)
	f.child = r.start(fmt.Sprintf("feeder-%d", r.random.Uint64()), read,
		"--feed", r.Address+"?create=true&partitions=8&replication=1", "--state", r.stateFile(), "--wait")
	_ = read.Close() // it is the child's
	r.feeder = f
	go func() {
		defer write.Close() //nolint:errcheck // the feeder is gone, or has read all
		if _, err := fmt.Fprintln(write, `{"type": "SCHEMA", "stream": "orders", "key_properties": ["id"], "schema": {"type": "object", "properties": {"id": {"type": "integer"}, "version": {"type": "integer"}}}}`); err != nil {
			return
		}
		for i := from; ; {
			var text bytes.Buffer
			for range perChunk {
				fmt.Fprintf(&text, `{"type": "RECORD", "stream": "orders", "record": {"id": %d, "version": %d}}`+"\n", i%int64(r.Keys), i)
				if i%perState == perState-1 {
					fmt.Fprintf(&text, `{"type": "STATE", "value": {"bookmarks": {"orders": {"version": %d}}}}`+"\n", i)
				}
				i++
			}
			f.next.Store(i)
			if _, err := write.Write(text.Bytes()); err != nil {
				return // the feeder was killed
			}
			select {
			case <-r.stop:
				return
			case <-time.After(breath):
			}
		}
	}()
}
