package jsonschema

import (
	"strings"
	"testing"
)

func TestKeysOfAnyLengthAreRecognized(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for n := range 20 {
		name := letters[:n]
		s := spellingOf(name)
		for _, rest := range []string{"", ":1", strings.Repeat(" ", 20)} {
			text := "{" + `"` + name + `"` + rest
			if !s.standsAt([]byte(text), 1) {
				t.Errorf("%s is not found in %s", name, text)
			}
			for i := 1; i < len(text)-len(rest); i++ {
				other := []byte(text)
				other[i] ^= 1
				if s.standsAt(other, 1) {
					t.Errorf("%s is found in %s", name, other)
				}
			}
			if s.standsAt([]byte(text[:n+2]), 1) {
				t.Errorf("%s is found in %s", name, text[:n+2])
			}
		}
	}
	for _, name := range []string{`a"b`, `a\b`, "a\nb", "\xff"} {
		if s := spellingOf(name); s.standsAt([]byte(`"`+name+`":                `), 0) {
			t.Errorf("%q has more than one spelling", name)
		}
	}
	if s := spellingOf("é"); !s.standsAt([]byte(`"é"`), 0) {
		t.Error("é is not found")
	}
}
