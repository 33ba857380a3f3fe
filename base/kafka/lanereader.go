package kafka

import (
	"io"
	"sort"
	"strconv"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// laneReader gives a partition's messages to a run as lines, up to an END. Behind those
// that came together stands a STATE of its own, the offset that follows: when the run
// tells it, all before is stored. STATEs of the tap are the feeder's business.
type laneReader struct {
	lane *lane

	records []*kgo.Record
	given   *kgo.Record // that text is of, or nil
	text    []byte      // that is being given out, without what was
	line    []byte      // memory of marks
	newline bool        // is due
	next    int64       // offset behind the last record that was given out
	marked  int64       // offset of the last mark
	over    bool

	mu        sync.Mutex
	lines     int64 // given out
	stretches []stretch
}

// stretch is a run of lines that are records with offsets that follow one another.
type stretch struct{ line, offset int64 }

// markEvery bounds how many records share a mark.
const markEvery = 1000

// newLaneReader begins with what is in force.
func newLaneReader(l *lane, records []*kgo.Record) *laneReader {
	r := &laneReader{lane: l, records: records, marked: records[0].Offset, next: records[0].Offset}
	r.text = l.schemas.lines()
	for _, c := range r.text {
		if c == '\n' {
			r.lines++
		}
	}
	return r
}

func (r *laneReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		switch {
		case len(r.text) > 0:
			k := copy(p[n:], r.text)
			n, r.text = n+k, r.text[k:]
		case r.newline:
			p[n], r.newline = '\n', false
			n++
		case r.over && n == 0:
			return 0, io.EOF
		case r.over:
			return n, nil
		default:
			if !r.advance(n == 0) {
				return n, nil
			}
		}
	}
	return n, nil
}

// advance makes the next line. It is false if there is none yet and the run need not
// wait for it.
func (r *laneReader) advance(wait bool) bool {
	if r.given != nil {
		r.given.Recycle()
		r.given = nil
	}
	if len(r.records) == 0 {
		if r.marked < r.next {
			r.mark()
			return true
		}
		if r.records = r.lane.pop(false); r.records == nil {
			if !wait {
				return false
			}
			if r.records = r.lane.pop(true); r.records == nil {
				r.over = true
				return true
			}
		}
	}
	if r.next-r.marked >= markEvery {
		r.mark()
		return true
	}
	record := r.records[0]
	r.records = r.records[1:]
	kind := kindOf(record)
	if as, ok := governs(kind); ok {
		r.lane.schemas.note(as, record.Offset, record.Value)
	}
	switch kind {
	case typeVersion:
		r.next = record.Offset + 1
		record.Recycle()
	case singer.TypeState:
		r.next = record.Offset + 1
		record.Recycle()
		r.mark()
	case typeEnd:
		r.next = record.Offset + 1
		record.Recycle()
		r.mark()
		r.over = true
	default:
		r.give(record)
	}
	return true
}

func (r *laneReader) give(record *kgo.Record) {
	r.mu.Lock()
	r.lines++
	if last := len(r.stretches) - 1; last < 0 || r.stretches[last].offset+r.lines-r.stretches[last].line != record.Offset {
		r.stretches = append(r.stretches, stretch{r.lines, record.Offset})
	}
	r.mu.Unlock()
	r.given, r.text, r.newline, r.next = record, record.Value, true, record.Offset+1
}

func (r *laneReader) mark() {
	r.mu.Lock()
	r.lines++
	r.mu.Unlock()
	r.line = append(r.line[:0], `{"type":"STATE","value":{"offset":`...)
	r.line = strconv.AppendInt(r.line, r.next, 10)
	r.line = append(r.line, '}', '}')
	r.text, r.newline, r.marked = r.line, true, r.next
}

// left are the records behind an END.
func (r *laneReader) left() []*kgo.Record { return r.records }

// offset is that of the record in a line; -1 for a line that is none.
func (r *laneReader) offset(line int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := sort.Search(len(r.stretches), func(i int) bool { return r.stretches[i].line > line }) - 1
	if i < 0 {
		return -1
	}
	return r.stretches[i].offset + line - r.stretches[i].line
}

// position is that of a record in the partition, from 1.
func (r *laneReader) position(line int64) int64 { return r.offset(line) + 1 }

// durable forgets lines that are stored.
func (r *laneReader) durable(offset int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keep := sort.Search(len(r.stretches), func(i int) bool { return r.stretches[i].offset >= offset }) - 1
	if keep > 0 {
		r.stretches = append(r.stretches[:0], r.stretches[keep:]...)
	}
}
