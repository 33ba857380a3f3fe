package base

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// readLetter takes in a dead letter of an earlier run as if its original stood in its
// place, so that a file of dead letters can be read like any input. What is refused
// again becomes a letter again, with the line and the offset that it first had.
func (r *run) readLetter(m singer.Message, e *entry) error {
	if r.inLetter {
		return errors.New("DEAD_LETTER of a DEAD_LETTER: put the line itself into original")
	}
	original, err := originalOf(m)
	if err != nil {
		return r.refuseLine(singer.Line{Text: e.line, Number: e.number, Offset: e.offset}, err)
	}
	r.parser.workFor(&r.set.lease)
	again := r.parser.entries.New()
	again.line, again.number, again.offset = original, e.number, e.offset
	for key, at := range map[string]*int64{"line": &again.number, "offset": &again.offset} {
		if value, ok := m.Get(key); ok {
			if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
				*at = n
			}
		}
	}
	r.inLetter = true
	defer func() { r.inLetter = false }()
	return r.readLine(again)
}

// originalOf is the line that a dead letter holds.
func originalOf(m singer.Message) ([]byte, error) {
	original := []byte(m.Text("original"))
	if text := m.Text("original_base64"); text != "" {
		var err error
		if original, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, fmt.Errorf("DEAD_LETTER: original_base64: %w", err)
		}
	}
	if len(original) == 0 {
		return nil, errors.New("DEAD_LETTER without original: the key original must be the line that was refused")
	}
	return original, nil
}

// apart makes sure that a run does not read the letters that it writes.
func (l limits) apart(source io.Reader) error {
	if !l.setsAside() || l.DeadLetterPath == "" {
		return nil
	}
	file, ok := source.(*os.File)
	if !ok {
		return nil
	}
	input, err := file.Stat()
	if err != nil {
		return nil //nolint:nilerr // what cannot be looked at is no file of letters
	}
	letters, err := os.Stat(l.DeadLetterPath)
	if err != nil || !os.SameFile(input, letters) {
		return nil //nolint:nilerr // it is made later
	}
	return &configError{[]error{fmt.Errorf("dead_letter_path: %s is the input of this run, which would read what it writes: give another path",
		l.DeadLetterPath)}}
}
