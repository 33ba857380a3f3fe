package trial

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// logLine is one line of a connector's log, as Mage reads it.
type logLine struct {
	Caller  string `json:"caller"`
	Level   string `json:"level"`
	Message string `json:"message"`
	Type    string `json:"type"`

	Tags json.RawMessage `json:"tags"`
}

// logTags are the tags that base sets. An author may use the same keys for
// other things, in lines that are only repeated.
type logTags struct {
	Stream  string   `json:"stream"`
	Batch   int      `json:"batch"`
	Records int      `json:"records"`
	Errors  []string `json:"errors"`
	Summary *struct {
		Streams map[string]StreamCounts `json:"streams"`
	} `json:"summary"`
}

// logReader turns the log of a run into its report, line by line as they come:
// the time of a call is what passes between its two lines.
type logReader struct {
	report *Report
	onCall func(Call)
	now    func() time.Time

	open    *Call
	started time.Time
	order   []string // streams as the calls named them
}

func (l *logReader) line(text string) {
	var line logLine
	if json.Unmarshal([]byte(text), &line) != nil || line.Type != "LOG" {
		l.say(text) // the author's fmt.Println, for one
		return
	}
	var tags logTags
	_ = json.Unmarshal(line.Tags, &tags) // what does not fit is not base's
	switch words, known := strings.CutPrefix(line.Message, line.Caller+" process "); {
	case line.Level == "EXCEPTION" || line.Level == "ERROR":
		l.close(false)
		l.report.Errors = append(l.report.Errors, faults(line, tags)...)
	case tags.Summary != nil:
		l.close(false)
		l.summary(tags)
	case known && (words == "record data for stream "+tags.Stream+" started." || words == "record started."):
		l.close(false)
		l.begin(tags)
	case known && (words == "record data for stream "+tags.Stream+" completed." || words == "record completed."):
		l.close(true)
	case known && (words == "started." || words == "completed."):
	case line.Level == "INFO" && l.ofBase(line.Message):
		l.close(false)
	default:
		l.say(line.words())
	}
}

// ofBase tells the steps of a run, which the report shows in its own way, from
// what a person should read.
func (l *logReader) ofBase(message string) bool {
	return slices.ContainsFunc([]string{
		"Process batch set ", "Final state for ", "Final record processing ", "Reading ",
	}, func(start string) bool { return strings.HasPrefix(message, start) })
}

func (l *logReader) begin(t logTags) {
	l.open = &Call{Stream: t.Stream, Batch: t.Batch, Records: max(t.Records, 1)}
	l.started = l.now()
	if !slices.Contains(l.order, t.Stream) {
		l.order = append(l.order, t.Stream)
	}
}

// close ends the open call. Base says nothing of one that failed; the next line
// of its own tells.
func (l *logReader) close(stored bool) {
	if l.open == nil {
		return
	}
	l.open.Stored = stored
	l.open.Millis = float64(l.now().Sub(l.started).Microseconds()) / 1000
	l.report.Calls = append(l.report.Calls, *l.open)
	if l.onCall != nil {
		l.onCall(*l.open)
	}
	l.open = nil
}

func (l *logReader) end() { l.close(false) }

// summary takes the counts in the order of the calls, then by name.
func (l *logReader) summary(tags logTags) {
	names := l.order
	rest := make([]string, 0, len(tags.Summary.Streams))
	for name := range tags.Summary.Streams {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range append(slices.Clone(names), rest...) {
		if counts, ok := tags.Summary.Streams[name]; ok {
			counts.Stream = name
			l.report.Streams = append(l.report.Streams, counts)
		}
	}
}

func (l *logReader) say(words string) {
	if strings.TrimSpace(words) != "" {
		l.report.Said = append(l.report.Said, words)
	}
}

func faults(line logLine, tags logTags) []string {
	if len(tags.Errors) > 0 {
		return tags.Errors
	}
	return []string{line.Message}
}

func (l logLine) words() string {
	words := l.Level + " " + strings.TrimSpace(l.Message)
	if tags := string(l.Tags); tags != "{}" {
		words += " " + tags
	}
	return words
}
