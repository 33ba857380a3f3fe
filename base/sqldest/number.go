package sqldest

import (
	"bytes"
	"strconv"
	"strings"
)

// Int64 is the value of a number that is whole and fits: "100", "1e2" and "100.0"
// alike. Minus zero, which an integer cannot say, does not fit.
func Int64[Text ~string | ~[]byte](number Text) (value int64, ok bool) {
	if value, ok := shortInt64(number); ok {
		return value, true
	}
	d, ok := parseDecimal([]byte(number))
	if !ok || len(d.digits) > d.exponent || d.exponent > 19 || d.negative && len(d.digits) == 0 {
		return 0, false
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	zeros := strings.Repeat("0", d.exponent-len(d.digits))
	value, err := strconv.ParseInt(sign+"0"+string(d.digits)+zeros, 10, 64)
	return value, err == nil
}

// shortInt64 reads what most integers are: up to 18 digits, which always fit, and
// nothing else.
func shortInt64[Text ~string | ~[]byte](number Text) (value int64, ok bool) {
	first := 0
	if len(number) > 0 && number[0] == '-' {
		first = 1
	}
	if digits := len(number) - first; digits < 1 || digits > 18 {
		return 0, false
	}
	for i := first; i < len(number); i++ {
		digit := number[i] - '0'
		if digit > 9 {
			return 0, false
		}
		value = value*10 + int64(digit)
	}
	if first == 1 {
		return -value, value != 0
	}
	return value, true
}

// Float64 is the float64 that says the same as the number: its shortest decimal
// text is the number's own, but for zeros at the ends and the way the exponent is
// written. ok is false for numbers that a float64 would change, such as
// 9007199254740993, or cannot hold, such as 1e400.
func Float64[Text ~string | ~[]byte](number Text) (value float64, ok bool) {
	value, err := strconv.ParseFloat(string(number), 64)
	if err != nil {
		return 0, false
	}
	if isShort(number) {
		return value, true
	}
	var buffer [32]byte
	want, ok := parseDecimal([]byte(number))
	got, _ := parseDecimal(strconv.AppendFloat(buffer[:0], value, 'e', -1, 64))
	return value, ok && got.equal(want)
}

// isShort reports whether a number has at most 15 digits and no exponent. Such
// decimals and the float64s next to them are one to one.
func isShort[Text ~string | ~[]byte](number Text) bool {
	if len(number) > 15 {
		return false
	}
	for i := range len(number) {
		if number[i]|0x20 == 'e' {
			return false
		}
	}
	return true
}

// decimal is 0.digits times ten to the exponent; digits neither begin nor end
// with a zero.
type decimal struct {
	negative bool
	digits   []byte
	exponent int
}

func (d decimal) equal(e decimal) bool {
	return d.negative == e.negative && d.exponent == e.exponent && bytes.Equal(d.digits, e.digits)
}

// parseDecimal reads a JSON number; ok is false if its exponent is beyond all
// measure.
func parseDecimal(text []byte) (d decimal, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		d.negative, text = true, text[1:]
	}
	mantissa, power := text, 0
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		var err error
		if power, err = strconv.Atoi(string(text[i+1:])); err != nil {
			return d, false
		}
		mantissa = text[:i]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
	digits := append(append(make([]byte, 0, len(mantissa)), whole...), fraction...)
	trimmed := bytes.TrimLeft(digits, "0")
	d.digits = bytes.TrimRight(trimmed, "0")
	if len(d.digits) > 0 {
		d.exponent = power + len(whole) - (len(digits) - len(trimmed))
	}
	return d, true
}
