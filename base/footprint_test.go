//go:build linux && !race

package base_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"syscall"
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
			usage, ok := p.ProcessState.SysUsage().(*syscall.Rusage)
			if !ok {
				t.Fatal("no rusage")
			}
			peak := usage.Maxrss >> 10
			t.Logf("peak %d MiB", peak)
			if peak > test.most {
				t.Errorf("peak %d MiB, want at most %d", peak, test.most)
			}
		})
	}
}
