package scaffold

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// report is the result. What is not known is 0.
type report struct {
	Environment string       `json:"environment"`
	Runs        int          `json:"runs"`
	Files       int          `json:"files"` // of a connector
	Bytes       int          `json:"bytes"` // of all of them
	Tools       []toolReport `json:"tools"`
	Tasks       []taskReport `json:"tasks"`
	Skipped     []skipped    `json:"skipped,omitempty"`

	// FloorMiB is the least peak that can be seen: a process begins with the memory of
	// the one that starts it.
	FloorMiB float64 `json:"floor_mib"`
}

type toolReport struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// skipped is a tool that could not run.
type skipped struct {
	Tool string `json:"tool"`
	Why  string `json:"why"`
}

// taskReport is the result of commands that do alike.
type taskReport struct {
	Task task        `json:"task"`
	Rows []rowReport `json:"commands"`
}

// rowReport is what is said of a command.
type rowReport struct {
	Tool    string `json:"tool"`
	Command string `json:"command"`
	Does    string `json:"does"`

	TimesOurs float64       `json:"times_ours"` // how many times the wall time of ours that does no more
	Wall      time.Duration `json:"wall_ns"`
	Spread    float64       `json:"spread"` // of the wall time: (most - least) / median
	CPU       time.Duration `json:"cpu_ns"` // with that of the processes it started
	PeakMiB   float64       `json:"peak_mib"`

	Samples []figures.Sample `json:"runs"`
}

// sum makes the reports of all tasks that were run, in their order.
func sum(outcomes []outcome, s *stage) []taskReport {
	var reports []taskReport
	for _, t := range tasks() {
		r := taskReport{Task: t}
		var plain time.Duration
		for _, out := range outcomes {
			if out.task != t {
				continue
			}
			wall := figures.Median(out.runs, figures.Wall)
			if out.plain {
				plain = wall
			}
			r.Rows = append(r.Rows, rowReport{
				Tool: out.tool, Command: out.said(s), Does: out.does,
				Wall: wall, Spread: figures.Spread(out.runs, figures.Wall), CPU: figures.Median(out.runs, figures.CPU),
				PeakMiB: mebibytes(figures.Median(out.runs, figures.PeakKiB)), Samples: out.runs,
			})
		}
		for i := range r.Rows {
			r.Rows[i].TimesOurs = figures.Ratio(float64(r.Rows[i].Wall), float64(plain))
		}
		if len(r.Rows) > 0 {
			reports = append(reports, r)
		}
	}
	return reports
}

// said is the command as people would type it.
func (e entry) said(s *stage) string {
	paths := strings.NewReplacer(s.checkout, "CHECKOUT", s.template("cookiecutter"), "TEMPLATE", s.template("copier"), "TEMPLATE", s.template("cruft"), "TEMPLATE")
	return paths.Replace(strings.Join(append([]string{e.tool}, e.args...), " "))
}

// template is the folder with the template of a tool.
func (s *stage) template(tool string) string { return filepath.Join(s.dir, tool, "template") }

func mebibytes(kib int64) float64 { return float64(kib) / 1024 }
