package settings

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
)

// The lines between which a file holds what generate writes.
const (
	openMark  = "settings: mage-dest generate"
	closeMark = "settings: end"
)

// ErrNoMarkers says that a file has no place for what is written into it. The
// error that wraps it says where the markers belong.
var ErrNoMarkers = errors.New("is left as it is, for want of markers")

// region is the part of a file between the two markers.
type region struct {
	before, inside, after string // the markers' lines belong to before and after
	indent                string // of the first marker
}

// findRegion finds the lines open and close, white space round them aside, in
// the text of the file called name, whose lines end with a line feed. Markers that
// are no pair are an *Error.
func findRegion(name, text, open, close string) (region, error) {
	var f faults
	opened, start, end := 0, -1, -1
	var r region
	at, number := 0, 0
	for line := range strings.Lines(text) {
		number++
		place := token.Position{Filename: name, Line: number, Column: 1}
		switch strings.TrimSpace(line) {
		case open:
			if opened > 0 {
				f.add(place, "a second %q; the first is in line %d and a file has one", open, opened)
				break
			}
			opened, start = number, at+len(line)
			r.indent = line[:strings.Index(line, open)]
		case close:
			if opened == 0 || end >= 0 {
				f.add(place, "%q has no %q before it", close, open)
				break
			}
			end = at
		}
		at += len(line)
	}
	switch {
	case len(f) > 0:
		return r, f.err()
	case opened == 0:
		return r, fmt.Errorf("%w: put a line %q before what generate shall write there, and a line %q after it", ErrNoMarkers, open, close)
	case end < 0:
		f.add(token.Position{Filename: name, Line: opened, Column: 1}, "%q has no %q after it; put that where what generate writes ends", open, close)
		return r, f.err()
	}
	r.before, r.inside, r.after = text[:start], text[start:end], text[end:]
	return r, nil
}

// replace returns the file with other text between the markers.
func (r region) replace(inside string) string { return r.before + inside + r.after }

func markdownMark(mark string) string { return fmt.Sprintf("<!-- %s -->", mark) }
func yamlMark(mark string) string     { return "# " + mark }

// WithRegion returns text with what stands between the markers of from in the
// place of what stands between its own. A merge of two versions of a file is
// handed such texts: what generate writes is written anew, never merged. Text in
// which one of the two has no region is returned as it is.
func WithRegion(text, from []byte) []byte {
	for _, mark := range []func(string) string{markdownMark, yamlMark} {
		to, err := findRegion("", string(text), mark(openMark), mark(closeMark))
		if err != nil {
			continue
		}
		source, err := findRegion("", string(from), mark(openMark), mark(closeMark))
		if err == nil {
			return []byte(to.replace(source.inside))
		}
	}
	return text
}
