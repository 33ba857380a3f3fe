package facts

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
)

type fibonacci struct {
	Index    int           `json:"index"`
	Value    json.Number   `json:"value"`
	SumOf    []json.Number `json:"sum_of"`
	Even     bool          `json:"even"`
	Numerals *struct {
		ArabicIndic      string `json:"arabic_indic"`
		Devanagari       string `json:"devanagari"`
		Thai             string `json:"thai"`
		MathematicalBold string `json:"mathematical_bold"`
	} `json:"numerals"`
}

type powerOfTwo struct {
	Exponent   int         `json:"exponent"`
	Power      json.Number `json:"power"`
	Reciprocal json.Number `json:"reciprocal"`
}

type number struct {
	Name       string       `json:"name"`
	Expression string       `json:"expression"`
	Symbol     *string      `json:"symbol"`
	Integer    *json.Number `json:"integer"`
	Decimal    *json.Number `json:"decimal"`
	Names      []struct {
		Language string `json:"language"`
		Name     string `json:"name"`
	} `json:"names"`
}

func TestFibonacciNumbersAreExact(t *testing.T) {
	two, one, value := big.NewInt(-1), big.NewInt(1), new(big.Int) // F(-2), F(-1), F(0)
	for i, row := range records[fibonacci](t, "fibonacci") {
		value.Add(two, one)
		if row.Index != i || row.Value.String() != value.String() {
			t.Errorf("F(%d) = %s, want F(%d) = %s", row.Index, row.Value, i, value)
		}
		if want := value.Bit(0) == 0; row.Even != want {
			t.Errorf("F(%d) has even %t, want %t", i, row.Even, want)
		}
		var sumOf []json.Number
		if i >= 2 {
			sumOf = []json.Number{json.Number(two.String()), json.Number(one.String())}
		}
		if !slices.Equal(row.SumOf, sumOf) {
			t.Errorf("F(%d) is the sum of %v, want %v", i, row.SumOf, sumOf)
		}
		two, one, value = one, value, two
	}
}

func TestNumeralsSpellTheValue(t *testing.T) {
	for _, row := range records[fibonacci](t, "fibonacci") {
		if row.Index > 60 {
			if row.Numerals != nil {
				t.Errorf("F(%d) has numerals, want null beyond F(60)", row.Index)
			}
			continue
		}
		if row.Numerals == nil {
			t.Errorf("F(%d) has no numerals", row.Index)
			continue
		}
		for zero, got := range map[rune]string{
			'\u0660':     row.Numerals.ArabicIndic,
			'\u0966':     row.Numerals.Devanagari,
			'\u0e50':     row.Numerals.Thai,
			'\U0001d7ce': row.Numerals.MathematicalBold,
		} {
			if want := spell(row.Value.String(), zero); got != want {
				t.Errorf("F(%d) is spelled %s, want %s", row.Index, got, want)
			}
		}
	}
}

// spell writes decimal digits in the script whose digits begin at zero.
func spell(digits string, zero rune) string {
	return strings.Map(func(digit rune) rune { return zero + digit - '0' }, digits)
}

func TestPowersOfTwoAreExact(t *testing.T) {
	for i, row := range records[powerOfTwo](t, "powers_of_two") {
		power := shifted(uint(i), 0)
		if row.Exponent != i || row.Power.String() != power.String() {
			t.Errorf("2^%d = %s, want 2^%d = %s", row.Exponent, row.Power, i, power)
		}
		// 2^-i has i decimals, neither more nor fewer.
		want := new(big.Rat).SetFrac(big.NewInt(1), power).FloatString(i)
		if got := row.Reciprocal.String(); got != want {
			t.Errorf("2^-%d = %s, want %s", i, got, want)
		}
	}
}

func TestNumbersEqualTheirExpression(t *testing.T) {
	integers := map[string]*big.Int{
		"float64_first_gap":   shifted(53, 1),
		"float64_last_exact":  shifted(53, 0),
		"googol":              tenTo(100),
		"int32_max":           shifted(31, -1),
		"int64_max":           shifted(63, -1),
		"int64_max_plus_one":  shifted(63, 0),
		"int64_min":           new(big.Int).Neg(shifted(63, 0)),
		"int64_min_minus_one": new(big.Int).Neg(shifted(63, 1)),
		"mersenne_prime_127":  shifted(127, -1),
		"mersenne_prime_521":  shifted(521, -1),
		"thirty_eight_nines":  new(big.Int).Sub(tenTo(38), big.NewInt(1)),
		"uint64_max":          shifted(64, -1),
		"uint64_max_plus_one": shifted(64, 0),
		"zero":                new(big.Int),
	}
	decimals := map[string]string{
		"e":                        decimal(eulers(37), 37),
		"golden_ratio":             decimal(goldenRatio(37), 37),
		"nineteen_nines_each_side": decimal(new(big.Int).Sub(tenTo(38), big.NewInt(1)), 19),
		"pi":                       decimal(circleRatio(37), 37),
		"sqrt_2":                   decimal(root(2, 37), 37),
		"thirty_eight_nines_after_the_point": decimal(
			new(big.Int).Sub(tenTo(38), big.NewInt(1)), 38),
		"zero": "0",
	}
	for _, row := range records[number](t, "numbers") {
		if want, ok := integers[row.Name]; ok != (row.Integer != nil) || ok && row.Integer.String() != want.String() {
			t.Errorf("%s has integer %v, want %v", row.Name, row.Integer, want)
		}
		if want, ok := decimals[row.Name]; ok != (row.Decimal != nil) || ok && row.Decimal.String() != want {
			t.Errorf("%s has decimal %v, want %q", row.Name, row.Decimal, want)
		}
		delete(integers, row.Name)
		delete(decimals, row.Name)
	}
	if len(integers)+len(decimals) > 0 {
		t.Errorf("missing: %v %v", slices.Collect(maps.Keys(integers)), slices.Collect(maps.Keys(decimals)))
	}
}

func TestMersennePrimesArePrime(t *testing.T) {
	for _, exponent := range []uint{127, 521} {
		if !shifted(exponent, -1).ProbablyPrime(20) {
			t.Errorf("2^%d-1 is called a prime and is none", exponent)
		}
	}
}

// shifted returns 2^exponent+offset.
func shifted(exponent uint, offset int64) *big.Int {
	power := new(big.Int).Lsh(big.NewInt(1), exponent)
	return power.Add(power, big.NewInt(offset))
}

func tenTo(exponent int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(exponent), nil)
}

// decimal writes scaled/10^places with all its places.
func decimal(scaled *big.Int, places int) string {
	return new(big.Rat).SetFrac(scaled, tenTo(int64(places))).FloatString(places)
}

// The functions below return a constant times 10^places, cut to an integer.
// Those that sum a series carry guard digits, because each term is cut too.
const guard = 20

func root(n, places int64) *big.Int {
	square := tenTo(2 * places)
	return square.Sqrt(square.Mul(square, big.NewInt(n)))
}

func goldenRatio(places int64) *big.Int {
	sum := root(5, places+guard)
	sum.Add(sum, tenTo(places+guard))
	return sum.Quo(sum, new(big.Int).Mul(big.NewInt(2), tenTo(guard)))
}

func eulers(places int64) *big.Int {
	term, sum := tenTo(places+guard), new(big.Int)
	for k := int64(1); term.Sign() != 0; k++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(k))
	}
	return sum.Quo(sum, tenTo(guard))
}

// circleRatio is pi by the sum of atan(1/2) and atan(1/3), a quarter of it.
func circleRatio(places int64) *big.Int {
	sum := arctan(2, places+guard)
	sum.Add(sum, arctan(3, places+guard))
	sum.Mul(sum, big.NewInt(4))
	return sum.Quo(sum, tenTo(guard))
}

// arctan sums Gregory's series for atan(1/x).
func arctan(x, places int64) *big.Int {
	power, sum := tenTo(places), new(big.Int)
	power.Quo(power, big.NewInt(x))
	for k, sign := int64(1), int64(1); power.Sign() != 0; k, sign = k+2, -sign {
		sum.Add(sum, new(big.Int).Quo(power, big.NewInt(sign*k)))
		power.Quo(power, big.NewInt(x*x))
	}
	return sum
}
