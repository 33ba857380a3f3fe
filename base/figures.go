package base

import (
	"time"
)

// Figures are what became of one stream's records.
type Figures struct {
	Stream                                     string
	Read, Exported, Rejected, Skipped, Batches int64
	Bytes, Retries, Splits                     int64
	Took                                       time.Duration // of all exports
}

// Add adds other to f.
func (f *Figures) Add(other Figures) {
	f.Read += other.Read
	f.Exported += other.Exported
	f.Rejected += other.Rejected
	f.Skipped += other.Skipped
	f.Batches += other.Batches
	f.Bytes += other.Bytes
	f.Retries += other.Retries
	f.Splits += other.Splits
	f.Took += other.Took
}

func (r *run) figures() []Figures {
	figures := make([]Figures, 0, len(r.summary.flows))
	for _, f := range r.summary.flows {
		figures = append(figures, f.figures())
	}
	return figures
}

func (f *flow) figures() Figures {
	s := f.stats
	return Figures{
		Stream: f.name, Read: s.read, Exported: s.exported, Rejected: s.rejected, Skipped: s.skipped, Batches: s.batches,
		Bytes: s.bytes, Retries: s.retries, Splits: s.splits, Took: s.took,
	}
}
