package singer

import "bytes"

// Line is one line of input without its line end.
type Line struct {
	Text   []byte
	Number int64 // from 1
	Offset int64 // bytes of input before the line
	Open   bool  // the input ended before a line end came
}

// Lines cuts a text into lines at LF, CRLF and lone CR, as Python's universal
// newlines do.
type Lines struct {
	text    []byte
	at      int
	feed    int  // where the next LF stands, len(text) if there is none
	returns bool // there is a CR somewhere
}

// LinesOf returns the lines of a text.
func LinesOf(text []byte) Lines {
	return Lines{text: text, feed: -1, returns: bytes.IndexByte(text, '\r') >= 0}
}

// Next returns the next line and where it starts; ok is false after the last.
//
// Two searches for one byte each are several times faster than one for either.
// Where the next LF stands is remembered, for with CR alone as line end it may be
// far away.
func (l *Lines) Next() (line []byte, start int, ok bool) {
	if l.at >= len(l.text) {
		return nil, l.at, false
	}
	start = l.at
	if l.feed < start {
		l.feed = len(l.text)
		if i := bytes.IndexByte(l.text[start:], '\n'); i >= 0 {
			l.feed = start + i
		}
	}
	end := l.feed
	l.at = end + 1
	if i := l.carriageReturn(start, end); i >= 0 {
		if end = i; l.feed > end+1 {
			l.at = end + 1
		}
	}
	return l.text[start:end:end], start, true
}

// carriageReturn finds the first CR of a part of the text, or -1.
func (l *Lines) carriageReturn(start, end int) int {
	if !l.returns {
		return -1
	}
	if i := bytes.IndexByte(l.text[start:end], '\r'); i >= 0 {
		return start + i
	}
	return -1
}
