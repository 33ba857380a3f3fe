package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

var syntaxCases = []string{
	``, ` `, `{}`, `[]`, ` { } `, "\t[\r\n]\n", `{"a":1}`, `{"a" : [1 , 2.5e-3, -0, "x", true, false, null]}`,
	`{"a":1,}`, `{,}`, `{"a"}`, `{"a":}`, `{"a":1 "b":2}`, `{a:1}`, `[1,]`, `[1 2]`, `[`, `{`, `]`, `{"a":1]`, `[1}`, `{} {}`, `1 1`,
	`0`, `-0`, `-`, `01`, `-01`, `1.`, `.1`, `1.0`, `1e`, `1e+`, `1e5`, `1E-05`, `0e0`, `1.5.5`, `+1`, `1_0`, `NaN`, `Infinity`, `-Infinity`, `0x1`,
	`tru`, `true`, `truex`, `nul`, `null`, `fals`, `false`,
	`"`, `""`, `"\`, `"\"`, `"\""`, `"\u00e9\n\/"`, `"\u12"`, `"\u12g4"`, `"\uD800"`, `"\x"`, "\"a\tb\"", "\"\x00\"", "\"\x7f\"",
	`"Zoë 東京 😀"`, "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xc0\xaf\"", "\xef\xbb\xbf{}",
	`"1234567"`, `"12345678"`, `"1234567\"8"`, "\"1234567\x018\"", "\"12345678é\"", `"!!!!!!!!###"`,
	strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1),
	strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth), strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1),
}

// sameAsStandard holds valid against the standard library, which lets invalid UTF-8
// pass.
func sameAsStandard(t *testing.T, text []byte) {
	t.Helper()
	if got, want := valid(text), json.Valid(text) && utf8.Valid(text); got != want {
		t.Errorf("%.200q: %t, want %t", text, got, want)
	}
}

func TestSyntaxAgreesWithStandardLibrary(t *testing.T) {
	for _, text := range syntaxCases {
		sameAsStandard(t, []byte(text))
		if len(text) > 1000 { // the deep ones are only looked at whole
			continue
		}
		for i := range text {
			sameAsStandard(t, []byte(text[:i]))
			sameAsStandard(t, []byte(text[i:]))
		}
	}
}

func TestSyntaxAllocatesNothing(t *testing.T) {
	text := []byte(`{"a": [1, {"b": "Zoë \u00e9"}], "c": -1.5e7}`)
	if n := testing.AllocsPerRun(100, func() { valid(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzSyntax(f *testing.F) {
	for _, text := range syntaxCases {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { sameAsStandard(t, text) })
}

func BenchmarkSyntax(b *testing.B) {
	for _, s := range shapes() {
		b.Run(s.name, func(b *testing.B) {
			lines, _ := recordLines(b, sampled(b, s, 1000))
			for b.Loop() {
				for _, line := range lines {
					if !valid(line) {
						b.Fatal("refused")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(lines)), "ns/record")
		})
	}
}
