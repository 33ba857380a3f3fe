package sqldest

import (
	"bytes"
	"errors"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// errSurrogate refuses what base.Value.Text would have to replace.
var errSurrogate = errors.New("it holds half of a surrogate pair, which is no character and cannot be stored as text")

// HasLoneSurrogate reports whether a string in a JSON text, or one that is all of it,
// holds half of a surrogate pair. Databases that check JSON refuse it.
func HasLoneSurrogate(text []byte) bool { return rawjson.HasLoneSurrogate(text) }

// TextOf is what a string says, and of any other value its JSON text. A string
// that no text can hold is an error.
func TextOf(v base.Value) (string, error) {
	if bytes.IndexByte(v, '\\') < 0 { // most strings: nothing to decode, nothing to refuse
		if n := len(v); n > 1 && v[0] == '"' && v[n-1] == '"' {
			return string(v[1 : n-1]), nil
		}
		return v.Text(), nil
	}
	if v.LoneSurrogate() {
		return "", errSurrogate
	}
	return v.Text(), nil
}
