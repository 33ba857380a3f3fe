package sqldest_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// All loads have rows and transactions of the same number.
const (
	benchRows        = 60_000 // of a load
	benchTransaction = 10_000 // rows
	handStatement    = 4      // rows, as BenchmarkSQLiteHandLoop finds
)

// eachKey runs a benchmark with a key and without one.
func eachKey(b *testing.B, run func(b *testing.B, key ...string)) {
	b.Run("keyed", func(b *testing.B) { run(b, "id") })
	b.Run("append", func(b *testing.B) { run(b) })
}

// BenchmarkSQLite loads the same records by the whole connector and the same
// values by a hand-written loop, in turn. of/hand is the part of the hand-written
// loop's speed that the run reaches, of/hand-write that of Write alone; 1 is no
// difference. The fastest load of each counts: other programs make one only slower.
func BenchmarkSQLite(b *testing.B) {
	s := newSample(benchRows)
	eachKey(b, func(b *testing.B, key ...string) {
		lines := s.lines(key...)
		hand := handLoop{sample: s, statement: handStatement, transaction: benchTransaction}
		var byHand, whole, write fastest
		for b.Loop() {
			byHand.see(timeHand(b, hand, key...))
			took, written := timeRun(b, lines)
			whole.see(took)
			write.see(written)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(benchRows/byHand.Seconds(), "hand-rows/s")
		b.ReportMetric(benchRows/whole.Seconds(), "rows/s")
		b.ReportMetric(byHand.Seconds()/whole.Seconds(), "of/hand")
		b.ReportMetric(byHand.Seconds()/write.Seconds(), "of/hand-write")
	})
}

// fastest is the shortest of the times that were seen.
type fastest struct{ time.Duration }

func (f *fastest) see(took time.Duration) {
	if f.Duration == 0 || took < f.Duration {
		f.Duration = took
	}
}

// BenchmarkSQLiteHandLoop finds the number of rows of a statement that is best for
// the hand-written loop.
func BenchmarkSQLiteHandLoop(b *testing.B) {
	s := newSample(benchRows)
	eachKey(b, func(b *testing.B, key ...string) {
		for _, statement := range []int{1, 2, 3, 4, 5, 6, 8, 12} {
			b.Run(fmt.Sprint("rows=", statement), func(b *testing.B) {
				var byHand fastest
				for b.Loop() {
					byHand.see(timeHand(b, handLoop{sample: s, statement: statement, transaction: benchTransaction}, key...))
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(benchRows/byHand.Seconds(), "rows/s")
			})
		}
	})
}

// timeHand times a load by hand into a table that the writer has made.
func timeHand(b *testing.B, hand handLoop, key ...string) time.Duration {
	db := freshDatabase(b)
	defer db.Close() //nolint:errcheck // it goes with its folder
	if err := sqldest.New(db, dialect{}, sqldest.Options{}).HandleSchema(b.Context(), hand.sample.stream(b, key...)); err != nil {
		b.Fatal(err)
	}
	started := time.Now()
	if err := hand.run(b.Context(), db, key...); err != nil {
		b.Fatal(err)
	}
	return time.Since(started)
}

// timeRun times a run of the connector, and of that the time in Write.
func timeRun(b *testing.B, lines string) (whole, write time.Duration) {
	db := freshDatabase(b)
	defer db.Close() //nolint:errcheck // it goes with its folder
	c := &timed{connector: connector{store: &store{db: db, dialect: dialect{}}}}
	var stderr bytes.Buffer
	started := time.Now()
	exit := base.Run(b.Context(), c, base.Info{Name: "bench"}, base.Env{
		Args:  []string{"--config_json", fmt.Sprintf(`{"validation": "full", "maximum_batch_rows": %d}`, benchTransaction)},
		Stdin: strings.NewReader(lines), Stderr: &stderr,
	})
	whole = time.Since(started)
	if exit != 0 {
		b.Fatalf("exit code %d\n%s", exit, stderr.String())
	}
	return whole, c.took
}

// timed knows how long its exports took.
type timed struct {
	connector
	took time.Duration
}

func (c *timed) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	started := time.Now()
	defer func() { c.took += time.Since(started) }()
	return c.connector.ExportBatchData(ctx, recordData, stream, tags)
}

// BenchmarkSQLiteWrite writes records that are there already.
func BenchmarkSQLiteWrite(b *testing.B) {
	s := newSample(benchRows)
	batch := make([]base.RecordData, benchRows)
	for i, text := range s.records {
		record, err := base.NewRecord([]byte(text))
		if err != nil {
			b.Fatal(err)
		}
		batch[i] = base.RecordData{Record: record, Stream: "s"}
	}
	eachKey(b, func(b *testing.B, key ...string) {
		stream := s.stream(b, key...)
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			db := freshDatabase(b)
			w := sqldest.New(db, dialect{}, sqldest.Options{})
			if err := w.HandleSchema(b.Context(), stream); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			for at := 0; at < benchRows; at += benchTransaction {
				if err := w.Write(b.Context(), stream, batch[at:at+benchTransaction]); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			db.Close() //nolint:errcheck // it goes with its folder
			b.StartTimer()
		}
		b.ReportMetric(float64(b.N*benchRows)/b.Elapsed().Seconds(), "rows/s")
	})
}

// freshDatabase is one that is the caller's to close, however often it is called.
func freshDatabase(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", databaseURL(b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}
