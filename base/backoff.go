package base

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// longestWait bounds the doubling of waits between two attempts.
const longestWait = 30 * time.Second

// errInterrupted is an attempt that a run which was told to stop does not make.
var errInterrupted = errors.New("the run was told to stop before it could be tried again")

// backoff is the waiting between attempts at one thing.
type backoff struct {
	run   *run
	began time.Time // of the first wait; zero before
}

// wait lets the time pass between a failed attempt and the next one, or tells why
// there is none. The error always wraps the one of the attempt.
func (b *backoff) wait(what string, attempt int, failed verdict) error {
	limits := b.run.limits
	now := time.Now() // what elapses, not what the clock says
	if b.began.IsZero() {
		b.began = now
	}
	pause := pauseBefore(attempt, limits.RetryWait.Duration, failed.after)
	spent := now.Sub(b.began)
	if most := limits.MaximumAttempts; most > 0 && attempt >= most {
		return fmt.Errorf("%w; given up after %d attempts in %s (maximum_attempts)", failed.err, attempt, spent.Round(time.Millisecond))
	}
	if most := limits.MaximumRetryTime.Duration; most > 0 && spent+pause > most {
		return fmt.Errorf("%w; given up after %d attempts in %s: the next is due in %s and maximum_retry_time is %s",
			failed.err, attempt, spent.Round(time.Millisecond), pause.Round(time.Millisecond), most)
	}
	b.run.log.Warn(fmt.Sprintf("The %s failed, attempt %d: %v. The next one is made in %s.", what, attempt, failed.err, pause.Round(time.Millisecond)))
	b.run.progress.wait(fmt.Sprintf("waiting %s before attempt %d", pause.Round(time.Millisecond), attempt+1))
	defer b.run.progress.wait("")
	if err := b.run.shutdown.sleep(pause); err != nil {
		return fmt.Errorf("%w; %w", failed.err, err)
	}
	return nil
}

// pauseBefore is how long to wait after so many attempts: first, doubled with each
// attempt, of which a random half is left out, so that many runs which the same store
// has refused do not come again at the same time; and no less than the store asks for.
func pauseBefore(attempts int, first, asked time.Duration) time.Duration {
	pause := min(first, longestWait)
	for range attempts - 1 {
		pause = min(2*pause, longestWait)
	}
	if asked > 0 {
		return asked + jitter(min(asked/10, pause))
	}
	return pause/2 + jitter(pause/2)
}

func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most)
}

// retrying calls one of the author's methods, and calls it again while its error
// says that it may.
func (r *run) retrying(what string, f func() error) error {
	b := backoff{run: r}
	for attempt := 1; ; attempt++ {
		err := f()
		v := verdictOf(err)
		if err == nil || v.kind != retryable {
			return err
		}
		if err := b.wait(what, attempt, v); err != nil {
			return err
		}
	}
}
