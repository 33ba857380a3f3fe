package settings

import (
	"strconv"
	"strings"
)

// malformed says what is wrong with the form of a struct tag, or "": reflection
// finds nothing behind such a place and says nothing of it.
func malformed(tag string) string {
	seen := map[string]bool{}
	for tag = strings.TrimLeft(tag, " "); tag != ""; tag = strings.TrimLeft(tag, " ") {
		name, rest, ok := strings.Cut(tag, ":")
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }) {
			return `is not written key:"value" key:"value"`
		}
		value, err := strconv.QuotedPrefix(rest)
		if err != nil || value[0] != '"' {
			return "needs its value of " + name + ` in double quotes, on one line: ` + name + `:"…"`
		}
		if seen[name] {
			return "says " + name + " twice"
		}
		seen[name] = true
		tag = rest[len(value):]
	}
	return ""
}
