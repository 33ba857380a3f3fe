package decimal

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// numbers are JSON numbers of every spelling, with exponents that big.Rat still
// writes out.
func numbers() *rapid.Generator[string] {
	return rapid.StringMatching(`-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?`)
}

func rat(t interface{ Fatalf(string, ...any) }, number string) *big.Rat {
	r, ok := new(big.Rat).SetString(number)
	if !ok {
		t.Fatalf("big.Rat cannot read %s", number)
	}
	return r
}

func TestComparesAsRationalsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers().Draw(t, "a"), numbers().Draw(t, "b")
		d, e := Parse([]byte(a)), Parse([]byte(b))
		want := rat(t, a).Cmp(rat(t, b))
		if got := d.Compare(e); got != want {
			t.Fatalf("%s against %s: %d, want %d", a, b, got, want)
		}
		if same := string(d.Append(nil)) == string(e.Append(nil)); same != (want == 0) {
			t.Fatalf("%s and %s are the same text: %v", a, b, same)
		}
		if got := d.IsWhole(); got != rat(t, a).IsInt() {
			t.Fatalf("%s is whole: %v", a, got)
		}
	})
}

func TestDividesAsRationalsDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := numbers().Draw(t, "a")
		m := numbers().Filter(func(m string) bool { return Parse([]byte(m)).Digits() > 0 }).Draw(t, "m")
		if rapid.Bool().Draw(t, "multiple") { // else hardly any would be one
			product := new(big.Rat).Mul(rat(t, m), new(big.Rat).SetInt64(rapid.Int64Range(-1000, 1000).Draw(t, "times")))
			digits, _ := product.FloatPrec()
			a = product.FloatString(digits)
		}
		want := new(big.Rat).Quo(rat(t, a), rat(t, m)).IsInt()
		if got := NewDivisor(Parse([]byte(m))).Divides(Parse([]byte(a))); got != want {
			t.Fatalf("%s is a multiple of %s: %v, want %v", a, m, got, want)
		}
	})
}

func TestIntegersAreThoseThatFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := numbers().Draw(t, "number")
		if rapid.Bool().Draw(t, "near the ends") {
			n := new(big.Int).SetUint64(1 << 63)
			n.Add(n, big.NewInt(rapid.Int64Range(-20, 20).Draw(t, "offset")))
			text = rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + n.String() + rapid.SampledFrom([]string{"", ".0", "e0"}).Draw(t, "rest")
		}
		want := rat(t, text)
		got, ok := Parse([]byte(text)).Int64()
		if fits := want.IsInt() && want.Num().IsInt64(); ok != fits || ok && got != want.Num().Int64() {
			t.Fatalf("%s is %d, %v", text, got, ok)
		}
	})
}

func TestFarExponentsAndLongNumbers(t *testing.T) {
	long := strings.Repeat("9", 1_000_000)
	tests := []struct {
		a, b string
		want int
	}{
		{"1e999999999999999999999", "1e1999", 1},
		{"-1e999999999999999999999", "-1e1999", -1},
		{"1e-999999999999999999999", "0", 1},
		{"0e999999999999999999999", "0", 0},
		{"-0", "0", 0},
		{"1e5000", "1e6000", 0}, // both as far as is looked at
		{long, long + ".0", 0},
		{long, long + "1", -1},
	}
	for _, test := range tests {
		if got := Parse([]byte(test.a)).Compare(Parse([]byte(test.b))); got != test.want {
			t.Errorf("%.30s against %.30s: %d, want %d", test.a, test.b, got, test.want)
		}
	}
	if !NewDivisor(Parse([]byte("9"))).Divides(Parse([]byte(long))) || NewDivisor(Parse([]byte("7.5"))).Divides(Parse([]byte(long+"1"))) {
		t.Error("a million digits are divided wrongly")
	}
	if large := NewDivisor(Parse([]byte("123456789012345678901234567890"))); !large.Divides(Parse([]byte("246913578024691357802469135780e5"))) || large.Divides(Parse([]byte("1"))) {
		t.Error("a divisor of 30 digits divides wrongly")
	}
}

func TestNothingIsAllocated(t *testing.T) {
	number, bound := []byte("-12345.678900e3"), Parse([]byte("1e10"))
	divisor := NewDivisor(Parse([]byte("0.01")))
	if n := testing.AllocsPerRun(100, func() {
		d := Parse(number)
		_, _, _ = d.Compare(bound), d.IsWhole(), divisor.Divides(d)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecimal(b *testing.B) {
	number, bound := []byte("12345.67"), Parse([]byte("99999.99"))
	b.Run("decimal", func(b *testing.B) {
		for b.Loop() {
			_ = Parse(number).Compare(bound)
		}
	})
	limit := new(big.Rat).SetInt64(99999)
	b.Run("big.Rat", func(b *testing.B) {
		for b.Loop() {
			r, _ := new(big.Rat).SetString(string(json.Number(number)))
			_ = r.Cmp(limit)
		}
	})
}
