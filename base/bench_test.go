package base

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// The stages of a run, each by itself over the same lines, so that it can be seen
// where the time of a record goes:
//
//	go test -run '^$' -bench Stage ./base
//
// cmd/bench measures whole processes beside others.

// benchSchema has 14 columns of all kinds.
const benchSchema = `{"type": "SCHEMA", "stream": "orders", "key_properties": ["id"], "disable_column_type_check": false, "schema": {
	"type": "object", "required": ["id"], "properties": {
	"id": {"type": "integer"}, "uuid": {"type": "string", "format": "uuid"}, "name": {"type": ["null", "string"], "maxLength": 80},
	"email": {"type": ["null", "string"], "format": "email"}, "created_at": {"type": "string", "format": "date-time"},
	"updated_at": {"type": ["null", "string"], "format": "date-time"}, "amount": {"type": ["null", "number"]},
	"quantity": {"type": "integer", "minimum": 0}, "active": {"type": "boolean"}, "status": {"enum": ["new", "paid", "sent"]},
	"country": {"type": ["null", "string"], "minLength": 2}, "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
	"tags": {"type": "array", "items": {"type": "string"}}, "notes": {"type": ["null", "string"]}}}}`

// benchLines are so many records of about 440 bytes, each with its line end.
func benchLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"type":"RECORD","stream":"orders","record":{"id":%d,"uuid":"%08x-12ab-4c3d-8e9f-0123456789ab","name":"customer %d",`+
			`"email":"customer.%d@example.com","created_at":"2024-05-%02dT08:09:10.123456Z","updated_at":"2024-06-%02dT08:09:10Z","amount":%d.%02d,`+
			`"quantity":%d,"active":%t,"status":"paid","country":"DE","score":0.%d,"tags":["a","b"],"notes":"%s"},"time_extracted":"2024-07-01T00:00:00Z"}`+"\n",
			i, i, i, i, i%28+1, i%28+1, i%1000, i%100, i%50, i%2 == 0, i+1, strings.Repeat("word ", i%10))
	}
	return b.Bytes()
}

// benchParser is a parser that knows the stream of benchSchema.
func benchParser(tb testing.TB, validation string) (*parser, *slab.Lease) {
	tb.Helper()
	return benchParserOf(tb, benchSchema, validation)
}

// benchParserOf is a parser that knows the stream of a SCHEMA message.
func benchParserOf(tb testing.TB, message, validation string) (*parser, *slab.Lease) {
	tb.Helper()
	m, err := singer.Parse(singer.Line{Text: []byte(message)})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := newStream(m.Stream, m, streamOverrides{})
	if err != nil {
		tb.Fatal(err)
	}
	p := newParser(limits{Validation: validation}, newRegistry(), newMemory(defaultChunk, false))
	if err := p.plan(s); err != nil {
		tb.Fatal(err)
	}
	p.registry.put(s)
	p.refresh()
	lease := &slab.Lease{}
	p.workFor(lease)
	return p, lease
}

func BenchmarkStageLines(b *testing.B) {
	text := benchLines(1000)
	home := singer.ChunkHome(defaultChunk, func([]byte) {})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		chunks := singer.NewChunks(bytes.NewReader(text), home)
		var lease slab.Lease
		for {
			chunk, err := chunks.Next(&lease)
			if err != nil {
				break
			}
			lines := singer.LinesOf(chunk.Text)
			for _, _, ok := lines.Next(); ok; _, _, ok = lines.Next() {
			}
			lease.Release()
		}
	}
	perRecord(b, 1000)
}

func BenchmarkStageSyntax(b *testing.B) {
	lines := bytes.SplitAfter(benchLines(1000), []byte("\n"))
	for b.Loop() {
		for _, line := range lines[:1000] {
			if _, err := rawjson.Check(line); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRecord(b, 1000)
}

func BenchmarkStageParse(b *testing.B) {
	for _, validation := range []string{"full", "mage", "off"} {
		b.Run(validation, func(b *testing.B) {
			p, lease := benchParser(b, validation)
			lines := bytes.Split(benchLines(1000), []byte("\n"))
			b.ReportAllocs()
			for b.Loop() {
				p.workFor(lease)
				for _, line := range lines[:1000] {
					e := p.entries.New()
					e.line = line
					if !p.parse(e) {
						b.Fatalf("%s is not taken", line)
					}
				}
				lease.Release()
			}
			perRecord(b, 1000)
		})
	}
}

func BenchmarkStageRun(b *testing.B) {
	for _, validation := range []string{"full", "mage", "off"} {
		b.Run(validation, func(b *testing.B) {
			const records = 50_000
			input := append([]byte(strings.ReplaceAll(benchSchema, "\n", "")+"\n"), benchLines(records)...)
			b.SetBytes(int64(len(input)))
			for b.Loop() {
				runNothing(b, bytes.NewReader(input), validation)
			}
			perRecord(b, records)
		})
	}
}

// nothing is a connector that takes records and does nothing with them.
type nothing struct {
	Destination[struct{}]
	records int
}

func (n *nothing) ExportBatchData(_ context.Context, recordData []RecordData, _ string, _ Tags) error {
	n.records += len(recordData)
	return nil
}

func runNothing(tb testing.TB, input io.Reader, validation string) (records int) {
	tb.Helper()
	d := &nothing{}
	config := fmt.Sprintf(`{"validation": %q, "maximum_batch_size_mb": 30}`, validation)
	if exit := Run(context.Background(), d, Info{Name: "nothing"}, Env{Args: []string{"--config_json", config}, Stdin: input}); exit != 0 {
		tb.Fatalf("exit code %d", exit)
	}
	return d.records
}

func perRecord(b *testing.B, records int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
}

// A long run allocates hardly more than a short one: what is left are batches and
// chunks, thousands of records each.
func TestRecordsAreReadWithoutAllocating(t *testing.T) {
	for _, validation := range []string{"full", "mage", "off"} {
		schema := strings.ReplaceAll(benchSchema, "\n", "") + "\n"
		mallocs := func(records int) float64 {
			input := append([]byte(schema), benchLines(records)...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if got := runNothing(t, bytes.NewReader(input), validation); got != records {
				t.Fatalf("%d records, want %d", got, records)
			}
			runtime.ReadMemStats(&after)
			return float64(after.Mallocs - before.Mallocs)
		}
		const short, long = 50_000, 150_000
		mallocs(short)
		// One allocation a record would be 1; what batches and chunks take is a twentieth.
		if each := (mallocs(long) - mallocs(short)) / (long - short); each > 0.2 {
			t.Errorf("%s: %.3f allocations a record", validation, each)
		}
	}
}

// Columns are found, and walked over, without allocating.
func TestColumnsAreFoundWithoutAllocating(t *testing.T) {
	p, _ := benchParser(t, "full")
	wide := benchWide(300)
	for name, line := range map[string][]byte{"14 columns": bytes.TrimSpace(benchLines(1))} {
		e := p.entries.New()
		e.line = line
		if !p.parse(e) {
			t.Fatal("the record is not taken")
		}
		r := Record{e}
		if n := testing.AllocsPerRun(100, func() {
			for column, value := range r.Columns() {
				if got, ok := r.Get(column); !ok || len(got) != len(value) {
					t.Fatal(column)
				}
			}
			_, _ = r.Get("no such column")
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = wide.Get("c150"); _, _ = wide.Get("c299") }); n != 0 {
		t.Errorf("300 columns: %v allocations", n)
	}
}

// benchWide is a record of so many columns in the order of their schema.
func benchWide(columns int) Record {
	var schema, record strings.Builder
	for i := range columns {
		fmt.Fprintf(&schema, `,"c%d":{"type":"integer"}`, i)
		fmt.Fprintf(&record, `,"c%d":%d`, i, i)
	}
	s := &Stream{Name: "s"}
	var err error
	if s.Schema, err = NewSchema([]byte(`{"properties":{` + schema.String()[1:] + `}}`)); err != nil {
		panic(err)
	}
	p := newParser(limits{Validation: "off"}, newRegistry(), newMemory(defaultChunk, false))
	p.workFor(&slab.Lease{})
	e := p.entries.New()
	if err := p.plan(s); err != nil {
		panic(err)
	}
	if err := p.makeRecord(e, s, []byte("{"+record.String()[1:]+"}")); err != nil {
		panic(err)
	}
	return Record{e}
}
