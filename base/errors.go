package base

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// ErrNotImplemented is what the ExportBatchData of a new connector returns. The
// run fails and tells no state, so an unfinished connector cannot lose data.
var ErrNotImplemented = errors.New(
	"ExportBatchData is not implemented: write the records to your store there and return nil when they are durable")

// BatchError tells that some records of a batch failed and all others are
// durable. ExportBatchData returns it; base honours it: records whose reason is
// Retryable are handed over again; with on_invalid: dead_letter the others are set
// aside and the run goes on, else the stream fails. It may be wrapped; joined with
// another error it counts for nothing, as the other error does not say which records
// are durable. One that lists no record means what nil means.
type BatchError struct {
	// Failed holds the reason for each record that failed, by its index in
	// recordData.
	Failed map[int]error

	// NoneStored tells that the records which are not listed are not durable either,
	// for the batch was taken back as a whole (see Batch.AllOrNone): base hands them
	// over again without those that failed.
	NoneStored bool
}

// batchErrorOf finds the BatchError that an error is or wraps, or nil. In an
// error that joins several, a BatchError does not count: the others say nothing
// of the records it does not list, so none of them may be taken for durable.
func batchErrorOf(err error) *BatchError {
	for err != nil {
		if partial, ok := err.(*BatchError); ok { //nolint:errorlint // errors.As would look into joined errors
			if partial == nil {
				return &BatchError{} // a nil pointer in an error: no record failed
			}
			return partial
		}
		err = unwrapped(err)
	}
	return nil
}

// unwrapped is the one error that an error wraps, or nil. An error that joins one
// with nil, as errors.Join does with what a deferred Close returns, wraps one.
func unwrapped(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // one step at a time
		if errs := joined.Unwrap(); len(errs) == 1 {
			return errs[0]
		}
		return nil
	}
	return errors.Unwrap(err)
}

func (e *BatchError) Error() string {
	indexes := e.indexes()
	if len(indexes) == 0 {
		return "no record of the batch failed"
	}
	first := indexes[0]
	text := fmt.Sprintf("%d records of the batch failed, the first at index %d: %v", len(indexes), first, e.Failed[first])
	if e.NoneStored {
		text += "; nothing of the batch is stored: mend the record, or set on_invalid: dead_letter to store the others"
	}
	return text
}

// Unwrap returns the reasons in the order of the records.
func (e *BatchError) Unwrap() []error {
	var reasons []error
	for _, i := range e.indexes() {
		reasons = append(reasons, e.Failed[i])
	}
	return reasons
}

func (e *BatchError) indexes() []int {
	if e == nil {
		return nil
	}
	indexes := make([]int, 0, len(e.Failed))
	for i := range e.Failed {
		indexes = append(indexes, i)
	}
	sort.Ints(indexes)
	return indexes
}

// usageError is a fault of the command line: exit code 2.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// failures are all that went wrong in a run, told as one.
type failures []error

func (f failures) Error() string {
	if len(f) == 1 {
		return f[0].Error()
	}
	texts := make([]string, len(f))
	for i, err := range f {
		texts[i] = err.Error()
	}
	return fmt.Sprintf("%d failures: %s", len(f), strings.Join(texts, "; "))
}

func (f failures) Unwrap() []error { return f }
