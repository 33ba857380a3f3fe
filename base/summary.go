package base

import (
	"fmt"
	"log/slog"
	"time"
)

// summary counts what a run did with each stream.
type summary struct {
	started time.Time
	told    time.Time // when a state was told last; zero before
	flows   []*flow   // in the order of their first message
	lines   int       // set aside because they are no messages
}

type streamSummary struct {
	read, exported, rejected, batches int64
	bytes                             int64 // of RECORD lines
	retries, splits, skipped          int64
	took                              time.Duration
}

func (s *summary) total() (t streamSummary) {
	for _, f := range s.flows {
		t.read += f.stats.read
		t.exported += f.stats.exported
		t.rejected += f.stats.rejected
		t.batches += f.stats.batches
		t.bytes += f.stats.bytes
		t.retries += f.stats.retries
		t.splits += f.stats.splits
		t.skipped += f.stats.skipped
		t.took += f.stats.took
	}
	return t
}

// mostStreams bounds the line: the rest is counted.
const mostStreams = 100

// log writes the closing summary. Its numbers are nested in one tag, for Mage
// adds up the tags it knows over all lines.
func (s *summary) log(log *slog.Logger, p *preparer, now time.Time) {
	if len(s.flows) == 0 && s.lines == 0 {
		return
	}
	perStream := make(map[string]any, min(len(s.flows), mostStreams))
	unchecked := 0
	for i, f := range s.flows {
		mode := "no schema"
		if f.known() {
			mode = p.checkMode(f.stream)
			if !p.strict(f.stream) {
				unchecked++
			}
		}
		if i < mostStreams {
			perStream[f.name] = f.stats.describe(mode)
		}
	}
	total := s.total()
	message := fmt.Sprintf("%d records read, %d exported, %d rejected, of %d streams in %d batches (%d bytes, %.1f s).",
		total.read, total.exported, total.rejected, len(s.flows), total.batches, total.bytes, now.Sub(s.started).Seconds())
	if total.skipped > 0 {
		message += fmt.Sprintf(" %d were stored already by an earlier run with the same ID.", total.skipped)
	}
	if total.retries+total.splits > 0 {
		message += fmt.Sprintf(" %d calls were made again, batches were halved %d times.", total.retries, total.splits)
	}
	if s.lines > 0 {
		message += fmt.Sprintf(" %d lines that are no messages were set aside.", s.lines)
	}
	if unchecked > 0 && p.limits.Validation == "mage" {
		message += fmt.Sprintf(" Records of %d streams were not checked against their schema; set validation: full to check them.", unchecked)
	}
	all := total.describe("")
	delete(all, "validation")
	all["seconds"], all["lines_rejected"] = now.Sub(s.started).Seconds(), s.lines
	log.Info(message, "summary", map[string]any{"streams": perStream, "streams_not_shown": len(s.flows) - len(perStream), "total": all})
}

func (s *streamSummary) describe(mode string) map[string]any {
	return map[string]any{
		"read": s.read, "exported": s.exported, "rejected": s.rejected, "batches": s.batches,
		"bytes": s.bytes, "retries": s.retries, "splits": s.splits, "skipped": s.skipped, "export_seconds": s.took.Seconds(), "validation": mode,
	}
}
