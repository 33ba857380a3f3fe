package main

import (
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// report is the result. What is not known is 0.
type report struct {
	Environment string        `json:"environment"`
	Runs        int           `json:"runs"`
	Shapes      []shapeReport `json:"shapes"`
	Skipped     []skipped     `json:"skipped,omitempty"`
}

// skipped is a contender that could not run.
type skipped struct {
	Contender string `json:"contender"`
	Why       string `json:"why"`
}

// shapeReport is the result on one shape.
type shapeReport struct {
	Name      string      `json:"name"`
	Title     string      `json:"title"`
	LineBytes float64     `json:"line_bytes"` // of all lines, on average
	Rows      []rowReport `json:"contenders"`

	// TwoWorkers is how many times faster two workers are than one, in wall time.
	TwoWorkers float64 `json:"two_workers,omitzero"`
}

// rowReport is what is said of a contender on a shape.
type rowReport struct {
	Contender string `json:"contender"`
	Label     string `json:"label"`
	Title     string `json:"title"`
	Kind      kind   `json:"kind"`
	Records   int    `json:"records"`

	TimesNaive float64 `json:"times_naive"` // how many times less CPU than the naive way takes
	TimesMage  float64 `json:"times_mage"`  // the same against Mage's Python base
	OfSyntax   float64 `json:"of_syntax"`   // how many times the CPU of the strict syntax check

	CPU              float64       `json:"cpu_ns_per_record"`
	Spread           float64       `json:"spread"` // of CPU: (most - least) / median
	Start            time.Duration `json:"start_cpu_ns"`
	RecordsPerSecond float64       `json:"records_per_second"` // in wall time, without the start
	PeakMiB          float64       `json:"peak_mib"`

	FullRuns  []figures.Sample `json:"full_runs,omitempty"`
	StartRuns []figures.Sample `json:"start_runs,omitempty"`
}

// sum makes the report of a shape.
func sum(s shape, outcomes []outcome) shapeReport {
	r := shapeReport{Name: s.name, Title: s.title}
	var walls []float64
	most := 0
	for _, out := range outcomes {
		if out.full.lines > most {
			most = out.full.lines
			r.LineBytes = float64(out.full.bytes) / float64(out.full.lines)
		}
		if out.wall {
			walls = append(walls, float64(figures.Median(out.fullRuns, figures.Wall)))
			continue
		}
		r.Rows = append(r.Rows, withoutOthers(out))
	}
	if len(walls) == 2 {
		r.TwoWorkers = figures.Ratio(walls[0], walls[1])
	}
	cpu := map[string]float64{}
	for _, row := range r.Rows {
		cpu[row.Contender] = row.CPU
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.TimesNaive = figures.Ratio(cpu[naiveName], row.CPU)
		row.TimesMage = figures.Ratio(cpu[mageName], row.CPU)
		row.OfSyntax = figures.Ratio(row.CPU, cpu[syntaxName])
	}
	return r
}

// withoutOthers is what is said of a contender by itself.
func withoutOthers(out outcome) rowReport {
	records := float64(out.full.records - out.start.records)
	cpu := figures.Median(out.fullRuns, figures.CPU) - figures.Median(out.startRuns, figures.CPU)
	wall := figures.Median(out.fullRuns, figures.Wall) - figures.Median(out.startRuns, figures.Wall)
	return rowReport{
		Contender: out.name, Label: out.label, Title: out.title, Kind: out.kind, Records: out.full.records,
		CPU:              max(0, float64(cpu)/records),
		Spread:           figures.Spread(out.fullRuns, figures.CPU),
		Start:            figures.Median(out.startRuns, figures.CPU),
		RecordsPerSecond: max(0, figures.Ratio(records, wall.Seconds())),
		PeakMiB:          float64(figures.Median(out.fullRuns, figures.PeakKiB)) / 1024,
		FullRuns:         out.fullRuns, StartRuns: out.startRuns,
	}
}
