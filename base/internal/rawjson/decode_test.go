package rawjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

func TestDecodeMakesWhatEncodingJSONMakes(t *testing.T) {
	long := strings.Repeat("long ", 1000)
	for _, text := range []string{
		`null`, ` true `, `false`, `-0`, `1e400`, `1.10`, `123456789012345678901234567890`, `""`, `"a"`, `"a\n\u00e9\ud83d\ude00"`,
		`"\ud800"`, `"\udc00\ud800x"`, `"\ud800\u0041"`, `[]`, ` [ ] `, `{}`, ` { } `, `[1, [2, []], {"a": {}}]`,
		`{"a": 1, "a": 2, "\u0061": 3}`, `{"\ud800": 1, "\ud801": 2}`, `"` + long + `"`, `["` + long + `", "` + long[:500] + `", "x"]`,
		`{"k": [null, true, "x", 1.0, {"deep": [[[]]]}], "é": "€"}`, `[` + strings.Repeat(`"some words",`, 300) + `1]`,
		wideObject(300), strings.Repeat("[", rawjson.MaxDepth) + strings.Repeat("]", rawjson.MaxDepth),
	} {
		got, err := rawjson.Decode([]byte(text))
		if want := decode(t, []byte(text)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%.80s: %v, got %.80v, want %.80v", text, err, got, want)
		}
	}
}

func wideObject(columns int) string {
	var b strings.Builder
	for i := range columns {
		fmt.Fprintf(&b, `,"c%d":"v%d"`, i, i)
	}
	return "{" + b.String()[1:] + "}"
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		``:                           "column 1: a value is missing at the end of the line",
		`{"a":1`:                     "column 7: the line ends where ',' or '}' should stand",
		`{"a"`:                       "column 5: want ':' after a key, not end of line",
		`{"a":1,}`:                   "column 8: want a key in double quotes, not '}'",
		`[1,`:                        "column 4: a value is missing at the end of the line",
		`{`:                          "column 2: want a key in double quotes, not end of line",
		`[`:                          "column 2: a value is missing at the end of the line",
		`tru`:                        "column 1: want true",
		`1 2`:                        "column 3: unexpected '2' after the end of the value",
		`"a`:                         "column 3: the line ends inside a string",
		"\"\xff\"":                   "column 2: invalid UTF-8: byte 0xff",
		strings.Repeat("[", 20_000):  "column 10001: nested deeper than 10000 levels",
		`[NaN]`:                      "NaN and the infinities are no JSON; null may stand in their place",
		`-Infinity`:                  "NaN and the infinities are no JSON; null may stand in their place",
		`{"a": {"b": [Infinity, 1]}`: "column 27: the line ends where ',' or '}' should stand",
	} {
		if value, err := rawjson.Decode([]byte(text)); err == nil || err.Error() != want || value != nil {
			t.Errorf("%.20q: %v (%v), want %s", text, err, value, want)
		}
	}
}

func TestWhatWasDecodedSharesNothingWithTheText(t *testing.T) {
	text := []byte(`{"key": ["short", "` + strings.Repeat("long", 200) + `", 1.25, "esc\n"]}`)
	want := decode(t, text)
	got, err := rawjson.Decode(text)
	for i := range text {
		text[i] = 'x'
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, got %v, want %v", err, got, want)
	}
}

// A short string lies among others, but never in more than a piece.
func TestStringsArePackedInSmallPieces(t *testing.T) {
	text := []byte("[" + strings.Repeat(`"0123456789",`, 1000) + "0]")
	allocations := testing.AllocsPerRun(10, func() { _, _ = rawjson.Decode(text) })
	// one box for each string, a piece for fifty of them, a growing stack
	if allocations < 1000 || allocations > 1000+1000/50+30 {
		t.Errorf("%v allocations for 1000 strings", allocations)
	}
}

func TestHostileTextIsDecodedInLinearTime(t *testing.T) {
	for name, make := range map[string]func(n int) string{
		"brackets":      func(n int) string { return strings.Repeat("[", n) },
		"nested":        func(int) string { return strings.Repeat(`{"a":`, 9999) + "1" + strings.Repeat("}", 9999) },
		"empty arrays":  func(n int) string { return "[" + strings.Repeat("[],", n/3) + "1]" },
		"escapes":       func(n int) string { return `"` + strings.Repeat(`\u00e9`, n/6) + `"` },
		"repeated keys": func(n int) string { return "{" + strings.Repeat(`"a":1,`, n/6) + `"a":2}` },
		"digits":        func(n int) string { return strings.Repeat("9", n) },
	} {
		text := []byte(make(4 << 20))
		start := time.Now()
		_, _ = rawjson.Decode(text)
		if spent := time.Since(start); spent > 5*time.Second {
			t.Errorf("%s: %v", name, spent)
		}
	}
}

// FuzzDecode holds Decode against Check, for what is taken, and encoding/json, for
// what comes out.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"a": [1, -0.5e+7, "x\u00e9\ud800", null, true], "a": {}}`))
	f.Add([]byte(`[NaN, -Infinity, Infinity]`))
	f.Add([]byte("\"\xff\""))
	f.Add([]byte(` ["\ud83d\ude00", [ ], { } , {"\ud800": 1, "\udfff": 2}] `))
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, fault := rawjson.Check(text)
		got, err := rawjson.Decode(text)
		if taken := fault == nil && facts.NonFinite < 0; taken != (err == nil) {
			t.Fatalf("%q: Check says %v, %+v, Decode %v", text, fault, facts, err)
		}
		if err != nil {
			return
		}
		before := bytes.Clone(text)
		clear(text)
		if want := decode(t, before); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v", before, got, want)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := []byte(`{"id":1,"name":"customer 1","tags":["a","b"],"amount":12.50,"active":true,"address":{"city":"Köln","lines":["a\nb","c"]},"none":null}`)
	b.Run("rawjson", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = rawjson.Decode(text)
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			var value any
			_ = decoder.Decode(&value)
		}
	})
}
