package rawjson_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

func TestFaultsAreNamedWithTheirColumn(t *testing.T) {
	for text, want := range map[string]string{
		``:                       "column 1: a value is missing at the end of the line",
		`{`:                      "column 2: want a key in double quotes, not end of line",
		`{"a"`:                   "column 5: want ':' after a key, not end of line",
		`{"a":`:                  "column 6: a value is missing at the end of the line",
		`{"a":1`:                 "column 7: the line ends where ',' or '}' should stand",
		`{"a":1,}`:               "column 8: want a key in double quotes, not '}'",
		`{"a":1 "b":2}`:          "column 8: want ',' or '}', not '\"'",
		`{'a':1}`:                `column 2: want a key in double quotes, not '\''`,
		`[1,]`:                   "column 4: a value cannot start with ']'",
		`[1`:                     "column 3: the line ends where ',' or ']' should stand",
		`1 2`:                    "column 3: unexpected '2' after the end of the value",
		`01`:                     "column 2: a number cannot have a leading zero",
		`1.`:                     "column 3: want a digit after the decimal point, not end of line",
		`1e`:                     "column 3: want a digit in the exponent, not end of line",
		`-`:                      "column 2: want a digit, not end of line",
		`+1`:                     "column 1: a value cannot start with '+'",
		`tru`:                    "column 1: want true",
		`"a`:                     "column 3: the line ends inside a string",
		`"\`:                     "column 3: the line ends inside a string",
		`"\x"`:                   `column 2: unknown escape \x`,
		`"\u12g4"`:               `column 2: want four hexadecimal digits after \u`,
		"\"a\tb\"":               "column 3: control character 0x09 in a string must be escaped",
		"\"\xff\"":               "column 2: invalid UTF-8: byte 0xff",
		"\"\xed\xa0\x80\"":       "column 2: invalid UTF-8: byte 0xed",
		"\xff":                   "column 1: a value cannot start with byte 0xff",
		strings.Repeat("[", 2e4): "column 10001: nested deeper than 10000 levels",
	} {
		_, err := rawjson.Check([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
}

func TestAMillionBracketsAreRefusedAtOnce(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 1e6), strings.Repeat(`{"a":`, 1e6)} {
		if _, err := rawjson.Check([]byte(text)); err == nil || !strings.Contains(err.Error(), "nested deeper") {
			t.Errorf("%v", err)
		}
	}
}

func TestPythonSpelling(t *testing.T) {
	for text, want := range map[string]string{
		` { "a" :1 , "b":[ 1,2 ],"c":{} } `: `{"a": 1, "b": [1, 2], "c": {}}`,
		`"é€😀\u00e9` + "\x7f" + `"`:         `"\u00e9\u20ac\ud83d\ude00\u00e9\u007f"`,
		`[NaN,-Infinity,Infinity,-1]`:       `[null, null, null, -1]`,
		`[1.10, 1E5, -0.0]`:                 `[1.10, 1E5, -0.0]`,
		`"NaN, [x]: \"-Infinity"`:           `"NaN, [x]: \"-Infinity"`,
	} {
		if got := rawjson.AppendPython(nil, []byte(text)); string(got) != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// FuzzCheck holds Check against encoding/json. They agree, but for these: Check
// takes NaN, Infinity and -Infinity and tells where; it refuses invalid UTF-8,
// which encoding/json replaces; halves of surrogate pairs, \ud800, both take.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"a": [1, -0.5e+7, "x\u00e9\ud800", null, true], "a": {}}`))
	f.Add([]byte(`[NaN, -Infinity, Infinity]`))
	f.Add([]byte("\"\xff\""))
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := rawjson.Check(text)
		strict := json.Valid(text) && utf8.Valid(text)
		switch {
		case err != nil && strict:
			t.Fatalf("%q is JSON, but Check says %v", text, err)
		case err == nil && facts.NonFinite < 0 && !strict:
			t.Fatalf("%q is no JSON, but Check takes it", text)
		}
		if err != nil {
			return
		}
		finite := rawjson.AppendFinite(nil, text)
		if !json.Valid(finite) || facts.NonFinite < 0 && !bytes.Equal(finite, text) {
			t.Fatalf("%q with null for NaN is %q", text, finite)
		}
		readsTheSame(t, finite)
	})
}

// readsTheSame holds the functions that read accepted text against encoding/json.
func readsTheSame(t *testing.T, text []byte) {
	t.Helper()
	want := decode(t, text)
	python := rawjson.AppendPython(nil, text)
	if diff := cmp.Diff(want, decode(t, python)); diff != "" || !isASCII(python) {
		t.Fatalf("%q in Python's spelling is %q\n%s", text, python, diff)
	}
	switch want := want.(type) {
	case string:
		if got := rawjson.Unquote(rawjson.Trim(text)); got != want {
			t.Fatalf("%q says %q, want %q", text, got, want)
		}
		if quoted := rawjson.AppendQuoted(nil, want); decode(t, quoted) != any(want) {
			t.Fatalf("%q is quoted as %q", want, quoted)
		}
	case map[string]any:
		got := map[string]any{}
		for m := range rawjson.Members(text) {
			got[m.Name()] = decode(t, m.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("members of %q: %s", text, diff)
		}
	case []any:
		got := []any{}
		for element := range rawjson.Elements(text) {
			got = append(got, decode(t, element))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("elements of %q: %s", text, diff)
		}
	}
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return value
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= 0x7f {
			return false
		}
	}
	return true
}
