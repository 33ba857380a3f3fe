package sqldest_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// FuzzPostgresRows: whatever a value is and whatever its column is, it stays one value of
// one row of COPY's text form, or is refused.
func FuzzPostgresRows(f *testing.F) {
	types := []string{
		"bigint", "smallint", "numeric", "numeric(5,2)", "real", "double precision", "boolean", "text", "character varying(3)", "jsonb", "json",
		"date", "timestamp with time zone", "timestamp without time zone", "text[]", "bigint[]", "numeric[]", "jsonb[]", "boolean[]", "uuid",
	}
	for i, seed := range []string{
		`1`, `-0`, `1e400`, `"12"`, `true`, `"a\tb\\n\n\r\u0000"`, `"\\."`, `["a",null,"b\"\\"]`, `[[1],{"a":"\t"}]`, `"2026-01-01T00:00:00.5Z"`, `"2026-02-29"`, `null`, `"\ud800"`,
	} {
		f.Add(seed, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		if !json.Valid([]byte(text)) {
			t.Skip("no JSON")
		}
		value := base.Value(strings.TrimSpace(text))
		if value.IsNull() {
			t.Skip("null is never encoded")
		}
		column := sqldest.Column{Name: "c", SQLType: types[int(which)%len(types)]}
		for _, d := range []postgres{{}, {dropNUL: true}} {
			before := "before\t"
			row, err := d.BulkEncoder(column, sqldest.Mixed)([]byte(before), value)
			if err != nil {
				continue // the writer drops what was appended
			}
			got, ok := strings.CutPrefix(string(row), before)
			if !ok || strings.ContainsAny(got, "\t\n\r\x00") || got == `\N` || got == `\.` || loneBackslash.MatchString(got) {
				t.Errorf("%s into %s: %q", text, column.SQLType, row)
			}
		}
	})
}

// loneBackslash is one that escapes nothing at the end of a value.
var loneBackslash = regexp.MustCompile(`^(?:[^\\]|\\.)*\\$`)

// FuzzPostgresTimes: what goes to the server as it came is a time by the library's rules,
// too, and loses nothing.
func FuzzPostgresTimes(f *testing.F) {
	for _, seed := range []string{
		"2026-01-31T23:59:59.123456Z", "2026-01-31 23:59:59", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00+05:30", "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59-09:59", "2026-01-31T23:59:59.1234567Z", "2026-01-31T23:59:60Z", "2026-01-31t23:59z", "2026-01-31T23:59:59.",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		zoned, plain := plainTime([]byte(text))
		at, err := parseTime(text)
		if !plain {
			return
		}
		if err != nil || at.Nanosecond()%1000 != 0 {
			t.Fatalf("%q is plain, and the library says %s, %v", text, at, err)
		}
		if _, err := time.Parse("2006-01-02T15:04:05", strings.Replace(text, " ", "T", 1)); zoned == (err == nil) {
			t.Errorf("%q: zoned is %t", text, zoned)
		}
	})
}

// FuzzPostgresDecimals holds numbers in their one form against exact arithmetic.
func FuzzPostgresDecimals(f *testing.F) {
	for _, seed := range []string{"0", "-0.0", "1e2", "100", "1.50", "-12.0e-3", "0.001", "1e0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var number json.Number
		if len(text) > 60 || json.Unmarshal([]byte(text), &number) != nil || string(number) != text {
			t.Skip("no JSON number")
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Skip("beyond exact arithmetic")
		}
		form := parseDecimal([]byte(text)).String()
		if same, ok := new(big.Rat).SetString(form); !ok || same.Cmp(exact) != 0 {
			t.Errorf("%s is written as %s", text, form)
		}
		if again := parseDecimal([]byte(form)).String(); again != form {
			t.Errorf("%s is written as %s, and that as %s", text, form, again)
		}
	})
}
