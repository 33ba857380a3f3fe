package basetest_test

import (
	"bufio"
	"bytes"
	"io"
)

// filter changes what is read, line by line.
type filter struct {
	from   io.Reader
	change func(line string) string
	lines  *bufio.Reader
	rest   []byte
	err    error
}

func (f *filter) Read(p []byte) (int, error) {
	if f.lines == nil {
		f.lines = bufio.NewReader(f.from)
	}
	for len(f.rest) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		var line string
		line, f.err = f.lines.ReadString('\n')
		if line != "" {
			f.rest = []byte(f.change(line))
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// lineWriter changes what is written; base writes whole lines.
type lineWriter struct {
	to     io.Writer
	change func(line string) string
}

func (w lineWriter) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		if _, err := io.WriteString(w.to, w.change(string(line))); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}
