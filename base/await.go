package base

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errAbandoned is a call that did not return in time.
var errAbandoned = errors.New("its records are not counted as stored, they will be sent again")

// errCallTimeout is why the context of a call has ended.
var errCallTimeout = errors.New("call_timeout has passed")

// errLeft is a call that neither returned nor panicked, as after t.FailNow in a
// test.
var errLeft = errors.New("the connector ended its goroutine with runtime.Goexit instead of returning")

// author calls one of the author's methods, or whatever else may hang. Its context
// ends after call_timeout, and at shutdown; a call that does not return soon after
// that is given up, and with it all others: it may still be at work.
func (r *run) author(f func(ctx context.Context) error) error {
	ctx, cancel := r.calls, context.CancelFunc(func() {})
	var late <-chan time.Time
	if limit := r.limits.CallTimeout.Duration; limit > 0 {
		ctx, cancel = context.WithTimeoutCause(r.calls, limit, errCallTimeout)
		timer := time.NewTimer(limit + grace)
		defer timer.Stop()
		late = timer.C
	}
	defer cancel()
	err, returned := await(r.shutdown.giveUp, late, func() error { return call(func() error { return f(ctx) }) })
	switch {
	case !returned && late != nil && !closed(r.shutdown.giveUp):
		r.shutdown.abandon()
		return fmt.Errorf("the connector did not return within call_timeout (%s): %w", r.limits.CallTimeout.Duration, errAbandoned)
	case !returned:
		return fmt.Errorf("the connector did not return within shutdown_timeout: %w", errAbandoned)
	case err != nil && errors.Is(context.Cause(ctx), errCallTimeout):
		return fmt.Errorf("%w (call_timeout, %s, had passed: raise it if the store is slow)", err, r.limits.CallTimeout.Duration)
	}
	return err
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// await runs f on a goroutine of its own and gives it up when given is closed, or
// late: a store that hangs must not keep the process from ending.
func await(given <-chan struct{}, late <-chan time.Time, f func() error) (err error, returned bool) { //nolint:revive // whether there is an error to speak of comes second
	if closed(given) { // a call that hangs may still be at work: do not begin another
		return nil, false
	}
	done := make(chan error, 1)
	go func() {
		err := errLeft
		defer func() { done <- err }()
		err = f()
	}()
	select {
	case err := <-done:
		return err, true
	case <-given:
	case <-late:
	}
	select {
	case err := <-done: // both were ready
		return err, true
	default:
		return nil, false
	}
}
