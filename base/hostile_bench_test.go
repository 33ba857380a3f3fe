package base

import (
	"fmt"
	"strings"
	"testing"
)

// Lines that are made to take long, each in two sizes: what is linear takes as many
// nanoseconds a byte in both.
//
//	go test -run '^$' -bench Hostile ./base
func BenchmarkHostile(b *testing.B) {
	numbered := func(n int, format string) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, format, i)
		}
		return strings.TrimSuffix(s.String(), ",")
	}
	for _, test := range []struct {
		name, property string
		size           int
		value          func(n int) string
	}{
		{"brackets", `{}`, 10_000, func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }}, // the larger one is refused
		{"brackets checked", `{"$ref": "#/definitions/nest"}`, 4_000, func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }},
		{"exponent", `{"type": "number", "multipleOf": 0.5}`, 7, func(n int) string { return "1e1" + strings.Repeat("0", n) }},
		{"digits", `{"type": "integer", "minimum": 0, "multipleOf": 3}`, 500_000, func(n int) string { return strings.Repeat("9", n) }},
		{"one key", `{}`, 500_000, func(n int) string { return `{` + strings.Repeat(`"k":1,`, n-1) + `"k":2}` }},
		{"one key spelled in two ways", `{}`, 250_000, func(n int) string { return `{` + strings.Repeat(`"k":1,"\u006b":1,`, n) + `"k":2}` }},
		{"many keys", `{}`, 500_000, func(n int) string { return `{` + numbered(n, `"k%d":1,`) + `}` }},
		{"pattern", `{"pattern": "^(a+)+$"}`, 100_000, func(n int) string { return `"` + strings.Repeat("a", n) + `"` }},
		{"escapes", `{"type": "string", "maxLength": 100000000}`, 8 << 20, func(n int) string { return `"` + strings.Repeat(`\n`, n/2) + `"` }},
		{"escaped quotes", `{}`, 8 << 20, func(n int) string { return `"` + strings.Repeat(`\"`, n/2) + `"` }},
		{"beyond ASCII", `{"type": "string"}`, 8 << 20, func(n int) string { return `"` + strings.Repeat("é", n/2) + `"` }},
		{"unique items", `{"uniqueItems": true}`, 100_000, func(n int) string { return `[` + numbered(n, `%d,`) + `]` }},
		{"enum", `{"items": {"enum": [` + numbered(1000, `"v%d",`) + `]}}`, 100_000, func(n int) string { return `[` + strings.Repeat(`"v999",`, n-1) + `"v0"]` }},
		{"200 branches", `{"items": {"anyOf": [` + numbered(200, `{"const": %d},`) + `]}}`, 5_000, func(n int) string { return `[` + strings.Repeat(`199,`, n-1) + `0]` }},
		{"text of an array", `{"type": "array"}`, 500_000, func(n int) string { return `"[` + strings.Repeat("'x', ", n) + `]"` }},
	} {
		schema := fmt.Sprintf(`{"type": "SCHEMA", "stream": "s", "schema": {"definitions": {"nest": {"type": "array", "items": {"$ref": "#/definitions/nest"}}}, "properties": {"v": %s}}}`, test.property)
		for _, times := range []int{1, 2} {
			line := `{"type": "RECORD", "stream": "s", "record": {"v": ` + test.value(times*test.size) + "}}"
			b.Run(fmt.Sprintf("%s/%d", test.name, times), func(b *testing.B) {
				p, _ := benchParserOf(b, schema, "full")
				b.SetBytes(int64(len(line)))
				for b.Loop() {
					e := p.entries.New()
					e.line = []byte(line)
					p.parse(e) // false for what is refused
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(line)), "ns/B")
			})
		}
	}
}
