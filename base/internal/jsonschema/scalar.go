package jsonschema

import (
	"regexp"
	"unicode/utf8"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

type numberRules struct {
	least, most *bound
	divisor     *decimal.Divisor // multipleOf
	small       bool             // the bounds are small and there is no divisor
}

// bound is a minimum or a maximum.
type bound struct {
	value     decimal.Decimal
	exclusive bool
	small     int64 // the value, if it is an integer of at most smallDigits
}

// smallDigits is how many digits always fit in an int64.
const smallDigits = 18

// integral tells whether a number that has a fraction or an exponent is an
// integer all the same.
func (n *node) integral(number []byte) bool {
	return !n.exactInt && decimal.Parse(number).IsWhole()
}

func (r *numberRules) fits(number []byte) bool {
	if r.small && len(number) <= smallDigits {
		if fits, ok := r.fitsSmall(number); ok {
			return fits
		}
	}
	value := decimal.Parse(number)
	if r.least != nil && !r.least.allows(value.Compare(r.least.value)) {
		return false
	}
	if r.most != nil && !r.most.allows(-value.Compare(r.most.value)) {
		return false
	}
	return r.divisor == nil || r.divisor.Divides(value)
}

// fitsSmall compares a number of at most smallDigits characters with bounds that
// are small: the number without its point, and the bounds with as many zeros as it
// has digits behind the point. ok is false where that is not enough.
func (r *numberRules) fitsSmall(number []byte) (fits, ok bool) {
	value, zeros := int64(0), int64(1)
	point := false
	for i, c := range number {
		switch {
		case isDigit(c):
			value = 10*value + int64(c-'0')
			if point {
				zeros *= 10
			}
		case c == '.':
			point = true
		case i > 0:
			return false, false // an exponent
		}
	}
	if number[0] == '-' {
		value = -value
	}
	if r.least != nil {
		least, ok := r.least.scaled(zeros)
		if !ok || value < least || value == least && r.least.exclusive {
			return false, ok
		}
	}
	if r.most != nil {
		most, ok := r.most.scaled(zeros)
		if !ok || value > most || value == most && r.most.exclusive {
			return false, ok
		}
	}
	return true, true
}

// scaled is a small bound times a power of ten; ok is false if that is too much.
func (b *bound) scaled(times int64) (value int64, ok bool) {
	value = b.small * times
	return value, value/times == b.small
}

// allows tells whether a value is on the right side of the bound; inside is 1 for
// one that is within it, 0 for one that is equal to it.
func (b *bound) allows(inside int) bool { return inside > 0 || inside == 0 && !b.exclusive }

type textRules struct {
	least, most int // characters; most is negative for no limit
	pattern     *regexp.Regexp
	format      func([]byte) bool
}

// textFits judges what stands between the quotes of a string; plain tells that it
// has no escapes.
func (p *Pass) textFits(rules *textRules, content []byte, plain bool) bool {
	if !plain {
		if rules.short(content) {
			return true
		}
		content = p.unescaped(content)
	}
	return rules.lengthFits(content) &&
		(rules.format == nil || rules.format(content)) &&
		(rules.pattern == nil || rules.pattern.Match(content))
}

// short tells that all that is asked of a text is to be no longer than some length
// that it does not reach, even with its escapes.
func (r *textRules) short(escaped []byte) bool {
	return r.least == 0 && len(escaped) <= r.most && r.format == nil && r.pattern == nil
}

func (r *textRules) lengthFits(content []byte) bool {
	n := len(content)
	// The characters are counted only where it matters that they take one to four
	// bytes.
	if r.most >= 0 && n > r.most || (n+utf8.UTFMax-1)/utf8.UTFMax < r.least {
		n = utf8.RuneCount(content)
	}
	return n >= r.least && (r.most < 0 || n <= r.most)
}

// unescaped is the text that stands between the quotes of a string, good until the
// next call.
func (p *Pass) unescaped(content []byte) []byte {
	for _, c := range content {
		if c == '\\' {
			p.scratch = rawjson.AppendUnescaped(p.scratch[:0], content)
			return p.scratch
		}
	}
	return content
}
