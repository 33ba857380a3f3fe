package conform

import (
	"encoding/json"
	"testing"
)

func TestSameValue(t *testing.T) {
	for _, test := range []struct {
		sent, kept string
		same       bool
	}{
		{`1`, `1`, true},
		{`1`, `1.0`, true},
		{`1e2`, `100`, true},
		{`12345678901234567890`, `"12345678901234567890"`, true},
		{`12345678901234567890`, `12345678901234567000`, false},
		{`0.1`, `0.10000000000000001`, false},
		{`1e999999999`, `1`, false},
		{`"a"`, `"a"`, true},
		{`"a"`, `"A"`, false},
		{`"1"`, `1`, false},
		{`""`, `null`, true},
		{`""`, ``, true},
		{`null`, ``, true},
		{`null`, `""`, false},
		{`null`, `0`, false},
		{`true`, `1`, true},
		{`true`, `"True"`, true},
		{`true`, `0`, false},
		{`false`, `"true"`, false},
		{`{"a": [1, null]}`, `"{\"a\":[1,null]}"`, true},
		{`{"a": [1, null]}`, `{"a": [1]}`, false},
		{`[1, 2]`, `[2, 1]`, false},
		{`{"a": 1}`, `"{'a': 1}"`, false},
	} {
		if got := sameValue(json.RawMessage(test.sent), json.RawMessage(test.kept)); got != test.same {
			t.Errorf("%s kept as %s: same %v, want %v", test.sent, test.kept, got, test.same)
		}
	}
}

// Every value is the same as itself, and as its text where it is no text.
func FuzzSameValue(f *testing.F) {
	for _, seed := range []string{`1`, `-0.5e3`, `"x"`, `{"a": [true, null]}`, `1e400`, `nul`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if !json.Valid(value) {
			sameValue(value, []byte("1"))
			return
		}
		if !sameValue(value, value) {
			t.Errorf("%s is not the same as itself", value)
		}
	})
}

// What a program prints for --about may be anything.
func FuzzAbout(f *testing.F) {
	for _, seed := range []string{
		`{"name": "x", "settings": {"properties": {"a": {"type": ["null", "integer"]}}}}`, `warning: {`, "noise\n{\"name\": 5}", ``, `{"name": "x"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said, err := parseAbout(text)
		if (said == nil) == (err == nil) {
			t.Errorf("%v, %v", said, err)
		}
	})
}
