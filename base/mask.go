package base

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// shortestSecret is the length in bytes from which a secret is looked for in what
// is logged: shorter ones would blot out half of every line.
const shortestSecret = 4

// mask blots secrets out of text. The zero mask blots out nothing.
type mask struct {
	plain  *strings.Replacer
	quoted *strings.Replacer // for text inside a JSON string
}

// newMask hides the values, also as other programs spell them in their messages:
// quoted, and escaped for a URL.
func newMask(secrets []string) mask {
	var spellings []string
	for _, secret := range secrets {
		if len(secret) < shortestSecret {
			continue
		}
		spellings = append(spellings, secret, inner(strconv.Quote(secret)), url.QueryEscape(secret),
			url.PathEscape(secret), strings.TrimPrefix(url.UserPassword("", secret).String(), ":"))
	}
	// Where one secret begins another, the longer one must be tried first.
	slices.SortFunc(spellings, func(a, b string) int { return len(b) - len(a) })
	var plain, quoted []string
	for _, spelling := range slices.Compact(spellings) {
		plain = append(plain, spelling, masked)
		quoted = append(quoted, inner(string(rawjson.AppendQuotedASCII(nil, spelling))), masked)
	}
	if plain == nil {
		return mask{}
	}
	return mask{plain: strings.NewReplacer(plain...), quoted: strings.NewReplacer(quoted...)}
}

func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

func (m mask) text(text string) string {
	if m.plain == nil {
		return text
	}
	return m.plain.Replace(text)
}

// json blots secrets out of the strings of a JSON text in ASCII, keys included,
// and leaves all else alone: a secret of digits must not break a number.
func (m mask) json(text []byte) []byte {
	if m.quoted == nil {
		return text
	}
	return rawjson.MapStrings(nil, text, m.quoted.Replace)
}
