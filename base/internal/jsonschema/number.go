package jsonschema

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// farExponent is how far beyond its own digits a number's exponent is looked at.
// The library writes numbers out as fractions, which for 1e1000000 takes longer
// than all else and for 1e9999999 ends in a panic.
const farExponent = 2000

// mostDigits is how long a number may be that is checked: what the library does
// with its digits takes time by their square.
const mostDigits = 20_000

// tame replaces, in a decoded value, numbers with a far exponent by such as are
// just as large or small to every schema that is not itself beyond 1e2000, and
// leave the same remainders. It is only for judging; the record keeps its digits.
func tame(value any) (any, error) {
	var err error
	switch value := value.(type) {
	case json.Number:
		if len(value) > mostDigits {
			return nil, fmt.Errorf("a number of %d digits is too long to be checked: %d at the most", len(value), mostDigits)
		}
		return tameNumber(value), nil
	case []any:
		for i, element := range value {
			if value[i], err = tame(element); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key, member := range value {
			if value[key], err = tame(member); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

func tameNumber(number json.Number) json.Number {
	at := strings.IndexAny(string(number), "eE")
	if at < 0 {
		return number
	}
	mantissa, exponent := string(number[:at]), string(number[at+1:])
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	digits := strings.TrimLeft(exponent, "+-0")
	limit := farExponent + len(mantissa)
	if n, err := strconv.Atoi(digits); err == nil && n <= limit || digits == "" {
		return number
	}
	return json.Number(mantissa + "e" + sign + strconv.Itoa(limit))
}
