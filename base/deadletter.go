package base

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unicode/utf8"
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
}

// MarshalJSON renders {"line", "offset", "stream", "reason", "original"}; a line
// that is not UTF-8 becomes "original_base64".
func (d DeadLetter) MarshalJSON() ([]byte, error) {
	letter := struct {
		Line           int64  `json:"line"`
		Offset         int64  `json:"offset"`
		Stream         string `json:"stream,omitempty"`
		Reason         string `json:"reason"`
		Original       string `json:"original,omitempty"`
		OriginalBase64 []byte `json:"original_base64,omitempty"`
	}{Line: d.Line, Offset: d.Offset, Stream: d.Stream, Reason: d.Reason}
	if utf8.Valid(d.Original) {
		letter.Original = string(d.Original)
	} else {
		letter.OriginalBase64 = d.Original
	}
	return json.Marshal(letter)
}

// deadLetters makes durable what was refused, before any state that passes it is
// told. Until then it waits in the batch set.
type deadLetters struct {
	limits  limits
	author  DeadLetterer // nil: the file
	secrets mask         // kept out of the reasons; the original is what it is
	file    *os.File
	total   atomic.Int64
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

func (d *deadLetters) append(letters []DeadLetter) error {
	if d.file == nil {
		file, err := os.OpenFile(d.limits.DeadLetterPath, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		d.file = file
	}
	var lines []byte
	for _, letter := range letters {
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
	return nil
}

func (d *deadLetters) close() error {
	if d.file == nil {
		return nil
	}
	return d.file.Close()
}
