package base

import (
	"fmt"
	"log/slog"
	"time"
)

// summary counts what a run did with each stream.
type summary struct {
	started time.Time
	names   []string // in the order of their first message
	streams map[string]*streamSummary
	lines   int // set aside because they are no messages
}

type streamSummary struct {
	read, exported, rejected, batches int64
	bytes                             int64 // of RECORD lines
	ordinal                           int64 // of the last record handed on
	took                              time.Duration
}

func newSummary(now time.Time) *summary {
	return &summary{started: now, streams: map[string]*streamSummary{}}
}

func (s *summary) stream(name string) *streamSummary {
	stats, ok := s.streams[name]
	if !ok {
		stats = &streamSummary{}
		s.streams[name] = stats
		s.names = append(s.names, name)
	}
	return stats
}

func (s *summary) total() (t streamSummary) {
	for _, stats := range s.streams {
		t.read += stats.read
		t.exported += stats.exported
		t.rejected += stats.rejected
		t.batches += stats.batches
		t.bytes += stats.bytes
	}
	return t
}

// mostStreams bounds the line: the rest is counted.
const mostStreams = 100

// log writes the closing summary. Its numbers are nested in one tag, for Mage
// adds up the tags it knows over all lines.
func (s *summary) log(log *slog.Logger, p *preparer, streams map[string]*Stream, now time.Time) {
	if len(s.names) == 0 && s.lines == 0 {
		return
	}
	perStream := make(map[string]any, min(len(s.names), mostStreams))
	unchecked := 0
	for i, name := range s.names {
		mode := "no schema"
		if stream := streams[name]; stream.known() {
			mode = p.checkMode(stream)
			if !p.strict(stream) {
				unchecked++
			}
		}
		if i < mostStreams {
			perStream[name] = s.streams[name].describe(mode)
		}
	}
	total := s.total()
	message := fmt.Sprintf("%d records read, %d exported, %d rejected, of %d streams in %d batches (%d bytes, %.1f s).",
		total.read, total.exported, total.rejected, len(s.names), total.batches, total.bytes, now.Sub(s.started).Seconds())
	if s.lines > 0 {
		message += fmt.Sprintf(" %d lines that are no messages were set aside.", s.lines)
	}
	if unchecked > 0 && p.limits.Validation == "mage" {
		message += fmt.Sprintf(" Records of %d streams were not checked against their schema; set validation: full to check them.", unchecked)
	}
	log.Info(message, "summary", map[string]any{"streams": perStream, "streams_not_shown": len(s.names) - len(perStream)})
}

func (s *streamSummary) describe(mode string) map[string]any {
	return map[string]any{
		"read": s.read, "exported": s.exported, "rejected": s.rejected, "batches": s.batches,
		"bytes": s.bytes, "export_seconds": s.took.Seconds(), "validation": mode,
	}
}
