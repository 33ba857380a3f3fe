package base

import (
	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// recordMessage is what a RECORD message consists of.
type recordMessage struct {
	isRecord        bool
	stream          *Stream
	record, version span
	judged          bool
	verdict         jsonschema.Verdict // on the record, whose columns are in the pass
}

// span is a part of a line.
type span struct{ start, end int }

func (s span) isSet() bool { return s.end > 0 }

// scanRecord walks over a line once, over the record by the plan of its stream. It
// returns false for what is no plain RECORD message of a known stream.
func (p *parser) scanRecord(m *recordMessage, line []byte) bool {
	i := rawjson.SkipSpace(line, 0)
	if i >= len(line) || line[i] != '{' {
		return false
	}
	i = rawjson.SkipSpace(line, i+1)
	for more := true; more; {
		if i >= len(line) || line[i] != '"' {
			return false
		}
		end, plain := rawjson.ScanString(line, i)
		if end < 0 || !plain {
			return false
		}
		key := line[i+1 : end-1]
		if i = rawjson.AfterColon(line, end); i < 0 {
			return false
		}
		if i = p.scanMember(m, line, key, i); i < 0 {
			return false
		}
		if i, more = rawjson.Next(line, i, '}'); i < 0 {
			return false
		}
	}
	if rawjson.SkipSpace(line, i+1) < len(line) || !m.isRecord || m.stream == nil || !m.record.isSet() {
		return false
	}
	if !m.judged { // the record came before the name of its stream
		p.judge(m, line, m.record.start)
	}
	return true
}

// scanMember walks over the value at i of a message's member. It returns the
// position after it, -1 for what needs more care: a member that comes twice, for
// instance.
func (p *parser) scanMember(m *recordMessage, line, key []byte, i int) (end int) {
	switch string(key) {
	case "type":
		end = rawjson.ScanWord(line, i, `"RECORD"`)
		if m.isRecord {
			return -1
		}
		m.isRecord = true
		return end
	case "stream":
		return p.scanStream(m, line, i)
	case "record":
		return p.scanRecordValue(m, line, i)
	case "version":
		if m.version.isSet() {
			return -1
		}
		end = p.pass.Skip(line, i, 1)
		m.version = span{i, end}
		return end
	}
	return p.pass.Skip(line, i, 1)
}

func (p *parser) scanStream(m *recordMessage, line []byte, i int) (end int) {
	if i >= len(line) || line[i] != '"' || m.stream != nil {
		return -1
	}
	end, plain := rawjson.ScanString(line, i)
	if end < 0 || !plain {
		return -1
	}
	if m.stream = p.stream(line[i+1 : end-1]); m.stream == nil {
		return -1
	}
	return end
}

func (p *parser) scanRecordValue(m *recordMessage, line []byte, i int) (end int) {
	if i >= len(line) || line[i] != '{' || m.record.isSet() {
		return -1
	}
	if m.stream == nil {
		end = p.pass.Skip(line, i, 1)
		m.record = span{i, end}
		return end
	}
	p.judge(m, line, i)
	return m.record.end
}

// judge walks over the record at i.
func (p *parser) judge(m *recordMessage, line []byte, i int) {
	p.pass.Columns = p.columns.Room(m.stream.room())
	m.verdict = p.pass.Record(m.stream.plan, line[i:], 0, 1)
	m.judged = true
	m.record = span{i, i + m.verdict.End}
	if m.verdict.End < 0 {
		m.record.end = -1
	}
}
