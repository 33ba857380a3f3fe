package base

import (
	"context"
	"errors"
	"os"
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
	cancel context.CancelCauseFunc
	done   chan struct{} // closed at the end of the run
	signal os.Signal     // the first; to be read after stop was closed
}

// grace is how long a call may take to notice that its context has ended.
const grace = time.Second

// watch listens until the run ends. The context it returns is for the author's
// calls: it outlives the first signal by the timeout and ends at the second. The
// end of ctx counts as a signal.
func watch(ctx context.Context, signals <-chan os.Signal, timeout time.Duration) (context.Context, *shutdown) {
	calls, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s := &shutdown{
		stop: make(chan struct{}), giveUp: make(chan struct{}), done: make(chan struct{}), cancel: cancel,
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
	close(s.stop)
	var deadline <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		deadline = timer.C
	}
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
		close(s.giveUp)
	case <-s.done:
	}
}

// end stops listening.
func (s *shutdown) end() {
	close(s.done)
	s.cancel(nil)
}

// stopped tells whether a signal has come.
func (s *shutdown) stopped() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// exitCode is 128 and the number of the signal, as shells have it.
func (s *shutdown) exitCode() int { return signalExit(s.signal) }

func signalExit(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitFailed
}
