package rawjson

import "errors"

// Decode turns one JSON value with white space round it into what encoding/json
// with UseNumber makes of it: nil, bool, json.Number with the digits as they came,
// string, []any or map[string]any. The value shares no memory with the text. Of
// repeated keys the last wins, half of a surrogate pair becomes U+FFFD.
//
// It checks as it goes, so that text which Check was not asked about is an error and
// no panic; so are NaN and the infinities, for which JSON and json.Number have no
// word.
func Decode(text []byte) (any, error) {
	s := StringsFor(len(text))
	return s.Decode(text)
}

// Decode is the function of that name; the strings lie with the others of s.
func (s *Strings) Decode(text []byte) (any, error) {
	d := decoder{text: text, strings: s}
	if value, end := d.whole(SkipSpace(text, 0)); end >= 0 && skipSpace(text, end) == len(text) {
		return value, nil
	}
	if _, err := Check(text); err != nil {
		return nil, err
	}
	return nil, errors.New("NaN and the infinities are no JSON; null may stand in their place")
}
