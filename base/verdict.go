package base

import "time"

// A verdict is what the author says of an error: what may be done with the records
// that were not stored. It is found through errors that wrap one other error; in one
// that joins several it counts for nothing, for the others say nothing of the store.
type verdict struct {
	err   error
	kind  verdictKind
	after time.Duration // that the store asks to wait, 0 if it does not say
}

type verdictKind int

const (
	unmarked  verdictKind = iota // it may hide half a write
	permanent                    // nothing was stored, and trying again is of no use
	retryable                    // it may be tried again
	tooLarge                     // fewer records at once may do
)

func (v *verdict) Error() string { return v.err.Error() }
func (v *verdict) Unwrap() error { return v.err }

// Permanent marks an error of ExportBatchData that comes again however often the same
// records are handed over, and says that none of them was stored. With on_invalid:
// dead_letter base finds the records that are to blame, by halving the batch, sets
// them aside and stores all others; else the stream fails at once. nil stays nil.
func Permanent(err error) error { return mark(err, permanent, 0) }

// Retryable marks an error after which the same call may be made again: the store
// was not reached, say, or has said that it took nothing, or rows are written by
// key, so that twice is once. Base makes it again, after retry_wait at first and then
// twice as long each time, with jitter, until maximum_attempts or maximum_retry_time
// is reached; a run that is told to stop waits no longer than shutdown_timeout. An
// error that nobody has marked is never tried again: half of the batch may have been
// written. nil stays nil.
//
// It is honoured from ExportBatchData, as a reason in a BatchError, and from Open,
// HandleSchema, ActivateVersion, ExportDeadLetters, ResumeRun, FinishRun and AfterProcess.
func Retryable(err error) error { return mark(err, retryable, 0) }

// RetryAfter is Retryable for a store that has said how long to wait, as with HTTP's
// header Retry-After. A wait that would reach beyond maximum_retry_time, or beyond the
// time that a run has which was told to stop, is not begun.
func RetryAfter(err error, wait time.Duration) error { return mark(err, retryable, wait) }

// TooLarge marks an error of ExportBatchData that says that the batch is more than
// the store takes at once, and that none of it was stored. Base hands over each half
// by itself, and halves again where that is still too much; a record that is too large
// alone is refused like one with a Permanent error. nil stays nil.
func TooLarge(err error) error { return mark(err, tooLarge, 0) }

func mark(err error, kind verdictKind, after time.Duration) error {
	if err == nil {
		return nil
	}
	return &verdict{err, kind, after}
}

// verdictOf finds what was said of an error.
func verdictOf(err error) verdict {
	for at := err; at != nil; at = unwrapped(at) {
		if v, ok := at.(*verdict); ok { //nolint:errorlint // errors.As would look into joined errors
			return verdict{err, v.kind, v.after}
		}
	}
	return verdict{err: err}
}
