package sqldest_test

import (
	"encoding/json"
	"math/big"
	"strconv"
	"testing"

	"github.com/mage-dest/mage-dest/base/sqldest"
)

func TestInt64(t *testing.T) {
	for text, want := range map[json.Number]int64{
		"0": 0, "-1": -1, "1e2": 100, "100.0": 100, "0.1e1": 1, "0e999": 0, "0.00": 0, "-12e1": -120, "1E+2": 100,
		"9223372036854775807": 1<<63 - 1, "-9223372036854775808": -1 << 63, "-9223372036854775808.0": -1 << 63,
	} {
		if got, ok := sqldest.Int64(text); !ok || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []json.Number{
		"9223372036854775808", "0.5", "1e-1", "1e19", "1e400", "1e99999999999999999999", "-0", "-0.0", "123456789012345678901234567890",
	} {
		if got, ok := sqldest.Int64(text); ok {
			t.Errorf("%s fits an int64, as %d", text, got)
		}
	}
}

// FuzzNumbers holds both conversions against exact arithmetic.
func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"0", "-0.0", "0.1", "1e22", "9007199254740993", "5e-324", "4.9e-324", "1e400", "123456789012345", "1.10"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var number json.Number
		if len(text) > 300 || json.Unmarshal([]byte(text), &number) != nil || string(number) != text {
			t.Skip("no JSON number")
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Skip("beyond exact arithmetic")
		}
		whole, fits := sqldest.Int64(number)
		if zero := exact.Sign() == 0; fits != (exact.IsInt() && exact.Num().IsInt64() && !(zero && text[0] == '-')) {
			t.Errorf("Int64(%s): %v", text, fits)
		}
		if fits && new(big.Rat).SetInt64(whole).Cmp(exact) != 0 {
			t.Errorf("Int64(%s) is %d", text, whole)
		}
		value, same := sqldest.Float64(number)
		nearest, err := strconv.ParseFloat(text, 64)
		said, _ := new(big.Rat).SetString(strconv.FormatFloat(nearest, 'e', -1, 64))
		if want := err == nil && said.Cmp(exact) == 0; same != want {
			t.Errorf("Float64(%s): %v, want %v", text, same, want)
		}
		if same && value != nearest {
			t.Errorf("Float64(%s) is %v", text, value)
		}
	})
}
