package rawjson

import "strings"

const (
	// mostShared is the size of the pieces that Strings allocates, and so the most
	// memory that one string can keep alive after all its neighbours are gone. It
	// holds the strings of a common record.
	mostShared = 512
	// mostPacked is the longest string that lies in such a piece. What is longer
	// gains little by it, and would leave the ends of pieces empty.
	mostPacked = mostShared / 4
)

// Strings makes strings of bytes that will be overwritten. Short ones lie side by
// side in one allocation, for a record is a dozen of them and allocating each costs
// as much as reading it. Whoever keeps one short string keeps up to 512 bytes, never
// the whole record.
type Strings struct {
	piece strings.Builder // only ever appended to, so what was cut from it stays
	size  int
}

// StringsFor returns Strings for what stands in a text of so many bytes.
func StringsFor(text int) Strings { return Strings{size: min(text, mostShared)} }

// Of is a string of the same bytes.
func (s *Strings) Of(body []byte) string {
	if len(body) > mostPacked {
		return string(body)
	}
	if s.piece.Cap()-s.piece.Len() < len(body) {
		s.piece = strings.Builder{}
		s.piece.Grow(max(s.size, len(body)))
	}
	start := s.piece.Len()
	s.piece.Write(body)
	return s.piece.String()[start:]
}

// Unquote is what the function of that name returns.
func (s *Strings) Unquote(quoted []byte) string {
	if HasEscape(quoted) {
		return Unquote(quoted)
	}
	return s.Of(quoted[1 : len(quoted)-1])
}
