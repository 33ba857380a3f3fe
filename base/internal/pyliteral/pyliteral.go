// Package pyliteral reads Python literals, as repr() prints lists, tuples,
// dicts and the scalars in them, and writes them as JSON. Mage's sources print
// arrays in this form. It is data only: names, calls and operators are errors.
package pyliteral

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// maxDepth bounds nesting.
const maxDepth = 200

// ToJSON turns one literal into JSON. Tuples become arrays, keys of dicts become
// strings, None becomes null. Bytes, sets and complex numbers have no JSON and
// are errors.
func ToJSON(text string) ([]byte, error) {
	p := parser{text: text}
	p.space()
	if err := p.value(0); err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(text) {
		return nil, p.fault("unexpected text after the literal")
	}
	return p.out, nil
}

type parser struct {
	text string
	at   int
	out  []byte
}

func (p *parser) fault(reason string) error {
	return fmt.Errorf("python literal, position %d: %s", p.at+1, reason)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n\f", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) peek() byte {
	if p.at >= len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) value(depth int) error {
	if depth > maxDepth {
		return p.fault("nested too deep")
	}
	switch c := p.peek(); {
	case c == '[':
		return p.sequence(']', depth)
	case c == '(':
		return p.sequence(')', depth)
	case c == '{':
		return p.dict(depth)
	case c == '\'' || c == '"':
		text, err := p.string()
		p.out = rawjson.AppendQuoted(p.out, text)
		return err
	case c == '-' || c == '+' || c == '.' || '0' <= c && c <= '9':
		return p.number()
	}
	return p.name()
}

func (p *parser) name() error {
	for name, out := range map[string]string{"None": "null", "True": "true", "False": "false"} {
		after := p.at + len(name)
		if strings.HasPrefix(p.text[p.at:], name) && (after == len(p.text) || !isWord(p.text[after]) && p.text[after] < utf8.RuneSelf) {
			p.at = after
			p.out = append(p.out, out...)
			return nil
		}
	}
	return p.fault("want a literal")
}

// sequence reads a list or a tuple. A parenthesis round one value without a
// comma is that value.
func (p *parser) sequence(closing byte, depth int) error {
	start := len(p.out)
	p.at++
	p.out = append(p.out, '[')
	comma := false
	for n := 0; ; n++ {
		p.space()
		if p.peek() == closing {
			break
		}
		if n > 0 {
			if !comma {
				return p.fault("want a comma")
			}
			p.out = append(p.out, ", "...)
		}
		if err := p.value(depth + 1); err != nil {
			return err
		}
		p.space()
		if comma = p.peek() == ','; comma {
			p.at++
		} else if p.peek() == closing && closing == ')' && n == 0 {
			p.at++
			p.out = append(p.out[:start], p.out[start+1:]...)
			return nil
		}
	}
	p.at++
	p.out = append(p.out, ']')
	return nil
}

func (p *parser) dict(depth int) error {
	p.at++
	p.out = append(p.out, '{')
	comma := true
	for n := 0; ; n++ {
		p.space()
		if p.peek() == '}' {
			break
		}
		if !comma {
			return p.fault("want a comma")
		}
		if n > 0 {
			p.out = append(p.out, ", "...)
		}
		if err := p.key(depth); err != nil {
			return err
		}
		p.space()
		if p.peek() != ':' {
			return p.fault("want a colon")
		}
		p.at++
		p.out = append(p.out, ": "...)
		p.space()
		if err := p.value(depth + 1); err != nil {
			return err
		}
		p.space()
		if comma = p.peek() == ','; comma {
			p.at++
		}
	}
	p.at++
	p.out = append(p.out, '}')
	return nil
}

// key reads the key of a dict; what is no string becomes one, as in json.dumps.
func (p *parser) key(depth int) error {
	start := len(p.out)
	if err := p.value(depth + 1); err != nil {
		return err
	}
	written := string(p.out[start:])
	switch rawjson.KindOf(p.out[start:]) {
	case rawjson.String:
	case rawjson.Array, rawjson.Object:
		return p.fault("a key must be a string or a number")
	default:
		p.out = rawjson.AppendQuoted(p.out[:start], written)
	}
	return nil
}

func (p *parser) string() (string, error) {
	quote := p.text[p.at]
	p.at++
	var out strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch c {
		case quote:
			p.at++
			return out.String(), nil
		case '\n':
			return "", p.fault("a string must end on its line")
		case '\\':
			if err := p.escape(&out); err != nil {
				return "", err
			}
		default:
			out.WriteByte(c)
			p.at++
		}
	}
	return "", p.fault("the string does not end")
}

func (p *parser) escape(out *strings.Builder) error {
	p.at++
	if p.at >= len(p.text) {
		return p.fault("the string does not end")
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case 'x':
		return p.code(out, 2)
	case 'u':
		return p.code(out, 4)
	case 'U':
		return p.code(out, 8)
	case '\n':
		return nil
	}
	if i := strings.IndexByte(`abfnrtv\'"`, c); i >= 0 {
		out.WriteByte("\a\b\f\n\r\t\v\\'\""[i])
		return nil
	}
	if '0' <= c && c <= '7' {
		return p.octal(out)
	}
	out.WriteByte('\\')
	out.WriteByte(c)
	return nil
}

func (p *parser) code(out *strings.Builder, digits int) error {
	if p.at+digits > len(p.text) {
		return p.fault("the escape is cut short")
	}
	code, err := strconv.ParseUint(p.text[p.at:p.at+digits], 16, 32)
	if err != nil || code > utf8.MaxRune {
		return p.fault("the escape is not a character")
	}
	p.at += digits
	out.WriteRune(rune(code))
	return nil
}

func (p *parser) octal(out *strings.Builder) error {
	start := p.at - 1
	for p.at < len(p.text) && p.at < start+3 && '0' <= p.text[p.at] && p.text[p.at] <= '7' {
		p.at++
	}
	code, err := strconv.ParseUint(p.text[start:p.at], 8, 32)
	if err != nil {
		return errors.Join(p.fault("the escape is not a character"), err)
	}
	out.WriteRune(rune(code))
	return nil
}
