package base

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// metric is a figure of the last run, as a gauge: a process that ends with its input
// has no counters that go on. The names are documented in README.
type metric struct {
	name, help string
	of         func(f Figures) float64
}

// streamMetrics are those of each stream.
func streamMetrics() []metric {
	whole := func(of func(f Figures) int64) func(f Figures) float64 {
		return func(f Figures) float64 { return float64(of(f)) }
	}
	return []metric{
		{"records_read", "Records read.", whole(func(f Figures) int64 { return f.Read })},
		{"records_exported", "Records that are durable in the store.", whole(func(f Figures) int64 { return f.Exported })},
		{"records_rejected", "Records set aside as dead letters.", whole(func(f Figures) int64 { return f.Rejected })},
		{"records_skipped", "Records that an earlier run with the same ID had stored.", whole(func(f Figures) int64 { return f.Skipped })},
		{"batches", "Batches handed to the connector.", whole(func(f Figures) int64 { return f.Batches })},
		{"read_bytes", "Bytes of RECORD lines.", whole(func(f Figures) int64 { return f.Bytes })},
		{"retries", "Calls of the connector that were made again.", whole(func(f Figures) int64 { return f.Retries })},
		{"splits", "Times a batch was halved.", whole(func(f Figures) int64 { return f.Splits })},
		{"export_seconds", "Time that exports took, in seconds.", func(f Figures) float64 { return f.Took.Seconds() }},
	}
}

const metricPrefix = "mage_dest_last_run_"

// saveMetrics writes the figures of the run in Prometheus' text format to metrics_path,
// for a collector of text files: the process is too short-lived to be asked. That it
// cannot be written is a warning, for the data is safe.
func (r *run) saveMetrics(code int) {
	if r.lane != nil || r.limits.MetricsPath == "" || !r.reading || r.flags.dryRun {
		return
	}
	if err := replaceFile(r.limits.MetricsPath, r.metrics(code), 0o644); err != nil {
		r.log.Warn(fmt.Sprintf("The metrics could not be written to metrics_path: %v.", err))
	}
}

func (r *run) metrics(code int) []byte {
	var out bytes.Buffer
	connector := label("connector", r.info.Name)
	streamGauges(&out, metricPrefix, connector, r.figures())
	now, done := r.env.Now(), 0
	if code == exitDone {
		done = 1
	}
	for _, m := range []struct {
		name, help string
		value      any
	}{
		{"streams", "Streams that messages named.", len(r.summary.flows)},
		{"lines_rejected", "Lines set aside that are no messages.", r.summary.lines},
		{"duration_seconds", "Time that the run took, in seconds.", now.Sub(r.summary.started).Seconds()},
		{"end_timestamp_seconds", "When the run ended, in seconds since 1970.", unixSeconds(now)},
		{"state_timestamp_seconds", "When a state was told last, in seconds since 1970; 0 if none was.", unixSeconds(r.summary.told)},
		{"exit_code", "Exit code of the run.", code},
		{"success", "1 if all input was read and is durable, else 0.", done},
	} {
		gauge(&out, metricPrefix+m.name, m.help)
		fmt.Fprintf(&out, "%s%s{%s} %v\n", metricPrefix, m.name, connector, m.value)
	}
	return out.Bytes()
}

func streamGauges(out *bytes.Buffer, prefix, connector string, figures []Figures) {
	for _, m := range streamMetrics() {
		gauge(out, prefix+m.name, m.help+" By stream.")
		for _, f := range figures[:min(len(figures), mostStreams)] {
			fmt.Fprintf(out, "%s%s{%s,%s} %v\n", prefix, m.name, connector, label("stream", f.Stream), m.of(f))
		}
	}
}

// Gauge is a figure of an engine's own.
type Gauge struct {
	Name, Help        string
	Label, LabelValue string // "" for none; gauges of one name stand together
	Value             float64
}

// SaveMetrics writes figures and gauges to metrics_path as a run does, with names that
// begin with mage_dest_ and the role.
func (p *Process) SaveMetrics(role string, figures []Figures, gauges []Gauge) {
	path := p.run.limits.MetricsPath
	if path == "" {
		return
	}
	var out bytes.Buffer
	prefix, connector := "mage_dest_"+role+"_", label("connector", p.run.info.Name)
	streamGauges(&out, prefix, connector, figures)
	now := Gauge{Name: "timestamp_seconds", Help: "When these figures were written, in seconds since 1970.", Value: float64(p.run.env.Now().UnixMilli()) / 1000}
	last := ""
	for _, g := range append(gauges, now) {
		if g.Name != last {
			gauge(&out, prefix+g.Name, g.Help)
			last = g.Name
		}
		labels := connector
		if g.Label != "" {
			labels += "," + label(g.Label, g.LabelValue)
		}
		fmt.Fprintf(&out, "%s%s{%s} %s\n", prefix, g.Name, labels, strconv.FormatFloat(g.Value, 'f', -1, 64))
	}
	if err := replaceFile(path, out.Bytes(), 0o644); err != nil {
		p.run.log.Warn(fmt.Sprintf("The metrics could not be written to metrics_path: %v.", err))
	}
}

func gauge(out *bytes.Buffer, name, help string) {
	fmt.Fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// label writes a label with its value escaped as the format wants it.
func label(name, value string) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	return name + `="` + strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(value) + `"`
}

func unixSeconds(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return fmt.Sprintf("%d.%03d", t.Unix(), t.Nanosecond()/int(time.Millisecond))
}
