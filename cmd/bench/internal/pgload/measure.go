package pgload

import (
	"context"
	"fmt"
	"io"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// report is the result.
type report struct {
	Environment string   `json:"environment"`
	Server      string   `json:"server"` // its version
	Records     int      `json:"records"`
	Bytes       int64    `json:"bytes"` // of the Singer input
	Runs        int      `json:"runs"`
	Ways        []result `json:"ways"` // psql's first
}

// result is what was seen of a way.
type result struct {
	Way     string           `json:"way"`
	Rows    float64          `json:"rows_per_second"`
	Ratio   float64          `json:"ratio"`    // of the rows per second, over psql's
	PeakMiB float64          `json:"peak_mib"` // of the client, the greatest of the runs
	Samples []figures.Sample `json:"samples"`
}

// measure loads in every way, round after round.
func measure(ctx context.Context, o options, generate Generate, dir string, progress io.Writer) (report, error) {
	store, err := openStore()
	if err != nil {
		return report{}, err
	}
	defer store.close()
	s := &stage{store: store, dir: dir, records: o.records}
	r := report{Environment: figures.Environment(), Records: o.records, Runs: o.runs}
	if r.Bytes, err = s.set(ctx, generate, progress); err != nil {
		return r, err
	}
	if err := s.db.QueryRowContext(ctx, "SHOW server_version").Scan(&r.Server); err != nil {
		return r, err
	}
	ways := s.ways()
	r.Ways = make([]result, len(ways))
	for round := range o.runs + 1 {
		for i, w := range ways {
			sample, err := s.run(ctx, w)
			if err != nil {
				return r, err
			}
			if round > 0 {
				r.Ways[i].Samples = append(r.Ways[i].Samples, sample)
			}
		}
		fmt.Fprintf(progress, "round %d of %d\n", round, o.runs)
	}
	for i, w := range ways {
		r.Ways[i].sum(w.title, o.records)
		r.Ways[i].Ratio = figures.Ratio(r.Ways[i].Rows, r.Ways[0].Rows)
	}
	return r, nil
}

// sum takes a result together.
func (r *result) sum(way string, records int) {
	r.Way = way
	r.Rows = float64(records) / figures.Median(r.Samples, figures.Wall).Seconds()
	for _, s := range r.Samples {
		r.PeakMiB = max(r.PeakMiB, float64(s.PeakKiB)/1024)
	}
}
