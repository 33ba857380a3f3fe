package base

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync/atomic"
	"unicode/utf8"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// DeadLetter is a record, or a line, that was refused.
type DeadLetter struct {
	// Line is the number of the line of input, from 1; Offset the bytes before it.
	Line   int64
	Offset int64
	// Stream is empty for a line that could not be read.
	Stream string
	Reason string
	// Original is the line as it came, without its line end.
	Original []byte

	schema *Stream // that it was refused by; nil for a line that could not be read
}

// MarshalJSON renders {"type": "DEAD_LETTER", "line", "offset", "stream", "reason",
// "original"}, a message that every connector reads as if the original stood in its
// place; an original that is not UTF-8 becomes "original_base64".
func (d DeadLetter) MarshalJSON() ([]byte, error) {
	letter := struct {
		Type           string `json:"type"`
		Line           int64  `json:"line"`
		Offset         int64  `json:"offset"`
		Stream         string `json:"stream,omitempty"`
		Reason         string `json:"reason"`
		Original       string `json:"original,omitempty"`
		OriginalBase64 []byte `json:"original_base64,omitempty"`
	}{Type: singer.TypeDeadLetter, Line: d.Line, Offset: d.Offset, Stream: d.Stream, Reason: d.Reason}
	if utf8.Valid(d.Original) {
		letter.Original = string(d.Original)
	} else {
		letter.OriginalBase64 = d.Original
	}
	return json.Marshal(letter)
}

// letterOf is the letter of a record that a stream refused.
func letterOf(s *Stream, e *entry, reason error) DeadLetter {
	return DeadLetter{
		Line: e.number, Offset: e.offset, Stream: s.Name, Original: bytes.Clone(e.line), schema: s,
		Reason: (&singer.Fault{Stream: s.Name, Line: e.number, Err: reason}).Error(),
	}
}

// deadLetters makes durable what was refused, before any state that passes it is
// told. Until then it waits in the batch set.
type deadLetters struct {
	limits  limits
	author  DeadLetterer // nil: the file
	secrets mask         // kept out of the reasons; the original is what it is
	file    *os.File
	total   atomic.Int64
	schemas map[string]*Stream // by stream, those that the file has from this run
}

// errTooManyDeadLetters stops a run that refuses everything.
var errTooManyDeadLetters = errors.New("too many records were refused")

// add sets a letter aside.
func (d *deadLetters) add(set *batchSet, letter DeadLetter) error {
	letter.Reason = d.secrets.text(letter.Reason)
	set.letters = append(set.letters, letter)
	set.letterBytes += int64(len(letter.Original))
	total := d.total.Add(1)
	if limit := d.limits.MaximumDeadLetters; limit > 0 && total > int64(limit) {
		return fmt.Errorf("%w: more than maximum_dead_letters (%d); the last: %s", errTooManyDeadLetters, limit, letter.Reason)
	}
	return nil
}

// judged is from how many records on their share is looked at, but for the end of a
// run: before that a single one may be much.
const judged = 100

// judge tells whether too large a part of what was read is set aside.
func (d *deadLetters) judge(s *summary, final bool) error {
	limit := d.limits.DeadLetterShare
	if limit == 0 {
		return nil
	}
	total, read := d.total.Load(), s.total().read+int64(s.lines)
	if read < judged && !final || float64(total) <= limit*float64(read) {
		return nil
	}
	return fmt.Errorf("%w: %d of %d records, more than maximum_dead_letter_share (%v); see %s, mend the tap or the schema, or allow more",
		errTooManyDeadLetters, total, read, limit, d.place())
}

func (d *deadLetters) place() string {
	if d.author != nil {
		return "where the connector stores them"
	}
	return d.limits.DeadLetterPath
}

// flush makes the letters of a set durable.
func (d *deadLetters) flush(ctx context.Context, set *batchSet) (err error) {
	if len(set.letters) == 0 {
		return nil
	}
	if d.author != nil {
		err = d.author.ExportDeadLetters(ctx, set.letters)
	} else {
		err = d.append(set.letters)
	}
	if err == nil {
		set.letters, set.letterBytes = nil, 0
	}
	return err
}

// append writes letters to the file, each stream's first behind the stream's SCHEMA: the
// file is an input by itself.
func (d *deadLetters) append(letters []DeadLetter) error {
	lines, err := d.open()
	if err != nil {
		return err
	}
	written := map[string]*Stream{}
	for _, letter := range letters {
		if s := letter.schema; s.known() && d.schemas[s.Name] != s && written[s.Name] != s {
			lines = append(append(lines, s.message()...), '\n')
			written[s.Name] = s
		}
		line, err := json.Marshal(letter)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if _, err := d.file.Write(lines); err != nil {
		return err
	}
	if err := d.file.Sync(); err != nil {
		return fmt.Errorf("%s: %w", d.limits.DeadLetterPath, err)
	}
	if d.schemas == nil {
		d.schemas = map[string]*Stream{}
	}
	maps.Copy(d.schemas, written)
	return nil
}

// open opens the file. What it returns has to be written first: the end of a line that
// an earlier run was cut off in.
func (d *deadLetters) open() (start []byte, err error) {
	if d.file != nil {
		return nil, nil
	}
	path := d.limits.DeadLetterPath
	_, missing := os.Lstat(path)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		// A pipe's reader, or a file that may only be written, has no end to look at.
		if file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
			return nil, err
		}
	}
	d.file = file
	if errors.Is(missing, fs.ErrNotExist) {
		return nil, syncDir(filepath.Dir(path))
	}
	end := make([]byte, 1)
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		if _, err := file.ReadAt(end, info.Size()-1); err == nil && end[0] != '\n' {
			return []byte("\n"), nil
		}
	}
	return nil, nil
}

func (d *deadLetters) close() error {
	if d.file == nil {
		return nil
	}
	return d.file.Close()
}
