package singer

import (
	"bytes"
	"errors"
	"io"
)

// Line is one line of input without its line end.
type Line struct {
	Text   []byte
	Number int64 // from 1
	Offset int64 // bytes of input before the line
	Open   bool  // the input ended before a line end came
}

// blockSize is how much is read at once, and the memory one long-lived line
// can keep from being freed.
const blockSize = 64 << 10

// LineReader cuts input into lines at LF, CRLF and lone CR, as Python's
// universal newlines do. There is no limit to a line's length.
//
// Lines share blocks of memory that are never written again, so they stay
// valid for as long as they are held.
type LineReader struct {
	source io.Reader
	block  []byte // bytes read and not yet given out
	spare  []byte // free memory behind block, of the same array
	seen   int    // bytes of block known to hold no line end
	feed   int    // where the next LF stands in block, len(block) if there is none
	number int64
	offset int64
	afterC bool // the last line ended with CR: an LF that follows belongs to it
	err    error
	begun  bool // the input's first bytes are known not to be a byte order mark
}

// NewLineReader reads lines from source.
func NewLineReader(source io.Reader) *LineReader {
	return &LineReader{source: source}
}

// Next returns the lines that have arrived, at least one, waiting for input
// only when there is none. At the end of input it returns io.EOF, and the
// error of the source when that failed; what stands before a failure in an
// unfinished line is not given out.
func (r *LineReader) Next() ([]Line, error) {
	for {
		if r.begun {
			if lines := r.cut(); len(lines) > 0 {
				return lines, nil
			}
		}
		if r.err != nil {
			return r.last()
		}
		r.fill()
	}
}

// cut takes the complete lines off the block.
func (r *LineReader) cut() []Line {
	var lines []Line
	for {
		if r.afterC && len(r.block) > 0 {
			r.afterC = false
			if r.block[0] == '\n' {
				r.skip(1)
			}
		}
		end := r.lineEnd()
		if end < 0 {
			r.seen = len(r.block)
			return lines
		}
		r.afterC = r.block[end] == '\r'
		lines = append(lines, r.take(end, 1))
	}
}

// lineEnd finds the first LF or CR of the block, or -1. Two searches for one byte
// each are several times faster than one for either; where the next LF stands is
// remembered, for with CR alone as line end it may be far away.
func (r *LineReader) lineEnd() int {
	if r.feed < r.seen {
		r.feed = len(r.block)
		if at := bytes.IndexByte(r.block[r.seen:], '\n'); at >= 0 {
			r.feed = r.seen + at
		}
	}
	if at := bytes.IndexByte(r.block[r.seen:r.feed], '\r'); at >= 0 {
		return r.seen + at
	}
	if r.feed < len(r.block) {
		return r.feed
	}
	return -1
}

// skip steps over bytes of the block.
func (r *LineReader) skip(n int) {
	r.block = r.block[n:]
	r.offset += int64(n)
	r.seen = 0
	r.feed -= n // negative: to be searched for again
}

// take gives out the first length bytes of the block as a line and steps over
// the end bytes that close it.
func (r *LineReader) take(length, end int) Line {
	r.number++
	line := Line{Text: r.block[:length:length], Number: r.number, Offset: r.offset, Open: end == 0}
	r.skip(length + end)
	if length > blockSize {
		r.leave()
	}
	return line
}

// leave moves what follows a long line, which is a block at the most, to memory
// of its own, so that short lines do not keep that of the long one.
func (r *LineReader) leave() {
	array := make([]byte, 2*blockSize)
	n := copy(array, r.block)
	r.block, r.spare = array[:n], array[n:]
}

// last gives out a final line that has no line end, then the error.
func (r *LineReader) last() ([]Line, error) {
	if errors.Is(r.err, io.EOF) && len(r.block) > 0 {
		return []Line{r.take(len(r.block), 0)}, nil
	}
	return nil, r.err
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// fill reads once, into the free memory of the current array when there is
// enough, else into a new one to which the unfinished line moves.
func (r *LineReader) fill() {
	if len(r.spare) == 0 {
		r.grow()
	}
	n, err := r.source.Read(r.spare[:min(len(r.spare), blockSize)])
	if r.feed == len(r.block) {
		r.feed = -1 // the LF may be among what has come
	}
	r.block = r.block[:len(r.block)+n]
	r.spare = r.spare[n:]
	if err != nil {
		r.err = err
	}
	if !r.begun {
		r.begin()
	}
}

// begin steps over a byte order mark as soon as it is clear whether there is one.
func (r *LineReader) begin() {
	if r.err == nil && bytes.HasPrefix(byteOrderMark, r.block) && len(r.block) < len(byteOrderMark) {
		return
	}
	r.begun = true
	if bytes.HasPrefix(r.block, byteOrderMark) {
		r.skip(len(byteOrderMark))
	}
}

// grow makes room for at least one more block; a long line doubles its memory
// each time, so that it is copied a logarithmic number of times.
func (r *LineReader) grow() {
	size := max(blockSize, 2*len(r.block))
	array := make([]byte, size)
	copy(array, r.block)
	r.spare = array[len(r.block):]
	r.block = array[:len(r.block)]
}
