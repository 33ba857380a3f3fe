package kafkaload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// report is the result.
type report struct {
	Environment string   `json:"environment"`
	Records     int      `json:"records"`
	Bytes       int64    `json:"bytes"` // of the Singer input
	Partitions  int      `json:"partitions"`
	Runs        int      `json:"runs"`
	Stores      []stored `json:"stores"`
	Feed        result   `json:"feed"` // of the input to the topic
}

// stored are the ways to load into a store: the plain pipe first.
type stored struct {
	Store string   `json:"store"`
	Ways  []result `json:"ways"`
}

// result is what was seen of a way.
type result struct {
	Way     string           `json:"way"`
	Workers int              `json:"workers"` // 0: the plain pipe
	Records float64          `json:"records_per_second"`
	Ratio   float64          `json:"ratio"` // over the plain pipe into the same store
	Samples []figures.Sample `json:"samples"`
}

// warmUp is how often the topic is read before it counts.
const warmUp = 2

// measure loads in every way, round after round.
func measure(ctx context.Context, o options, generate Generate, dir string, progress io.Writer) (report, error) {
	s := &stage{options: o, dir: dir, progress: progress}
	r := report{Environment: figures.Environment(), Records: o.records, Partitions: o.partitions, Runs: o.runs}
	broker, err := kafkaserver.New(filepath.Join(dir, "broker"))
	if err != nil {
		return r, err
	}
	defer broker.Kill()
	s.broker = broker
	if err := generate(s.input(), o.records); err != nil {
		return r, err
	}
	info, err := os.Stat(s.input())
	if err != nil {
		return r, err
	}
	r.Bytes = info.Size()
	targets, closeAll, err := s.targets(ctx)
	defer closeAll()
	if err != nil {
		return r, err
	}
	fmt.Fprintln(progress, "feeding")
	for round := range o.runs {
		sample, err := s.feed(ctx, round)
		if err != nil {
			return r, err
		}
		r.Feed.Samples = append(r.Feed.Samples, sample)
	}
	r.Feed.sum("a feeder, to the topic", o.records)
	// The broker reads from the topic for the first time: its virtual machine has compiled
	// nothing of that yet.
	for range warmUp {
		if _, err := s.work(ctx, targets[0], o.workers[0], fmt.Sprintf("warm-up-%d", rand.Uint64())); err != nil {
			return r, fmt.Errorf("warm up: %w", err)
		}
	}
	for _, target := range targets {
		ways := []result{{Way: "the plain pipe"}}
		for _, n := range o.workers {
			ways = append(ways, result{Way: fmt.Sprintf("%d workers", n), Workers: n})
		}
		for round := range o.runs {
			if err := s.round(ctx, target, ways); err != nil {
				return r, err
			}
			fmt.Fprintf(progress, "%s: round %d of %d\n", target.name(), round+1, o.runs)
		}
		for i := range ways {
			ways[i].sum(ways[i].Way, o.records)
			ways[i].Ratio = figures.Ratio(ways[i].Records, ways[0].Records)
		}
		r.Stores = append(r.Stores, stored{target.name(), ways})
	}
	return r, nil
}

// round loads in every way once.
func (s *stage) round(ctx context.Context, target target, ways []result) error {
	for i := range ways {
		sample, err := s.load(ctx, target, ways[i].Workers)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", target.name(), ways[i].Way, err)
		}
		ways[i].Samples = append(ways[i].Samples, sample)
	}
	return nil
}

func (r *result) sum(way string, records int) {
	r.Way = way
	r.Records = float64(records) / figures.Median(r.Samples, figures.Wall).Seconds()
}

// targets are the stores to load into.
func (s *stage) targets(ctx context.Context) ([]target, func(), error) {
	sink, err := newSinkTarget(s.dir)
	targets := []target{sink}
	if err != nil || !s.options.postgres {
		return targets, func() {}, err
	}
	store, err := newPostgresTarget(ctx, s.dir)
	if errors.Is(err, pgserver.ErrNone) {
		fmt.Fprintln(s.progress, "SKIPPED:", err)
		return targets, func() {}, nil
	}
	if err != nil {
		return nil, func() {}, err
	}
	return append(targets, store), store.close, nil
}
