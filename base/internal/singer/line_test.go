package singer_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// readAll reads all lines and the error that ends them.
func readAll(source io.Reader) ([]singer.Line, error) {
	return readAllIn(source, 64<<10)
}

// readAllIn reads that many bytes at once.
func readAllIn(source io.Reader, size int) ([]singer.Line, error) {
	var all []singer.Line
	var lease slab.Lease
	chunks := singer.NewChunks(source, singer.ChunkHome(size, func([]byte) {}))
	for {
		chunk, err := chunks.Next(&lease)
		if err != nil {
			return all, err
		}
		lines := singer.LinesOf(chunk.Text)
		for text, start, ok := lines.Next(); ok; text, start, ok = lines.Next() {
			open := chunk.Open && start+len(text) == len(chunk.Text)
			all = append(all, singer.Line{Text: text, Number: int64(len(all) + 1), Offset: chunk.Offset + int64(start), Open: open})
		}
	}
}

func TestLinesEndAsInPython(t *testing.T) {
	tests := map[string]struct {
		input string
		want  []singer.Line
	}{
		"nothing":               {"", nil},
		"LF":                    {"a\nb\n", []singer.Line{{[]byte("a"), 1, 0, false}, {[]byte("b"), 2, 2, false}}},
		"CRLF":                  {"a\r\nb\r\n", []singer.Line{{[]byte("a"), 1, 0, false}, {[]byte("b"), 2, 3, false}}},
		"CR":                    {"a\rb\r", []singer.Line{{[]byte("a"), 1, 0, false}, {[]byte("b"), 2, 2, false}}},
		"CR, then LF of a gap":  {"a\r\r\nb", []singer.Line{{[]byte("a"), 1, 0, false}, {[]byte(""), 2, 2, false}, {[]byte("b"), 3, 4, true}}},
		"no end of line":        {"a", []singer.Line{{[]byte("a"), 1, 0, true}}},
		"empty lines":           {"\n\n", []singer.Line{{[]byte(""), 1, 0, false}, {[]byte(""), 2, 1, false}}},
		"byte order mark":       {"\xef\xbb\xbfa\n", []singer.Line{{[]byte("a"), 1, 3, false}}},
		"half a mark":           {"\xef\xbba\n", []singer.Line{{[]byte("\xef\xbba"), 1, 0, false}}},
		"only a mark":           {"\xef\xbb\xbf", nil},
		"mark in the middle":    {"\n\xef\xbb\xbfa", []singer.Line{{[]byte(""), 1, 0, false}, {[]byte("\xef\xbb\xbfa"), 2, 1, true}}},
		"separators of Unicode": {"a\u2028b\u0085c\n", []singer.Line{{[]byte("a\u2028b\u0085c"), 1, 0, false}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for how, source := range map[string]io.Reader{
				"at once":     strings.NewReader(test.input),
				"by the byte": iotest.OneByteReader(strings.NewReader(test.input)),
				"with EOF":    iotest.DataErrReader(strings.NewReader(test.input)),
			} {
				got, err := readAll(source)
				if !errors.Is(err, io.EOF) {
					t.Errorf("%s: %v", how, err)
				}
				if diff := cmp.Diff(test.want, got, cmp.Comparer(bytes.Equal)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
			}
		})
	}
}

func TestAnUnfinishedLineIsNotGivenOutWhenTheSourceFails(t *testing.T) {
	broken := errors.New("broken")
	got, err := readAll(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if len(got) != 1 || string(got[0].Text) != "a" {
		t.Errorf("lines %v, want only the finished one", got)
	}
}

func TestLinesStayWhileLaterOnesAreRead(t *testing.T) {
	var input strings.Builder
	for i := range 50_000 {
		input.WriteString(strings.Repeat(string(rune('a'+i%26)), i%50))
		input.WriteByte('\n')
	}
	got, err := readAll(strings.NewReader(input.String()))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	var again strings.Builder
	for _, line := range got {
		again.Write(line.Text)
		again.WriteByte('\n')
	}
	if again.String() != input.String() {
		t.Error("lines changed after they were given out")
	}
}

// With CR alone as line end, searching for an LF from every line on would take
// hours here.
func TestChunksOfAnySizeHoldTheSameLines(t *testing.T) {
	var input strings.Builder
	for i := range 3000 {
		input.WriteString(strings.Repeat("x", i*i%997) + []string{"\n", "\r\n", "\r"}[i%3])
	}
	want, err := readAll(strings.NewReader(input.String()))
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	for _, size := range []int{1, 2, 3, 7, 100, 1 << 10, 4 << 20} {
		got, err := readAllIn(strings.NewReader(input.String()), size)
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Errorf("read by %d bytes (-want +got):\n%.2000s", size, diff)
		}
	}
}

func TestManyLinesInOneBlockTakeLinearTime(t *testing.T) {
	const size = 4 << 20
	for name, line := range map[string]string{"CR": "abc\r", "LF": "abc\n"} {
		input := strings.Repeat("x", size) + line + strings.Repeat(line, size/len(line))
		done := make(chan int)
		go func() {
			lines, _ := readAll(strings.NewReader(input))
			done <- len(lines)
		}()
		select {
		case n := <-done:
			if want := 1 + size/len(line); n != want {
				t.Errorf("%s: %d lines, want %d", name, n, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: still reading after a minute", name)
		}
	}
}
