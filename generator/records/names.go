package records

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
)

// namer gives names of Go that are not taken yet.
type namer struct{ taken map[string]bool }

func newNamer(taken ...string) namer {
	n := namer{map[string]bool{}}
	for _, name := range taken {
		n.taken[name] = true
	}
	return n
}

// name makes an exported name of any text. The second text that comes to the same gets
// a 2 at its end, and so on: the order of the schema decides.
func (n namer) name(text, suffix string) string {
	base := exported(text) + suffix
	name := base
	for i := 2; n.taken[name] || token.IsKeyword(name); i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	n.taken[name] = true
	return name
}

// exported joins the words of a text: order_id and orderId are OrderID.
func exported(text string) string {
	var b strings.Builder
	for _, word := range words(text) {
		if upper := strings.ToUpper(word); isInitialism(upper) {
			b.WriteString(upper)
			continue
		}
		r := []rune(word)
		b.WriteString(string(unicode.ToUpper(r[0])) + string(r[1:]))
	}
	name := b.String()
	if first := []rune(name + "_")[0]; !unicode.IsUpper(first) {
		return "X" + name // a digit, or a letter that knows no case
	}
	return name
}

// words cuts a text at what cannot stand in a name, and before each capital that
// follows a small letter.
func words(text string) []string {
	var list []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			list = append(list, string(word))
		}
		word = nil
	}
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]):
			end()
		}
		word = append(word, r)
	}
	end()
	return list
}

func isInitialism(upper string) bool {
	switch upper {
	case "API", "HTML", "HTTP", "HTTPS", "ID", "IP", "JSON", "SQL", "UID", "URI", "URL", "UTC", "UUID", "XML":
		return true
	}
	return false
}
