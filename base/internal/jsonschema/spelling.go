package jsonschema

import (
	"encoding/binary"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// spelling is the text, quotes and all, that the key of a property has most of the
// time. Its two ends are kept as words, for to compare those is all that is needed
// with most keys, and a call costs as much as that.
type spelling struct {
	quoted      string // "" where writers differ
	first, last uint64 // eight bytes at each end
	mask        uint64 // what counts of first, in a text of less than eight bytes
}

const word = 8

func spellingOf(name string) spelling {
	quoted := rawjson.AppendQuoted(nil, name)
	if len(quoted) != len(name)+2 {
		return spelling{}
	}
	s := spelling{quoted: string(quoted), mask: ^uint64(0)}
	if len(quoted) < word {
		s.mask = 1<<(word*len(quoted)) - 1
		quoted = append(quoted, make([]byte, word)...)
	}
	s.first, s.last = binary.LittleEndian.Uint64(quoted), binary.LittleEndian.Uint64(quoted[len(quoted)-word:])
	return s
}

// standsAt tells whether the text has the key at i.
func (s *spelling) standsAt(text []byte, i int) bool {
	n := len(s.quoted)
	if i+2*word > len(text) || n > 2*word || n == 0 {
		return n > 0 && i+n <= len(text) && string(text[i:i+n]) == s.quoted
	}
	if binary.LittleEndian.Uint64(text[i:])&s.mask != s.first {
		return false
	}
	return n <= word || binary.LittleEndian.Uint64(text[i+n-word:]) == s.last
}
