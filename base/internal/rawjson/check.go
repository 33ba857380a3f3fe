package rawjson

import (
	"fmt"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects may be open at once. It is the depth
// at which encoding/json gives up too, so that whatever Check accepts can be
// decoded later.
const MaxDepth = 10_000

// SyntaxError says why a text is not JSON, and where.
type SyntaxError struct {
	Offset int // bytes before the fault
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("column %d: %s", e.Offset+1, e.Reason)
}

// Facts are what Check noticed on its way through a text.
type Facts struct {
	// NonFinite is the offset of the first NaN, Infinity or -Infinity, or -1.
	NonFinite int
	// Repeated tells that some object has a key twice.
	Repeated bool
}

// Check reads one JSON value with white space round it. The error is a
// *SyntaxError.
func Check(text []byte) (Facts, error) {
	var room [32][]byte // enough for most lines, so that nothing is allocated
	s := scanner{text: text, facts: Facts{NonFinite: -1}, keys: keys{open: room[:0]}}
	s.space()
	if err := s.value(0); err != nil {
		return s.facts, err
	}
	s.space()
	if s.at < len(text) {
		return s.facts, s.fault("unexpected %s after the end of the value", s.here())
	}
	s.facts.Repeated = s.keys.found
	return s.facts, nil
}

type scanner struct {
	text  []byte
	at    int
	facts Facts
	keys  keys
}

func (s *scanner) fault(format string, args ...any) error {
	return &SyntaxError{Offset: s.at, Reason: fmt.Sprintf(format, args...)}
}

// here names what stands at the current position for an error message.
func (s *scanner) here() string {
	if s.at >= len(s.text) {
		return "end of line"
	}
	r, size := utf8.DecodeRune(s.text[s.at:])
	if r == utf8.RuneError && size == 1 {
		return fmt.Sprintf("byte 0x%02x", s.text[s.at])
	}
	return fmt.Sprintf("%q", r)
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) value(depth int) error {
	if s.at >= len(s.text) {
		return s.fault("a value is missing at the end of the line")
	}
	switch c := s.text[s.at]; c {
	case '"':
		return s.string()
	case '{':
		return s.object(depth + 1)
	case '[':
		return s.array(depth + 1)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	case 'N':
		return s.nonFinite("NaN")
	case 'I':
		return s.nonFinite("Infinity")
	default:
		if c == '-' || '0' <= c && c <= '9' {
			return s.number()
		}
		return s.fault("a value cannot start with %s", s.here())
	}
}

func (s *scanner) word(word string) error {
	if len(s.text)-s.at < len(word) || string(s.text[s.at:s.at+len(word)]) != word {
		return s.fault("want %s", word)
	}
	s.at += len(word)
	return nil
}

func (s *scanner) nonFinite(word string) error {
	start := s.at
	if s.text[s.at] == '-' {
		s.at++
	}
	if err := s.word(word); err != nil {
		return err
	}
	if s.facts.NonFinite < 0 {
		s.facts.NonFinite = start
	}
	return nil
}

func (s *scanner) object(depth int) error {
	if depth > MaxDepth {
		return s.fault("nested deeper than %d levels", MaxDepth)
	}
	s.at++ // {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == '}' {
		s.at++
		return nil
	}
	first := len(s.keys.open)
	defer func() { s.keys.open = s.keys.open[:first] }()
	var wide map[string]struct{}
	for {
		if s.at >= len(s.text) || s.text[s.at] != '"' {
			return s.fault("want a key in double quotes, not %s", s.here())
		}
		key := s.at
		if err := s.string(); err != nil {
			return err
		}
		wide = s.keys.add(first, s.text[key:s.at], wide)
		s.space()
		if s.at >= len(s.text) || s.text[s.at] != ':' {
			return s.fault("want ':' after a key, not %s", s.here())
		}
		s.at++
		s.space()
		if err := s.value(depth); err != nil {
			return err
		}
		if done, err := s.next('}'); done || err != nil {
			return err
		}
	}
}

func (s *scanner) array(depth int) error {
	if depth > MaxDepth {
		return s.fault("nested deeper than %d levels", MaxDepth)
	}
	s.at++ // [
	s.space()
	if s.at < len(s.text) && s.text[s.at] == ']' {
		s.at++
		return nil
	}
	for {
		if err := s.value(depth); err != nil {
			return err
		}
		if done, err := s.next(']'); done || err != nil {
			return err
		}
	}
}

// next steps over what separates two members or elements, and tells whether
// the closing bracket was there instead.
func (s *scanner) next(closing byte) (done bool, err error) {
	s.space()
	if s.at >= len(s.text) {
		return false, s.fault("the line ends where ',' or '%c' should stand", closing)
	}
	switch s.text[s.at] {
	case closing:
		s.at++
		return true, nil
	case ',':
		s.at++
		s.space()
		return false, nil
	}
	return false, s.fault("want ',' or '%c', not %s", closing, s.here())
}

func (s *scanner) string() error {
	if end, _ := ScanString(s.text, s.at); end >= 0 {
		s.at = end
		return nil
	}
	s.at++ // what follows finds the fault
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		case c < ' ':
			return s.fault("control character 0x%02x in a string must be escaped", c)
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return s.fault("invalid UTF-8: byte 0x%02x", c)
			}
			s.at += size
		}
	}
	return s.fault("the line ends inside a string")
}

func (s *scanner) escape() error {
	if s.at+1 >= len(s.text) {
		s.at++
		return s.fault("the line ends inside a string")
	}
	switch s.text[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return nil
	case 'u':
		for i := s.at + 2; i < s.at+6; i++ {
			if i >= len(s.text) || !isHex(s.text[i]) {
				return s.fault(`want four hexadecimal digits after \u`)
			}
		}
		s.at += 6
		return nil
	}
	return s.fault(`unknown escape \%s`, string(s.text[s.at+1:s.at+2]))
}

func (s *scanner) number() error {
	if end, _ := ScanNumber(s.text, s.at); end >= 0 {
		s.at = end
		return nil
	}
	if s.text[s.at] == '-' {
		if s.at+1 < len(s.text) && s.text[s.at+1] == 'I' {
			return s.nonFinite("Infinity")
		}
		s.at++
	}
	if s.at < len(s.text) && s.text[s.at] == '0' {
		s.at++
		if s.at < len(s.text) && isDigit(s.text[s.at]) {
			return s.fault("a number cannot have a leading zero")
		}
	} else if !s.digits() {
		return s.fault("want a digit, not %s", s.here())
	}
	if s.at < len(s.text) && s.text[s.at] == '.' {
		s.at++
		if !s.digits() {
			return s.fault("want a digit after the decimal point, not %s", s.here())
		}
	}
	if s.at < len(s.text) && (s.text[s.at] == 'e' || s.text[s.at] == 'E') {
		s.at++
		if s.at < len(s.text) && (s.text[s.at] == '+' || s.text[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return s.fault("want a digit in the exponent, not %s", s.here())
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && isDigit(s.text[s.at]) {
		s.at++
	}
	return s.at > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
