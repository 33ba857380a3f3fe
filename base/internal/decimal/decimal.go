// Package decimal reads JSON numbers as the exact decimals that they are and
// compares them, without turning them into anything that could lose a digit, in
// time linear in their text and without allocating.
package decimal

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// Decimal is the value 0.D × 10^Point, where D are the digits of whole and then
// of fraction; neither the first of them nor the last is a zero. Zero has none.
type Decimal struct {
	Negative        bool // also of -0
	whole, fraction []byte
	Point           int
}

// FarExponent is how far beyond its own digits a number's exponent is looked at:
// what is further counts as this far. No schema is known that tells 1e2000 from
// more, and some readers of schemas write such numbers out.
const FarExponent = 2000

// Parse reads a JSON number, which must be one to the letter. The Decimal shares
// the text's memory.
func Parse(number []byte) Decimal {
	var d Decimal
	mantissa, exponent := number, []byte(nil)
	for i, c := range number {
		if c|0x20 == 'e' {
			mantissa, exponent = number[:i], number[i+1:]
			break
		}
	}
	far := FarExponent + len(mantissa)
	if len(mantissa) > 0 && mantissa[0] == '-' {
		d.Negative, mantissa = true, mantissa[1:]
	}
	d.whole = mantissa
	for i, c := range mantissa {
		if c == '.' {
			d.whole, d.fraction = mantissa[:i], mantissa[i+1:]
			break
		}
	}
	d.trim()
	if d.Digits() > 0 && exponent != nil {
		d.Point += parseExponent(exponent, far)
	}
	return d
}

// trim takes off the zeros at both ends and finds the point.
func (d *Decimal) trim() {
	for len(d.whole) > 0 && d.whole[0] == '0' {
		d.whole = d.whole[1:]
	}
	d.Point = len(d.whole)
	for len(d.fraction) > 0 && d.fraction[len(d.fraction)-1] == '0' {
		d.fraction = d.fraction[:len(d.fraction)-1]
	}
	if len(d.whole) == 0 {
		for len(d.fraction) > 0 && d.fraction[0] == '0' {
			d.fraction = d.fraction[1:]
			d.Point--
		}
	}
	if len(d.fraction) == 0 {
		for len(d.whole) > 0 && d.whole[len(d.whole)-1] == '0' {
			d.whole = d.whole[:len(d.whole)-1]
		}
	}
	if d.Digits() == 0 {
		d.Point = 0
	}
}

// parseExponent reads an exponent, no further than far.
func parseExponent(text []byte, far int) int {
	negative := text[0] == '-'
	if text[0] == '-' || text[0] == '+' {
		text = text[1:]
	}
	n := 0
	for _, c := range text {
		if n = 10*n + int(c-'0'); n > far {
			n = far
			break
		}
	}
	if negative {
		return -n
	}
	return n
}

// Digits is how many significant digits there are, none of zero.
func (d Decimal) Digits() int { return len(d.whole) + len(d.fraction) }

func (d Decimal) digit(i int) byte {
	if i < len(d.whole) {
		return d.whole[i]
	}
	return d.fraction[i-len(d.whole)]
}

// IsWhole tells whether the value is an integer: 1.0 and 1e2 are.
func (d Decimal) IsWhole() bool { return d.Point >= d.Digits() || d.Digits() == 0 }

// Int64 is the value, if it is whole and fits.
func (d Decimal) Int64() (value int64, ok bool) {
	const most = 19 // digits of an int64
	if !d.IsWhole() || d.Point > most {
		return 0, false
	}
	for i := range d.Point {
		digit := int64(0)
		if i < d.Digits() {
			digit = int64(d.digit(i) - '0')
		}
		if d.Negative { // there is one negative number more than positive ones
			digit = -digit
		}
		next := 10*value + digit
		if i == most-1 && (next < 0) != d.Negative || value > math.MaxInt64/10 || value < math.MinInt64/10 {
			return 0, false
		}
		value = next
	}
	return value, true
}

// Compare returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Compare(e Decimal) int {
	switch a, b := d.sign(), e.sign(); {
	case a != b:
		if a < b {
			return -1
		}
		return 1
	case a < 0:
		return e.compareMagnitude(d)
	}
	return d.compareMagnitude(e)
}

func (d Decimal) sign() int {
	switch {
	case d.Digits() == 0:
		return 0
	case d.Negative:
		return -1
	}
	return 1
}

func (d Decimal) compareMagnitude(e Decimal) int {
	if d.Point != e.Point {
		if d.Point < e.Point {
			return -1
		}
		return 1
	}
	n, m := d.Digits(), e.Digits()
	for i := range min(n, m) {
		if a, b := d.digit(i), e.digit(i); a != b {
			if a < b {
				return -1
			}
			return 1
		}
	}
	switch {
	case n < m:
		return -1
	case n > m:
		return 1
	}
	return 0
}

// Append appends a text that is the same for equal values and for no others.
func (d Decimal) Append(dst []byte) []byte {
	if d.Digits() == 0 {
		return append(dst, '0')
	}
	if d.Negative {
		dst = append(dst, '-')
	}
	dst = append(append(dst, d.whole...), d.fraction...)
	return strconv.AppendInt(append(dst, 'e'), int64(d.Point), 10)
}

// Divisor is what a number may be a multiple of.
type Divisor struct {
	value Decimal
	small uint64   // its digits, 0 if they are too many for it
	large *big.Int // then these
}

// NewDivisor prepares a divisor that is not zero.
func NewDivisor(d Decimal) Divisor {
	digits := string(d.whole) + string(d.fraction)
	if small, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return Divisor{value: d, small: small}
	}
	large, _ := new(big.Int).SetString(digits, 10)
	return Divisor{value: d, large: large}
}

// Divides tells whether n is a whole multiple of the divisor.
//
// With V and M for the digits of the two as integers, n is V × 10^k times the
// divisor's M for some k. Where k is negative M × 10^-k would have to divide V,
// which does not end with a zero.
func (d Divisor) Divides(n Decimal) bool {
	if n.Digits() == 0 {
		return true
	}
	shift := (n.Point - n.Digits()) - (d.value.Point - d.value.Digits())
	if shift < 0 {
		return false
	}
	if d.small == 0 {
		return d.dividesLarge(n, shift)
	}
	rest := uint64(0)
	for i := range n.Digits() {
		rest = mulAddMod(rest, 10, uint64(n.digit(i)-'0'), d.small)
	}
	for ; shift > 0 && rest != 0; shift-- {
		rest = mulAddMod(rest, 10, 0, d.small)
	}
	return rest == 0
}

// mulAddMod is (a×b + c) mod m, for a < m.
func mulAddMod(a, b, c, m uint64) uint64 {
	high, low := bits.Mul64(a, b)
	low, carry := bits.Add64(low, c, 0)
	return bits.Rem64(high+carry, low, m)
}

// dividesLarge goes over the digits, and then the zeros, as many at once as always
// fit in a word.
func (d Divisor) dividesLarge(n Decimal, shift int) bool {
	const most = 18
	var rest, scale, part big.Int
	digits := n.Digits()
	for i, all := 0, digits+shift; i < all; {
		value, power := int64(0), int64(1)
		for end := min(i+most, all); i < end; i++ {
			value, power = 10*value, 10*power
			if i < digits {
				value += int64(n.digit(i) - '0')
			}
		}
		rest.Mul(&rest, scale.SetInt64(power))
		rest.Add(&rest, part.SetInt64(value))
		rest.Rem(&rest, d.large)
	}
	return rest.Sign() == 0
}
