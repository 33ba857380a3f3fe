package rawjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

func TestRepeatedKeysAreNoticedInOneObject(t *testing.T) {
	wide := func(last string) string {
		var keys []string
		for i := range 100 {
			keys = append(keys, fmt.Sprintf(`"k%d": {"a": 1}`, i))
		}
		return "{" + strings.Join(append(keys, last), ", ") + "}"
	}
	tests := map[string]bool{
		`{}`:                                     false,
		`{"a": 1, "b": 2}`:                       false,
		`{"a": 1, "a": 2}`:                       true,
		`{"a": {"a": 1}, "b": {"a": 2}}`:         false,
		`{"a": {"x": 1, "x": 2}}`:                true,
		`[{"a": 1}, {"a": 1}]`:                   false,
		`[{"a": 1, "b": {}, "a": 1}]`:            true,
		`{"a": 1, "\u0061": 2}`:                  true,
		`{"\u00e9": 1, "\u00e8": 2}`:             false,
		`{"é": 1, "\u00e9": 2}`:                  true,
		wide(`"k100": 1`):                        false,
		wide(`"k7": 1`):                          true,
		wide(`"\u006b7": 1`):                     true,
		`{"a": ` + wide(`"z": 1`) + `, "b": 1}`:  false,
		`{"k1": ` + wide(`"z": 1`) + `, "k1":1}`: true,
	}
	for text, want := range tests {
		facts, err := rawjson.Check([]byte(text))
		if err != nil || facts.Repeated != want {
			t.Errorf("%.60s: repeated %v (%v), want %v", text, facts.Repeated, err, want)
		}
	}
}

func TestOfRepeatedKeysTheLastWins(t *testing.T) {
	tests := map[string]string{
		`{"a": 1, "b": 2, "a": 3}`:                  `{"a":3,"b":2}`,
		`{"a": 1, "\u0061": [1, {"x": 1, "x": 2}]}`: `{"\u0061":[1,{"x":2}]}`,
		`[ {"o": {"a": 1.0, "a": 1e400}} , "x y" ]`: `[{"o":{"a":1e400}},"x y"]`,
		`{"a": {"a": 1, "a": 2}, "a": {}}`:          `{"a":{}}`,
		` [ ] `:                                     `[]`,
		`"a"`:                                       `"a"`,
	}
	for text, want := range tests {
		if got := string(rawjson.AppendUnique(nil, []byte(text))); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

// FuzzUnique holds AppendUnique against encoding/json, in which the last of
// repeated keys wins too.
func FuzzUnique(f *testing.F) {
	f.Add([]byte(`{"a": 1, "b": {"c": 1, "c": [1, {"d": 1, "d": 2}]}, "a": 3}`))
	f.Add([]byte(`[{"é": 1, "\u00e9": "x"}, [], {}, "\ud800"]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := rawjson.Check(text)
		if err != nil || facts.NonFinite >= 0 || bytes.Contains(text, []byte(`\u`)) && bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) {
			return // encoding/json folds lone surrogates in keys together
		}
		unique := rawjson.AppendUnique(nil, text)
		again, err := rawjson.Check(unique)
		if err != nil || again.Repeated {
			t.Fatalf("%s becomes %s: repeated %v, %v", text, unique, again.Repeated, err)
		}
		if got, want := canonical(t, unique), canonical(t, text); got != want {
			t.Fatalf("%s becomes %s, want %s", text, got, want)
		}
	})
}

func canonical(t *testing.T, text []byte) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
