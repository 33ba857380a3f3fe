package main

import (
	"cmp"
	"slices"
	"time"
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

	FullRuns  []sample `json:"full_runs,omitempty"`
	StartRuns []sample `json:"start_runs,omitempty"`
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
			walls = append(walls, float64(median(out.fullRuns, wallOf)))
			continue
		}
		r.Rows = append(r.Rows, withoutOthers(out))
	}
	if len(walls) == 2 {
		r.TwoWorkers = ratio(walls[0], walls[1])
	}
	cpu := map[string]float64{}
	for _, row := range r.Rows {
		cpu[row.Contender] = row.CPU
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		row.TimesNaive = ratio(cpu[naiveName], row.CPU)
		row.TimesMage = ratio(cpu[mageName], row.CPU)
		row.OfSyntax = ratio(row.CPU, cpu[syntaxName])
	}
	return r
}

// withoutOthers is what is said of a contender by itself.
func withoutOthers(out outcome) rowReport {
	records := float64(out.full.records - out.start.records)
	cpu := median(out.fullRuns, cpuOf) - median(out.startRuns, cpuOf)
	wall := median(out.fullRuns, wallOf) - median(out.startRuns, wallOf)
	least, most := slices.MinFunc(out.fullRuns, byCPU).CPU, slices.MaxFunc(out.fullRuns, byCPU).CPU
	return rowReport{
		Contender: out.name, Label: out.label, Title: out.title, Kind: out.kind, Records: out.full.records,
		CPU:              max(0, float64(cpu)/records),
		Spread:           ratio(float64(most-least), float64(median(out.fullRuns, cpuOf))),
		Start:            median(out.startRuns, cpuOf),
		RecordsPerSecond: max(0, ratio(records, wall.Seconds())),
		PeakMiB:          float64(median(out.fullRuns, func(s sample) int64 { return s.PeakKiB })) / 1024,
		FullRuns:         out.fullRuns, StartRuns: out.startRuns,
	}
}

func cpuOf(s sample) time.Duration { return s.CPU }

func wallOf(s sample) time.Duration { return s.Wall }

func byCPU(a, b sample) int { return cmp.Compare(a.CPU, b.CPU) }

// median is the middle one, or the mean of the two in the middle.
func median[T ~int64](samples []sample, of func(sample) T) T {
	var values []T
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	if n := len(values); n > 0 {
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	return 0
}

// ratio is a over b, 0 if there is no b.
func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
