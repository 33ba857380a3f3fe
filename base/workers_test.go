package base_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// hashing notes all that is handed over, batch by batch.
type hashing struct {
	base.Destination[tracedConfig]
	all     hash.Hash
	records int
	calls   strings.Builder
}

func newHashing() *hashing { return &hashing{all: sha256.New()} }

func (h *hashing) HandleSchema(_ context.Context, s base.Stream) error {
	fmt.Fprintf(&h.calls, "schema %s\n", s.Name)
	fmt.Fprintf(h.all, "schema %s %s\n", s.Name, s.Schema.Raw())
	return nil
}

func (h *hashing) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	fmt.Fprintf(&h.calls, "export %s %d\n", stream, len(recordData))
	fmt.Fprintf(h.all, "export %s %s\n", stream, h.Stream(stream).Schema.Raw())
	for _, item := range recordData {
		h.records++
		version, versioned := item.Record.Version()
		fmt.Fprintf(h.all, "%d %v %d %s\n%s\n", item.Record.LineNumber(), versioned, version, item.Record.Line(), item.Record.Raw())
		for name, value := range item.Record.Columns() {
			got, ok := item.Record.Get(name)
			fmt.Fprintf(h.all, "%s=%s %v\n", name, value, ok && bytes.Equal(got, value))
		}
	}
	return nil
}

// mixedInput has streams of several widths, schemas that change in the middle and
// come again unchanged, records that have to be rewritten, and lines of every other
// kind.
func mixedInput(records int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	extra := `"tags": {"type": ["null", "array"]}, "name": {"type": ["null", "string"]}`
	for _, s := range []string{"a", "b", "c"} {
		b.WriteString(schemaLine(s, `"id": {"type": "integer"}`, extra))
	}
	for i := range records {
		s := []string{"a", "b", "c"}[random.IntN(3)]
		switch random.IntN(40) {
		case 0:
			b.WriteString(schemaLine(s, `"id": {"type": "integer"}`, extra, fmt.Sprintf(`"c%d": {"type": ["null", "string"]}`, i)))
		case 1:
			b.WriteString(stateLine(fmt.Sprintf(`{"bookmarks": {%q: {"id": %d}}}`, s, i)))
		case 2:
			b.WriteString("a line of text\r\n")
		case 3:
			fmt.Fprintf(&b, `{"type": "ACTIVATE_VERSION", "stream": %q, "version": %d}`+"\n", s, i)
		case 4:
			b.WriteString(recordLine(s, fmt.Sprintf(`{"id": %d, "tags": "['x', %d]"}`, i, i)))
		case 5:
			b.WriteString(recordLine(s, fmt.Sprintf(`{"id": 0, "name": "\u00e9", "id": %d, "n\u0061me": "é"}`, i)))
		case 6:
			b.WriteString(recordLine(s, fmt.Sprintf(`{"id": %d, "name": %q}`, i, strings.Repeat("long ", 1000))))
		case 7:
			fmt.Fprintf(&b, `{"record": {"name": "first", "id": %d, "undeclared": {"x": [1, {"y": null}]}}, "stream": %q, "version": %d, "type": "RECORD"}`+"\n", i, s, i)
		default:
			b.WriteString(recordLine(s, fmt.Sprintf(`{"id": %d, "name": "name %d", "tags": [%d]}`, i, i, i)))
		}
	}
	return b.String()
}

// However many goroutines there are and however the input is cut, the author gets
// the same calls with the same bytes, in the same order.
func TestResultDoesNotDependOnWorkersOrChunks(t *testing.T) {
	records, small := 6_000, 2_000
	if testing.Short() {
		records, small = 1_000, 500
	}
	for name, test := range map[string]struct {
		config string
		input  string
	}{
		"batches by bytes":    {`"maximum_batch_size_mb": 0.3`, mixedInput(records)},
		"bytes, one schema":   {`"maximum_batch_size_mb": 0.3`, plainInput(records)},
		"batches by rows":     {`"maximum_batch_rows": 100`, mixedInput(records)},
		"one batch":           {`"maximum_batch_size_mb": 0`, mixedInput(small)},
		"checked":             {`"validation": "full", "on_invalid": "dead_letter", "dead_letter_path": "/dev/null", "maximum_dead_letters": 0`, mixedInput(small)},
		"constants":           {`"_streams": {"columns": {"source": "x", "name": 1}}`, mixedInput(small)},
		"a new schema a line": {`"maximum_batch_rows": 100`, alternatingInput(small)},
	} {
		t.Run(name, func(t *testing.T) {
			var want, wantCalls string
			for _, workers := range []int{1, 2, 3, 8} {
				for _, chunk := range []int{1 << 10, 10_000, 64 << 10, 4 << 20} {
					got := newHashing()
					config := fmt.Sprintf(`{"table": "t", "workers": %d, %s}`, workers, test.config)
					exit := base.Run(t.Context(), got, tracedInfo(), base.WithChunks(base.Env{
						Args: []string{"--config_json", config}, Stdin: strings.NewReader(test.input),
					}, chunk))
					if exit != 0 {
						t.Fatalf("exit code %d", exit)
					}
					sum := fmt.Sprintf("%d records, %x", got.records, got.all.Sum(nil))
					if want == "" {
						want, wantCalls = sum, got.calls.String()
					}
					if sum != want || got.calls.String() != wantCalls {
						t.Errorf("%d workers, chunks of %d bytes: %s, want %s", workers, chunk, sum, want)
					}
				}
			}
			if !strings.Contains(wantCalls, "export") {
				t.Error("nothing was exported")
			}
		})
	}
}

// plainInput has one schema, so that nothing but a limit ends a batch.
func plainInput(records int) string {
	var b strings.Builder
	b.WriteString(schemaLine("s"))
	for i := range records {
		b.WriteString(recordLine("s", fmt.Sprintf(`{"id": %d}`, i)))
		if i%100 == 0 {
			b.WriteString("a line of text\n" + stateLine(fmt.Sprintf(`{"bookmarks": {"s": %d}}`, i)))
		}
	}
	return b.String()
}

// alternatingInput changes the schema before every record.
func alternatingInput(records int) string {
	var b strings.Builder
	for i := range records {
		b.WriteString(schemaLine("s", `"id": {"type": "integer"}`, fmt.Sprintf(`"c%d": {"type": "integer"}`, i%3)))
		b.WriteString(recordLine("s", fmt.Sprintf(`{"id": %d, "c%d": 1}`, i, i%3)))
	}
	return b.String()
}

// A record that is checked by the schema before it would be refused, or let
// through, is checked by its own.
func TestEveryRecordIsCheckedByTheSchemaBeforeIt(t *testing.T) {
	var input strings.Builder
	for i := range 500 {
		kind, value := "integer", fmt.Sprint(i)
		if i%2 == 1 {
			kind, value = "string", fmt.Sprintf("%q", fmt.Sprint(i))
		}
		input.WriteString(schemaLine("s", `"v": {"type": "`+kind+`"}`))
		input.WriteString(recordLine("s", `{"v": `+value+`}`))
	}
	for _, workers := range []int{1, 4} {
		got := newHashing()
		var stderr bytes.Buffer
		exit := base.Run(t.Context(), got, tracedInfo(), base.WithChunks(base.Env{
			Args:  []string{"--config_json", fmt.Sprintf(`{"validation": "full", "workers": %d}`, workers)},
			Stdin: strings.NewReader(input.String()), Stderr: &stderr,
		}, 1<<10))
		if exit != 0 || got.records != 500 {
			t.Errorf("%d workers: exit code %d, %d records\n%.1000s", workers, exit, got.records, stderr.String())
		}
	}
}

// The next batch is read while one is exported, and no more than the memory allows.
func TestReadingGoesOnWhileABatchIsExported(t *testing.T) {
	const records = 2_000
	read := make(chan int, 1)
	source := &countingReader{text: schemaLine("s") + strings.Repeat(recordLine("s", `{"id": 1, "x": "`+strings.Repeat("x", 1000)+`"}`), records)}
	first := true
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
		if first {
			first = false
			read <- source.waitUntilIdle()
		}
		return nil
	}}
	var stdout bytes.Buffer
	exit := base.Run(t.Context(), d, tracedInfo(), base.Env{
		Args:  []string{"--config_json", `{"maximum_batch_size_mb": 0.5, "workers": 1}`},
		Stdin: source, Stdout: &stdout,
	})
	if exit != 0 {
		t.Fatalf("exit code %d", exit)
	}
	// A quarter of a MiB is exported, another one is held, and some chunks are ahead.
	if got := <-read; got < 400<<10 || got > 1100<<10 {
		t.Errorf("%d bytes were read while the first batch was exported", got)
	}
}

// countingReader counts what is read of it.
type countingReader struct {
	text string
	read atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	at := int(c.read.Load())
	if at == len(c.text) {
		return 0, io.EOF
	}
	n := copy(p, c.text[at:])
	c.read.Add(int64(n))
	return n, nil
}

// waitUntilIdle waits until nothing more is read for a while, and returns how much
// was.
func (c *countingReader) waitUntilIdle() int {
	for last := int64(-1); ; time.Sleep(200 * time.Millisecond) {
		now := c.read.Load()
		if now == last {
			return int(now)
		}
		last = now
	}
}
