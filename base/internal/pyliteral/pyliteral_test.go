package pyliteral_test

import (
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/pyliteral"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

func TestLiteralsBecomeJSON(t *testing.T) {
	for literal, want := range map[string]string{
		`[1, 'a', None, True, False]`: `[1, "a", null, true, false]`,
		`['it''s']`:                   "", // repr never joins strings
		`["it's", 'say "hi"']`:        `["it's", "say \"hi\""]`,
		`(1, 2)`:                      `[1, 2]`,
		`(1,)`:                        `[1]`,
		`()`:                          `[]`,
		`(1)`:                         `1`,
		`(('a'))`:                     `"a"`,
		`[1,]`:                        `[1]`,
		`{}`:                          `{}`,
		`{'a': {'b': [1, (2, 3)]}}`:   `{"a": {"b": [1, [2, 3]]}}`,
		`{1: 'a', None: 2, True: 3}`:  `{"1": "a", "null": 2, "true": 3}`,
		`  [ 1 ,2 ]  `:                `[1, 2]`,
		`[-1, +1, - 1, 1_000]`:        `[-1, 1, -1, 1000]`,
		`[0x10, 0o17, 0b11, 00]`:      `[16, 15, 3, 0]`,
		`[1., .5, 1e5, 1E+5, 00.5]`:   `[1.0, 0.5, 1e5, 1e+5, 0.5]`,
		`[123456789012345678901234567890.12345678901234567890]`: `[123456789012345678901234567890.12345678901234567890]`,
		`['\x41\u00e9\U0001F600\101\n\t\\\q']`:                  `["A\u00e9😀A\n\t\\\\q"]`,
		`'é€😀'`:                                                 `"é€😀"`,
		`5`:                                                     `5`,
		`None`:                                                  `null`,
	} {
		got, err := pyliteral.ToJSON(literal)
		if want == "" {
			if err == nil {
				t.Errorf("%s: %s, want an error", literal, got)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", literal, err)
			continue
		}
		if compact(string(got)) != compact(want) {
			t.Errorf("%s: %s, want %s", literal, got, want)
		}
	}
}

func compact(text string) string {
	return string(rawjson.AppendPython(nil, []byte(text)))
}

func TestWhatIsNoDataIsAnError(t *testing.T) {
	for _, text := range []string{
		"", "[", "]", "[1", "[,]", "[1 2]", "{'a'}", "{'a', 'b'}", "{'a': }", "{[1]: 2}", "{'a' 1}", "'a", "'a\n'",
		"hello world", "Nonex", "None2", "Trueé", "nan", "inf", "[nan]", "01", "1__0", "_1", "1_", "0x", "0xg", "1e", "1e+", ".",
		"--1", "1+2", "1+2j", "1j", "b'x'", "print('x')", "__import__('os')", "[x for x in y]", "a.b", "...",
		`'\x4'`, `'\u12'`, `'\U00110000'`, `'\`, "[1] [2]",
	} {
		if got, err := pyliteral.ToJSON(text); err == nil {
			t.Errorf("%q: %s, want an error", text, got)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	for _, bracket := range []string{"[", "(", "{1:"} {
		if _, err := pyliteral.ToJSON(strings.Repeat(bracket, 1_000_000)); err == nil || !strings.Contains(err.Error(), "too deep") {
			t.Errorf("a million %q: %v", bracket, err)
		}
	}
}

// Whatever the text, the outcome is an error or one JSON value.
func FuzzPyLiteral(f *testing.F) {
	f.Add(`[1, 'a', None, {'b': (1.5, -0x1F)}]`)
	f.Add(`{'\u00e9': "\101\N", 1_0.e5: [[]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := pyliteral.ToJSON(text)
		if err != nil {
			return
		}
		if facts, err := rawjson.Check(got); err != nil || facts.NonFinite >= 0 {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
	})
}
