package main

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// seen is an outcome of 1,000 records and a start of one.
func seen(t *testing.T, name string, full, start time.Duration) outcome {
	t.Helper()
	c, err := contenderNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return outcome{
		entrant: entrant{contender: c}, full: input{records: 1001, lines: 1003, bytes: 100_300}, start: input{records: 1},
		fullRuns:  []figures.Sample{{CPU: full, Wall: full, PeakKiB: 2048}, {CPU: full + 1000, Wall: full, PeakKiB: 2048}, {CPU: full - 1000, Wall: full, PeakKiB: 2048}},
		startRuns: []figures.Sample{{CPU: start, Wall: start, PeakKiB: 1024}, {CPU: start, Wall: start, PeakKiB: 1024}, {CPU: start, Wall: start, PeakKiB: 1024}},
	}
}

func TestRatiosAreOfCPUWithoutTheStart(t *testing.T) {
	outcomes := []outcome{
		seen(t, "mage", 500*time.Millisecond, 400*time.Millisecond), // 100,000 ns a record
		seen(t, "naive", 21*time.Millisecond, time.Millisecond),     // 20,000
		seen(t, "noop", 2*time.Millisecond, time.Millisecond),       // 1,000
		seen(t, "syntax", 1500*time.Microsecond, time.Millisecond),  // 500
		seen(t, "noop", 30*time.Millisecond, 0), seen(t, "noop", 20*time.Millisecond, 0),
	}
	outcomes[4].wall, outcomes[5].wall = true, true
	r := sum(shape{name: "s"}, outcomes)
	if len(r.Rows) != 4 {
		t.Fatalf("%d rows", len(r.Rows))
	}
	noop := r.Rows[2]
	for what, pair := range map[string][2]float64{
		"times naive": {noop.TimesNaive, 20}, "times mage": {noop.TimesMage, 100}, "of syntax": {noop.OfSyntax, 2}, "cpu": {noop.CPU, 1000},
		"spread": {noop.Spread, 0.001}, "records a second": {noop.RecordsPerSecond, 1e6}, "peak": {noop.PeakMiB, 2}, "start": {noop.Start.Seconds(), 0.001},
		"two workers": {r.TwoWorkers, 1.5}, "bytes a line": {r.LineBytes, 100}, "naive against mage": {r.Rows[1].TimesMage, 5}, "mage against naive": {r.Rows[0].TimesNaive, 0.2},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestWhatIsNotMeasuredHasNoRatio(t *testing.T) {
	r := sum(shape{name: "s"}, []outcome{seen(t, "noop", 2*time.Millisecond, time.Millisecond), seen(t, "lines", time.Millisecond, 2*time.Millisecond)})
	if row := r.Rows[0]; row.TimesNaive != 0 || row.TimesMage != 0 || row.OfSyntax != 0 {
		t.Errorf("ratios to what did not run: %+v", row)
	}
	if row := r.Rows[1]; row.CPU != 0 || row.RecordsPerSecond != 0 {
		t.Errorf("less than the start: %+v", row)
	}
}

// told is a report with round numbers.
func told() report {
	rows := func(factor float64) []rowReport {
		var out []rowReport
		cpu := map[string]float64{"mage": 110_000, "singer-sdk": 145_000, "naive": 29_000, "map": 4_000, "decode": 2_500, "noop": 1_000, "noop-mage": 900, "json.Valid": 1_500, "syntax": 420, "lines": 70}
		for _, c := range contenders() {
			n := cpu[c.name] * factor
			out = append(out, rowReport{
				Contender: c.name, Label: c.label, Title: c.title, Kind: c.kind, Records: 1000, CPU: n, TimesNaive: 29_000 * factor / n, TimesMage: 110_000 * factor / n,
				OfSyntax: n / 420 / factor, Spread: 0.05, Start: 7 * time.Millisecond, RecordsPerSecond: 1e9 / n, PeakMiB: 51,
			})
		}
		return out
	}
	nested := rows(2)
	nested = nested[2:] // no Python
	for i := range nested {
		nested[i].TimesMage = 0
	}
	return report{
		Environment: "go1.26, linux/amd64, 2 cores", Runs: 5,
		Shapes: []shapeReport{
			{Name: "flat14", Title: "14 columns", LineBytes: 443, Rows: rows(1), TwoWorkers: 1.6},
			{Name: "wide200", Title: "200 columns", LineBytes: 5000, Rows: rows(9)},
			{Name: "nested", Title: "objects & arrays", LineBytes: 800, Rows: nested},
		},
		Skipped: []skipped{{"singer-sdk", "ModuleNotFoundError: No module named 'singer_sdk'; get it"}},
	}
}

func TestTableIsGolden(t *testing.T) {
	var b bytes.Buffer
	if err := table(&b, told()); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/table.txt", b.Bytes())
}
