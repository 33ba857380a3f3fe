package base

import (
	"context"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// errStopped is a run that a signal ended before the end of input was seen and
// stored.
var errStopped = errors.New("stopped by a signal before the end of input")

// shutdown turns signals into the three things a run needs to know: that it must
// stop reading, that the author's calls must end, and that those which have not
// ended are given up.
type shutdown struct {
	stop   chan struct{} // closed by the first signal: read no more
	giveUp chan struct{} // closed when waiting for the author's code is over
	calls  context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at the end of the run
	signal os.Signal     // the first; to be read after stop was closed
	until  time.Time     // when the author's calls end; zero: never; to be read after stop was closed
	once   sync.Once     // closes giveUp
}

// grace is how long a call may take to notice that its context has ended.
const grace = time.Second

// watch listens until the run ends. The context it returns is for the author's
// calls: it outlives the first signal by the timeout and ends at the second. The
// end of ctx counts as a signal.
func watch(ctx context.Context, signals <-chan os.Signal, timeout time.Duration) (context.Context, *shutdown) {
	calls, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s := &shutdown{
		stop: make(chan struct{}), giveUp: make(chan struct{}), done: make(chan struct{}), calls: calls, cancel: cancel,
	}
	go s.listen(ctx, signals, timeout)
	return calls, s
}

func (s *shutdown) listen(ctx context.Context, signals <-chan os.Signal, timeout time.Duration) {
	select {
	case s.signal = <-signals:
	case <-ctx.Done():
		s.signal = syscall.SIGINT
	case <-s.done:
		return
	}
	var deadline <-chan time.Time
	if timeout > 0 {
		s.until = time.Now().Add(timeout)
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		deadline = timer.C
	}
	close(s.stop)
	select {
	case <-signals:
		s.cancel(errors.New("stopped by a second signal"))
	case <-deadline:
		s.cancel(errors.New("shutdown_timeout has passed"))
	case <-s.done:
		return
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-timer.C:
		s.abandon()
	case <-s.done:
	}
}

// abandon ends the waiting for the author's code: a call that does not return may
// still be at work, so there must be no other.
func (s *shutdown) abandon() { s.once.Do(func() { close(s.giveUp) }) }

// sleep lets time pass. It ends early, with an error, when the author's calls end; and
// at once if a run that was told to stop has not as much time left.
func (s *shutdown) sleep(d time.Duration) error {
	end := time.Now().Add(d)
	timer := time.NewTimer(d)
	defer timer.Stop()
	stop := s.stop
	for {
		select {
		case <-timer.C:
			return nil
		case <-s.calls.Done():
			return errInterrupted
		case <-stop:
			if !s.until.IsZero() && end.After(s.until) {
				return errInterrupted
			}
			stop = nil
		}
	}
}

// end stops listening.
func (s *shutdown) end() {
	close(s.done)
	s.cancel(nil)
}

// stopped tells whether a signal has come.
func (s *shutdown) stopped() bool { return closed(s.stop) }

// exitCode is 128 and the number of the signal, as shells have it.
func (s *shutdown) exitCode() int { return signalExit(s.signal) }

func signalExit(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitFailed
}
