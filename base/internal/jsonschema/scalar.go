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

func (r *numberRules) fits(number []byte, isWhole bool) bool {
	if r.small && isWhole && len(number) <= smallDigits {
		return r.fitsSmall(parseSmall(number))
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

func (r *numberRules) fitsSmall(value int64) bool {
	if r.least != nil && (value < r.least.small || value == r.least.small && r.least.exclusive) {
		return false
	}
	return r.most == nil || value < r.most.small || value == r.most.small && !r.most.exclusive
}

// allows tells whether a value is on the right side of the bound; inside is 1 for
// one that is within it, 0 for one that is equal to it.
func (b *bound) allows(inside int) bool { return inside > 0 || inside == 0 && !b.exclusive }

// parseSmall reads an integer of at most smallDigits characters.
func parseSmall(number []byte) (value int64) {
	digits := number
	if digits[0] == '-' {
		digits = digits[1:]
	}
	for _, c := range digits {
		value = 10*value + int64(c-'0')
	}
	if number[0] == '-' {
		return -value
	}
	return value
}

type textRules struct {
	least, most int // characters; most is negative for no limit
	pattern     *regexp.Regexp
	format      func([]byte) bool
}

// textFits judges what stands between the quotes of a string; plain tells that it
// has no escapes.
func (p *Pass) textFits(rules *textRules, content []byte, plain bool) bool {
	if !plain {
		content = p.unescaped(content)
	}
	if rules.least > 0 || rules.most >= 0 {
		n := len(content)
		if rules.most >= 0 && n > rules.most || n < rules.least*utf8.UTFMax { // else no character count could matter
			n = utf8.RuneCount(content)
		}
		if n < rules.least || rules.most >= 0 && n > rules.most {
			return false
		}
	}
	if rules.format != nil && !rules.format(content) {
		return false
	}
	return rules.pattern == nil || rules.pattern.Match(content)
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
