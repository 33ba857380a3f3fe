package base

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// A run with an ID (--run_id) that was cut off is made again with the same ID over the
// same input: the records that it has stored are skipped, wherever their batches were
// cut. The connector tells how far that is, and stores it together with the rows; base
// makes sure that it is the same input.

// Mark is how far a run with an ID has come with one stream.
type Mark struct {
	// Last is the position of the last record that is stored among all records of
	// the stream in the input, from 1.
	Last int64

	// Sum is a checksum of that record, as Batch.Sum had it.
	Sum string
}

// openRun asks the connector, after Open, what an earlier run with the same ID has
// stored.
func (r *run) openRun() error {
	if r.flags.runID == "" || r.flags.dryRun {
		return nil
	}
	err := r.retrying("resuming of the run", func() error {
		return r.author(func(ctx context.Context) (err error) {
			r.marks, err = r.can.resumer.ResumeRun(ctx, r.flags.runID)
			return err
		})
	})
	if r.lane != nil { // it begins behind what these marks are of
		maps.DeleteFunc(r.marks, func(_ string, m Mark) bool { return m.Last <= r.lane.Start })
	}
	return err
}

// skip tells whether a record is stored already by an earlier run with the same ID.
// It counts as stored only when the record that the mark is of was found to be the
// same: until then no state passes it.
func (r *run) skip(f *flow, e *entry) (bool, error) {
	mark, marked := r.marks[f.name]
	switch {
	case !marked:
		return false, nil
	case e.ordinal > mark.Last && r.lane != nil && f.skipping > 0:
		return true, fmt.Errorf("record %d, which the store has last of the stream, is not in the input: %w", mark.Last, errOtherInput)
	case e.ordinal > mark.Last:
		return false, nil
	}
	f.stats.skipped++
	r.ledger.skipped(f)
	if e.ordinal < mark.Last {
		return true, nil
	}
	if sumOf(e) != mark.Sum {
		return true, fmt.Errorf("record %d of the stream is another one than the run %q has stored: %w", mark.Last, r.flags.runID, errOtherInput)
	}
	r.ledger.verified(f)
	return true, nil
}

// errOtherInput is a run with an ID over an input that is not the one before.
var errOtherInput = errors.New(
	"--run_id resumes a run only over the same input: give this one an ID of its own, or none; rows of the earlier one stay")

// endRun tells the connector that the run is through, when all of its input is stored.
func (r *run) endRun() error {
	if r.flags.runID == "" || !r.opened || r.lane != nil { // a lane's run goes on
		return nil
	}
	var short failures
	for _, name := range slices.Sorted(maps.Keys(r.marks)) {
		f, mark := r.flows[name], r.marks[name]
		switch {
		case f == nil:
			short = append(short, fmt.Errorf("stream %s, of which the run %q has stored %d records, is not in the input: %w", name, r.flags.runID, mark.Last, errOtherInput))
		case f.skipping > 0 && f.stats.read >= mark.Last:
			short = append(short, &singer.Fault{Stream: name, Err: fmt.Errorf(
				"record %d of the stream, which the run %q has stored, was refused this time: %w", mark.Last, r.flags.runID, errOtherInput)})
		case f.stats.read < mark.Last:
			short = append(short, &singer.Fault{Stream: name, Err: fmt.Errorf(
				"the input has %d records and the run %q has stored %d: %w", f.stats.read, r.flags.runID, mark.Last, errOtherInput)})
		}
	}
	if len(short) > 0 {
		return short
	}
	if r.can.finisher == nil {
		return nil
	}
	return r.retrying("end of the run", func() error {
		return r.author(func(ctx context.Context) error { return r.can.finisher.FinishRun(ctx, r.flags.runID) })
	})
}
