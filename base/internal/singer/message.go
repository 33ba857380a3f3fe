package singer

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Message types, case sensitive.
const (
	TypeSchema          = "SCHEMA"
	TypeRecord          = "RECORD"
	TypeState           = "STATE"
	TypeActivateVersion = "ACTIVATE_VERSION"
	TypeLog             = "LOG"
	TypeDeadLetter      = "DEAD_LETTER" // a line that an earlier run refused
)

// Form says what a line is.
type Form byte

// The forms of a line. Text is anything that is not JSON and does not look like
// a message that was cut short. Nothing is a JSON value that Python holds for
// false: {} [] null 0 "" false. Untyped is an object without a type, but with
// level and message: a log line of the tap.
const (
	Text Form = iota
	Nothing
	Untyped
	Typed
)

// Message is one line, read as far as to know what it is. Its byte slices are
// parts of the line.
type Message struct {
	Form      Form
	Type      string
	Stream    string // empty when the line names none
	NonFinite bool   // NaN, Infinity or -Infinity stands somewhere in the line
	Repeated  bool   // some object in the line has a key twice
	members   []rawjson.Member
}

// Get returns a member of the message; of repeated keys the last.
func (m Message) Get(key string) (value []byte, ok bool) {
	for _, member := range m.members {
		if rawjson.KeyIs(member.Key, key) {
			value, ok = member.Value, true
		}
	}
	return value, ok
}

// Text returns a member that is a JSON string, else "".
func (m Message) Text(key string) string {
	value, ok := m.Get(key)
	if !ok || rawjson.KindOf(value) != rawjson.String {
		return ""
	}
	return rawjson.Unquote(value)
}

// Present tells whether a member is there and holds for true in Python: not
// null, false, 0, "", [] or {}.
func (m Message) Present(key string) bool {
	value, ok := m.Get(key)
	return ok && !falsy(value)
}

// ErrNoType is a JSON object that is neither a message nor a log line. The
// text is that of Mage's base.
var ErrNoType = errors.New("Required key type is missing from row.") //nolint:staticcheck // Mage's own words, which its users search for

// ErrNoStream is a message about no stream. The text is that of Mage's base.
var ErrNoStream = errors.New("Required key stream is missing from row.") //nolint:staticcheck // Mage's own words, which its users search for

// UnknownType is the error of a message of a type that there is not.
func UnknownType(name string) error {
	return fmt.Errorf("Unknown message type %s: want SCHEMA, RECORD, STATE, ACTIVATE_VERSION or LOG", Excerpt([]byte(name))) //nolint:staticcheck // Mage's own words
}

// Parse reads a line. A line that starts as a message does, with a brace and
// then a quote or the closing brace, and is no JSON is an error: it was cut
// short or damaged on its way, and to skip it would lose a record. Other text
// that is no JSON, a tap's own print for instance, is a Message of form Text.
func Parse(l Line) (Message, error) {
	line := l.Text
	facts, err := rawjson.Check(line)
	if err != nil {
		if looksLikeMessage(l) {
			return Message{}, fmt.Errorf("malformed message: %w", err)
		}
		return Message{Form: Text}, nil
	}
	if falsy(line) {
		return Message{Form: Nothing}, nil
	}
	if rawjson.KindOf(line) != rawjson.Object {
		return Message{}, errors.New("the line is JSON, but no object: want a Singer message")
	}
	m := Message{NonFinite: facts.NonFinite >= 0, Repeated: facts.Repeated, members: make([]rawjson.Member, 0, 8)}
	for member := range rawjson.Members(line) {
		m.members = append(m.members, member)
	}
	return m, m.classify()
}

func (m *Message) classify() error {
	switch {
	case m.Present("type"):
		m.Form = Typed
		if m.Type = m.Text("type"); m.Type == "" {
			return errors.New("type must be a string")
		}
		if m.Stream = m.Text("stream"); m.Stream == "" && m.Present("stream") {
			return errors.New("stream must be a string")
		}
		return nil
	case m.Present("level") && m.Present("message"):
		m.Form = Untyped
		return nil
	}
	return ErrNoType
}

func looksLikeMessage(l Line) bool {
	line := rawjson.Trim(l.Text)
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	line = rawjson.Trim(line[1:])
	if len(line) == 0 {
		return l.Open // the input broke off after its first byte
	}
	return line[0] == '"' || line[0] == '}'
}

// falsy tells whether Python takes the value for false.
func falsy(value []byte) bool {
	value = rawjson.Trim(value)
	switch rawjson.KindOf(value) {
	case rawjson.Bool:
		return value[0] == 'f'
	case rawjson.Number:
		return zero(value)
	}
	return rawjson.Empty(value)
}

// zero tells whether a number's digits are all 0, whatever its exponent.
func zero(number []byte) bool {
	if i := bytes.IndexAny(number, "eE"); i >= 0 {
		number = number[:i]
	}
	return !bytes.ContainsAny(number, "123456789")
}

// Excerpt is the beginning of a line for people, valid UTF-8 and short enough
// for a log.
func Excerpt(line []byte) string {
	const limit = 500
	cut := len(line) > limit
	if cut {
		line = line[:limit]
		for len(line) > 0 && !utf8.RuneStart(line[len(line)-1]) {
			line = line[:len(line)-1]
		}
	}
	text := string(bytes.ToValidUTF8(line, []byte("\uFFFD")))
	if cut {
		text += "…"
	}
	return text
}
