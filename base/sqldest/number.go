package sqldest

import (
	"strconv"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
)

// Int64 is the value of a number that is whole and fits: "100", "1e2" and "100.0"
// alike. Minus zero, which an integer cannot say, does not fit.
func Int64[Text ~string | ~[]byte](number Text) (value int64, ok bool) {
	if value, ok := shortInt64(number); ok {
		return value, true
	}
	d := decimal.Parse([]byte(number))
	if d.Negative && d.Digits() == 0 {
		return 0, false
	}
	return d.Int64()
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
	want := decimal.Parse([]byte(number))
	got := decimal.Parse(strconv.AppendFloat(buffer[:0], value, 'e', -1, 64))
	return value, got.Negative == want.Negative && got.Compare(want) == 0
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
