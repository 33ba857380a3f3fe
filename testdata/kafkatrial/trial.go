// Package kafkatrial holds a load by way of Kafka against what may go wrong: workers and
// feeders that are killed, workers that come and go, brokers that restart.
package kafkatrial

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Trial is one load. Its stream orders has Keys rows; record i is the version i of the row
// i modulo Keys, so that the last version of each is known.
type Trial struct {
	Program func(args ...string) *exec.Cmd // the connector
	Config  string                         // file with the workers' config
	Address string                         // of the topic, without a query
	Restart func() error                   // kills the broker and starts it again; nil if that cannot be done
	Rows    func() (Rows, error)           // what the store holds
	Rounds  int
	Keys    int
	Seed    uint64
	Pace    time.Duration // between two rounds, on average

	t       testing.TB
	dir     string
	random  *rand.Rand
	workers []*child
	feeder  *feed
	told    Told
	stop    chan struct{}
}

// Rows are the versions that a store holds by row, and how many rows that are.
type Rows struct {
	Versions map[int64]int64
	Count    int
}

// Told is what a trial has seen.
type Told struct {
	Rounds, WorkersKilled, FeedersKilled, Joins, Leaves, Restarts int
	States                                                        int   // that were held against the store
	Records                                                       int64 // of the whole input
}

// child is a process that is running.
type child struct {
	cmd  *exec.Cmd
	log  string
	done chan error
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// Run does all rounds, then lets the load come to its end and looks at what was stored.
func (r *Trial) Run(t testing.TB) Told {
	t.Helper()
	r.t, r.dir, r.stop = t, t.TempDir(), make(chan struct{})
	r.random = rand.New(rand.NewPCG(r.Seed, 1))
	var watching sync.WaitGroup
	over := make(chan struct{})
	watching.Go(func() { r.watch(over) })
	defer r.killAll()
	r.startFeeder()
	r.startWorker()
	r.startWorker()
	for range r.Rounds {
		time.Sleep(r.Pace/2 + time.Duration(r.random.Int64N(int64(r.Pace))))
		r.round()
		if t.Failed() {
			break
		}
	}
	close(r.stop)
	select {
	case err := <-r.feeder.child.done:
		if err != nil {
			t.Errorf("the feeder: %v\n%s", err, r.tail(r.feeder.child.log))
		}
	case <-time.After(3 * time.Minute):
		t.Errorf("the feeder does not come to its end\n%s\n%s", r.tail(r.feeder.child.log), r.tail(r.workers[0].log))
	}
	close(over)
	watching.Wait()
	r.told.Records = r.feeder.last() + 1
	r.judge()
	return r.told
}

// round does one thing that may happen to a load.
func (r *Trial) round() {
	r.told.Rounds++
	switch n := r.random.IntN(16); {
	case n < 6:
		victim := r.random.IntN(len(r.workers))
		r.workers[victim].kill()
		r.workers = append(r.workers[:victim], r.workers[victim+1:]...)
		r.told.WorkersKilled++
		r.startWorker()
	case n < 9:
		r.feeder.child.kill()
		r.told.FeedersKilled++
		r.startFeeder()
	case n < 11 && len(r.workers) < 4:
		r.told.Joins++
		r.startWorker()
	case n < 13 && len(r.workers) > 1:
		leaver := r.workers[0]
		r.workers = r.workers[1:]
		r.told.Leaves++
		_ = leaver.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-leaver.done:
			if err != nil {
				r.t.Errorf("a worker that is stopped: %v\n%s", err, r.tail(leaver.log))
			}
		case <-time.After(time.Minute):
			r.t.Errorf("a worker does not stop\n%s", r.tail(leaver.log))
		}
	case n < 14 && r.Restart != nil:
		r.told.Restarts++
		if err := r.Restart(); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, w := range r.workers { // none ends by itself
		select {
		case err := <-w.done:
			w.done <- err
			r.t.Errorf("a worker ended: %v\n%s", err, r.tail(w.log))
		default:
		}
	}
}

func (r *Trial) start(name string, stdin io.Reader, args ...string) *child {
	r.t.Helper()
	c := &child{cmd: r.Program(args...), log: filepath.Join(r.dir, name+".log"), done: make(chan error, 1)}
	file, err := os.Create(c.log)
	if err != nil {
		r.t.Fatal(err)
	}
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = stdin, file, file
	if err := c.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		c.done <- c.cmd.Wait()
		_ = file.Close()
	}()
	return c
}

func (r *Trial) startWorker() {
	name := fmt.Sprintf("worker-%d", r.random.Uint64())
	r.workers = append(r.workers, r.start(name, nil, "--work", r.Address, "--config", r.Config))
}

func (r *Trial) killAll() {
	for _, w := range r.workers {
		w.kill()
	}
	_ = r.feeder.child.cmd.Process.Kill()
}

func (r *Trial) tail(log string) []byte {
	text, _ := os.ReadFile(log)
	return text[max(0, len(text)-3000):]
}

// judge holds what the store has in the end against what was read.
func (r *Trial) judge() {
	rows, err := r.Rows()
	if err != nil {
		r.t.Fatal(err)
	}
	if rows.Count != r.Keys {
		r.t.Errorf("%d rows, want %d", rows.Count, r.Keys)
	}
	if fault := r.lacks(rows, r.told.Records-1); fault != "" {
		r.t.Errorf("in the end %s", fault)
	}
}

// lacks tells which row is older than its version of up to a record, "" if none is.
func (r *Trial) lacks(rows Rows, upTo int64) string {
	keys := int64(r.Keys)
	for key := range keys {
		if key > upTo {
			break
		}
		want := upTo - (upTo-key)%keys
		if got, ok := rows.Versions[key]; !ok || got < want {
			return fmt.Sprintf("row %d is there (%v) in version %d, want %d", key, ok, got, want)
		}
	}
	return ""
}

func (r *Trial) stateFile() string { return filepath.Join(r.dir, "state.json") }

// state is the last record that the state file covers, -1 if there is none.
func (r *Trial) state() int64 {
	text, err := os.ReadFile(r.stateFile())
	if err != nil {
		return -1
	}
	var state struct {
		Bookmarks struct{ Orders struct{ Version int64 } }
	}
	if err := json.Unmarshal(text, &state); err != nil {
		r.t.Errorf("the state file holds %q: %v", text, err)
	}
	return state.Bookmarks.Orders.Version
}

// watch holds every state that is seen against the store.
func (r *Trial) watch(over <-chan struct{}) {
	seen := int64(-1)
	for {
		select {
		case <-over:
			return
		case <-time.After(2 * time.Millisecond):
		}
		state := r.state()
		if state == seen {
			continue
		}
		if state < seen {
			r.t.Errorf("the state went back from %d to %d", seen, state)
		}
		seen = state
		rows, err := r.Rows()
		if err != nil {
			r.t.Errorf("read back: %v", err)
			return
		}
		r.told.States++
		if fault := r.lacks(rows, state); fault != "" {
			r.t.Errorf("the state says that all is stored up to %d, but %s", state, fault)
			return
		}
	}
}
