package base

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// metric is a figure of the last run, as a gauge: a process that ends with its input
// has no counters that go on. The names are documented in README.
type metric struct {
	name, help string
	of         func(s *streamSummary) float64
}

// streamMetrics are those of each stream.
func streamMetrics() []metric {
	whole := func(of func(s *streamSummary) int64) func(s *streamSummary) float64 {
		return func(s *streamSummary) float64 { return float64(of(s)) }
	}
	return []metric{
		{"records_read", "Records read.", whole(func(s *streamSummary) int64 { return s.read })},
		{"records_exported", "Records that are durable in the store.", whole(func(s *streamSummary) int64 { return s.exported })},
		{"records_rejected", "Records set aside as dead letters.", whole(func(s *streamSummary) int64 { return s.rejected })},
		{"records_skipped", "Records that an earlier run with the same ID had stored.", whole(func(s *streamSummary) int64 { return s.skipped })},
		{"batches", "Batches handed to the connector.", whole(func(s *streamSummary) int64 { return s.batches })},
		{"read_bytes", "Bytes of RECORD lines.", whole(func(s *streamSummary) int64 { return s.bytes })},
		{"retries", "Calls of the connector that were made again.", whole(func(s *streamSummary) int64 { return s.retries })},
		{"splits", "Times a batch was halved.", whole(func(s *streamSummary) int64 { return s.splits })},
		{"export_seconds", "Time that exports took, in seconds.", func(s *streamSummary) float64 { return s.took.Seconds() }},
	}
}

const metricPrefix = "mage_dest_last_run_"

// saveMetrics writes the figures of the run in Prometheus' text format to metrics_path,
// for a collector of text files: the process is too short-lived to be asked. That it
// cannot be written is a warning, for the data is safe.
func (r *run) saveMetrics(code int) {
	if r.limits.MetricsPath == "" || !r.reading || r.flags.dryRun {
		return
	}
	if err := replaceFile(r.limits.MetricsPath, r.metrics(code), 0o644); err != nil {
		r.log.Warn(fmt.Sprintf("The metrics could not be written to metrics_path: %v.", err))
	}
}

func (r *run) metrics(code int) []byte {
	var out bytes.Buffer
	connector := label("connector", r.info.Name)
	flows := r.summary.flows[:min(len(r.summary.flows), mostStreams)]
	for _, m := range streamMetrics() {
		gauge(&out, m.name, m.help+" By stream.")
		for _, f := range flows {
			fmt.Fprintf(&out, "%s%s{%s,%s} %v\n", metricPrefix, m.name, connector, label("stream", f.name), m.of(&f.stats))
		}
	}
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
		gauge(&out, m.name, m.help)
		fmt.Fprintf(&out, "%s%s{%s} %v\n", metricPrefix, m.name, connector, m.value)
	}
	return out.Bytes()
}

func gauge(out *bytes.Buffer, name, help string) {
	fmt.Fprintf(out, "# HELP %s%s %s\n# TYPE %s%s gauge\n", metricPrefix, name, help, metricPrefix, name)
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
