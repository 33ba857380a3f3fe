//go:build linux && !race

package base_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
)

// The peak memory of a connector, measured over a whole process: the bounds are
// about twice what is seen on an idle machine.
func TestPeakMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes hundreds of megabytes")
	}
	filler := strings.Repeat("x", 400)
	tests := []struct {
		name, config string
		most         int64 // MiB
		input        func(w io.Writer)
	}{
		{"one record", `{"table": "t"}`, 60, func(w io.Writer) {
			_, _ = io.WriteString(w, schemaLine("s")+recordLine("s", `{"id": 1}`))
		}},
		{"a line of 64 MiB", `{"table": "t"}`, 400, func(w io.Writer) {
			_, _ = io.WriteString(w, schemaLine("s")+`{"type": "RECORD", "stream": "s", "record": {"id": 1, "text": "`)
			for range 64 << 10 {
				_, _ = io.WriteString(w, strings.Repeat("x", 1<<10))
			}
			_, _ = io.WriteString(w, "\"}}\n")
		}},
		{"5,000 streams", `{"table": "t"}`, 250, func(w io.Writer) {
			for i := range 5_000 {
				_, _ = io.WriteString(w, checkedLine(fmt.Sprintf("s%d", i)))
			}
			for n := range 20_000 {
				stream := fmt.Sprintf("s%d", n%5_000)
				_, _ = io.WriteString(w, recordLine(stream, fmt.Sprintf(`{"id": %d}`, n)))
				_, _ = io.WriteString(w, stateLine(fmt.Sprintf(`{"bookmarks": {%q: {"id": %d}}}`, stream, n)))
			}
		}},
		{"200 MB through batches of 1 MiB", `{"maximum_batch_size_mb": 1}`, 80, func(w io.Writer) {
			_, _ = io.WriteString(w, schemaLine("s"))
			for i := range 400_000 {
				_, _ = fmt.Fprintf(w, `{"type": "RECORD", "stream": "s", "record": {"id": %d, "text": "%s"}}`+"\n", i, filler)
			}
		}},
		{"200 MB of a stream that has failed", `{"maximum_batch_size_mb": 1}`, 80, func(w io.Writer) {
			for i := range 400_000 {
				_, _ = fmt.Fprintf(w, `{"type": "RECORD", "stream": "ghost", "record": {"id": %d, "text": "%s"}}`+"\n", i, filler)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := startConnector(t, "count", test.config, func(p *process) { p.Args = append(p.Args, "--log_to_stdout", "0") })
			w := bufio.NewWriterSize(p.stdin, 64<<10)
			test.input(w)
			_ = w.Flush()
			_ = p.stdin.Close()
			code, _ := p.exit()
			if want := strings.HasSuffix(test.name, "has failed"); (code == 1) != want {
				t.Fatalf("exit code %d\n%.1000s", code, p.stderr.String())
			}
			if peak := p.peakMiB(); peak > test.most {
				t.Errorf("peak %d MiB, want at most %d", peak, test.most)
			}
		})
	}
}

// peakMiB is the most memory that the process, which has ended, was given.
func (p *process) peakMiB() int64 {
	p.t.Helper()
	reported := p.file("report")
	_, last, _ := strings.Cut(reported[max(0, strings.LastIndex(reported, "peak ")):], "peak ")
	var peak int64
	if _, err := fmt.Sscanf(last, "%d kB", &peak); err != nil {
		p.t.Fatalf("the process reports %q: %v", reported, err)
	}
	peak >>= 10
	p.t.Logf("peak %d MiB", peak)
	return peak
}

// The memory of a connector is maximum_batch_size_mb and 64 MiB at the most,
// however much input there is, of however many streams, in short lines or long ones
// or first in the ones and then in the others.
func TestPeakMemoryKeepsTheLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("writes hundreds of megabytes")
	}
	const limit = 32 // MiB
	for _, streams := range []int{1, 1_000} {
		for name, lengths := range map[string][]int{"short lines": {48}, "long lines": {4 << 10}, "short lines, then long ones": {48, 4 << 10, 48}} {
			for _, times := range []int{1, 2, 4} {
				t.Run(fmt.Sprintf("%s of %d streams, %d times the limit", name, streams, times), func(t *testing.T) {
					p := startConnector(t, "count", fmt.Sprintf(`{"maximum_batch_size_mb": %d, "validation": "full"}`, limit))
					w := bufio.NewWriterSize(p.stdin, 64<<10)
					for i := range streams {
						_, _ = w.WriteString(schemaLine(fmt.Sprint(i), `"id": {"type": "integer"}`, `"x": {"type": "string"}`))
					}
					for _, length := range lengths {
						writeRecords(w, streams, length, times*limit<<20/len(lengths))
					}
					_ = w.Flush()
					_ = p.stdin.Close()
					if code, _ := p.exit(); code != 0 {
						t.Fatalf("exit code %d\n%.1000s", code, p.stderr.String())
					}
					if peak := p.peakMiB(); peak > limit+64 {
						t.Errorf("peak %d MiB, want at most %d", peak, limit+64)
					}
				})
			}
		}
	}
}

// writeRecords writes so many bytes of records in lines of about the same length.
func writeRecords(w *bufio.Writer, streams, length, bytes int) {
	for i := 0; bytes > 0; i++ {
		line := fmt.Appendf(nil, `{"type":"RECORD","stream":"%d","record":{"id":1}}`, i%streams)
		if more := length - len(line); more > 10 {
			line = fmt.Appendf(line[:len(line)-2], `,"x":"%s"}}`, strings.Repeat("x", more-6))
		}
		n, _ := w.Write(append(line, '\n'))
		bytes -= n
	}
}
