//go:build linux

package templates_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// crasher is a server that can crash.
type crasher interface {
	Start() error
	Stop(mode string) error
}

// serverCrashes makes loads until servers have crashed so often.
func (w way) serverCrashes(t *testing.T, crashes int, newLoad func(t *testing.T) (*load, crasher)) {
	t.Helper()
	probe, _ := newLoad(t)
	usual, total := probe.time(), &load{exits: map[int]int{}}
	missing, double, crashed := 0, 0, 0
	for loads := 0; crashed < crashes; loads++ {
		l, server := newLoad(t)
		if w.runID {
			l.args = []string{"--run_id", fmt.Sprintf("load %d", loads)}
		}
		crashed += l.whileServerCrashes(server, w.resume, usual)
		lost, twice := l.whole()
		missing, double = missing+lost, double+twice
		total.add(l)
	}
	if missing+double > 0 {
		t.Errorf("%d rows are missing, %d double", missing, double)
	}
	t.Logf("%d loads of %d records in %d runs, %d crashes of the server: %d rows missing, %d double, %d acknowledged and not there; exit codes %v",
		total.completed, probe.records, total.runs, crashed, missing, double, total.lost, total.exits)
}

// whileServerCrashes makes a load until it is through; at a random moment of the most time
// that a run takes the server crashes, and soon is there again.
func (l *load) whileServerCrashes(server crasher, resume bool, most time.Duration) (crashes int) {
	l.t.Helper()
	for {
		var from [3]int
		if resume {
			from = l.told()
		}
		cmd, log := l.start(from)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var err error
		select {
		case err = <-ended:
		case <-time.After(rand.N(most)):
			crashes++
			if err := server.Stop("immediate"); err != nil {
				l.t.Fatal(err)
			}
			time.Sleep(rand.N(300 * time.Millisecond))
			if err := server.Start(); err != nil {
				l.t.Fatal(err)
			}
			err = <-ended
		}
		code := cmd.ProcessState.ExitCode()
		l.exits[code]++
		l.covered(l.told())
		if err == nil {
			l.completed++
			return crashes
		}
		if l.runs > 50 {
			l.t.Fatalf("exit code %d\n%s", code, log)
		}
		l.t.Logf("exit code %d: …%s", code, tail(log.Bytes(), 400))
	}
}
