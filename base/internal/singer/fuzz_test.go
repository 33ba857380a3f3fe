package singer_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// chunked gives out at most as many bytes at a time as sizes say, in turn.
type chunked struct {
	text  []byte
	sizes []byte
	turn  int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.text) == 0 {
		return 0, io.EOF
	}
	size := 1
	if len(c.sizes) > 0 {
		size += int(c.sizes[c.turn%len(c.sizes)])
		c.turn++
	}
	n := copy(p[:min(size, len(p))], c.text)
	c.text = c.text[n:]
	return n, nil
}

// However the input comes in, the lines are those of Python's universal newlines,
// their offsets are right, and together they are the input.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\rd"), []byte{0})
	f.Add([]byte("\xef\xbb\xbf\r\r\n\n"), []byte{2, 0})
	f.Fuzz(func(t *testing.T, input, sizes []byte) {
		lines, err := readAll(&chunked{text: input, sizes: sizes})
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		want := bytes.TrimPrefix(input, []byte("\xef\xbb\xbf"))
		start := len(input) - len(want)
		want = bytes.ReplaceAll(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
		var joined []byte
		end := start
		for i, line := range lines {
			joined = append(joined, line.Text...)
			if !line.Open {
				joined = append(joined, '\n')
			}
			at := int(line.Offset)
			if line.Number != int64(i+1) || at < end || at > end+2 || !bytes.HasPrefix(input[at:], line.Text) {
				t.Fatalf("line %+v stands in the wrong place of %q", line, input)
			}
			if line.Open && i+1 < len(lines) {
				t.Fatalf("line %d of %d is open", i+1, len(lines))
			}
			end = at + len(line.Text)
		}
		if !bytes.Equal(joined, want) {
			t.Fatalf("the lines of %q join to %q, want %q", input, joined, want)
		}
	})
}

// No line makes Parse panic, and one that is an object with a type is a message
// whose members can be had.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"type": "RECORD", "stream": "s", "record": {"id": 1}}`))
	f.Add([]byte(`{"type": "STATE", "value": NaN, "value": {"a": [1e400, -0.0]}}`))
	f.Add([]byte(`{"level": "INFO", "message": "\ud800"}`))
	f.Add([]byte(`{"type": "SCHEMA", "stream"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := singer.Parse(singer.Line{Text: text, Number: 1})
		singer.Excerpt(text)
		if err != nil || m.Form != singer.Typed {
			return
		}
		if m.Type == "" || m.Text("type") != m.Type {
			t.Fatalf("type %q of %q", m.Type, text)
		}
		for _, key := range []string{"stream", "record", "value"} {
			if value, ok := m.Get(key); ok && (len(value) == 0 || !bytes.Contains(text, value)) {
				t.Fatalf("member %s of %q is %q", key, text, value)
			}
		}
	})
}
