package base

import (
	"fmt"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Bounds of the log: so many lines of one shape in so much time, and so many shapes
// that are told from each other.
const (
	sampleLines  = 100
	sampleWindow = 10 * time.Second
	sampleShapes = 500
)

// sampler keeps a tap that prints a million lines, or an author's line for every
// record, from filling the log. Lines of one shape beyond the first hundred in ten
// seconds are counted and the count is told. What base says of batches and states, what
// fails a run, and lines whose tags Mage adds up are never left out.
type sampler struct {
	shapes map[string]*sampled
}

// sampled is what is known of the lines of one shape.
type sampled struct {
	since    time.Time // when the window began
	count    int       // lines in it
	caller   string
	level    string
	excerpt  string // of the first that was left out
	left     int
	leftTags []byte
}

// admit tells whether a line is written. told is a line that has to be written first,
// about those that were left out before; nil if there is none.
func (s *sampler) admit(l logLine, now time.Time) (ok bool, told *logLine) {
	if s == nil || l.level == "ERROR" || l.level == "EXCEPTION" || counted(l.tags) {
		return true, nil
	}
	key := shapeOf(l)
	shape := s.shapes[key]
	if shape == nil {
		if len(s.shapes) >= sampleShapes {
			key = "others"
			shape = s.shapes[key]
		}
		if shape == nil {
			shape = &sampled{since: now, caller: l.caller, level: l.level}
			s.shapes[key] = shape
		}
	}
	// The clock may have been set back.
	if since := now.Sub(shape.since); since >= sampleWindow || since < 0 {
		told = shape.tell()
		shape.since, shape.count = now, 0
	}
	if shape.count++; shape.count <= sampleLines {
		return true, told
	}
	if shape.left++; shape.left == 1 {
		shape.excerpt, _, _ = strings.Cut(l.message, "\n")
	}
	return false, told
}

// tell says how many lines were left out, nil if none was.
func (s *sampled) tell() *logLine {
	if s.left == 0 {
		return nil
	}
	const most = 200
	excerpt := s.excerpt
	if len(excerpt) > most {
		excerpt = strings.ToValidUTF8(excerpt[:most], "") + "…"
	}
	line := &logLine{
		caller: s.caller, level: s.level, tags: []byte("{}"),
		message: fmt.Sprintf("%d more lines like this one were left out: %s", s.left, excerpt),
	}
	s.left = 0
	return line
}

// rest are the lines to be written at the end of a run.
func (s *sampler) rest() (lines []logLine) {
	if s == nil {
		return nil
	}
	for _, shape := range s.shapes {
		if told := shape.tell(); told != nil {
			lines = append(lines, *told)
		}
	}
	return lines
}

// shapeOf is what lines have in common that differ in numbers, or far behind their
// start, only.
func shapeOf(l logLine) string {
	const most = 48
	shape := make([]byte, 0, most+len(l.caller)+len(l.level)+2)
	shape = append(append(append(append(shape, l.level...), 0), l.caller...), 0)
	for i := range min(len(l.message), most) {
		if c := l.message[i]; c < '0' || c > '9' {
			shape = append(shape, c)
		}
	}
	return string(shape)
}

// counted tells whether Mage adds up a figure of the line (12.6 of its contract), or
// shows its tags.
func counted(tags []byte) bool {
	for m := range rawjson.Members(tags) {
		switch m.Name() {
		case "records", "records_affected", "records_inserted", "records_updated", "state", "error", "errors":
			return true
		}
	}
	return false
}
