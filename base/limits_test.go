package base_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// batches notes the size of every batch.
func batches(sizes *[]int) func(context.Context, []base.RecordData, string, base.Tags) error {
	return func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		*sizes = append(*sizes, len(recordData))
		return nil
	}
}

func TestBatchesEndAtTheirLimits(t *testing.T) {
	records := func(n, width int) string {
		var b strings.Builder
		b.WriteString(schemaLine("s"))
		for i := range n {
			b.WriteString(recordLine("s", fmt.Sprintf(`{"id": %d, "x": %q}`, i, strings.Repeat("x", width))))
		}
		return b.String()
	}
	for name, test := range map[string]struct {
		config, input, want string
	}{
		"rows":               {`{"maximum_batch_rows": 3}`, records(7, 1), "[3 3 1]"},
		"beyond all memory":  {`{"maximum_batch_size_mb": 1e300}`, records(7, 1), "[7]"},
		"one row":            {`{"maximum_batch_rows": 1}`, records(3, 1), "[1 1 1]"},
		"no limit":           {`{"maximum_batch_rows": 0, "maximum_batch_size_mb": 0, "maximum_batch_age": 0}`, records(2000, 1000), "[2000]"},
		"bytes":              {`{"maximum_batch_size_mb": 1}`, records(4, 300<<10), "[2 2]"},
		"less than a record": {`{"maximum_batch_size_mb": 0.001}`, records(3, 2<<10), "[1 1 1]"},
		"the default is 100, of which one half is exported while the other is filled; the first ones are smaller": {`{"table": "t"}`, records(80, 2<<20), "[4 7 13 25 25 6]"},
		"first ones that would be too small are not":                                                              {`{"maximum_batch_size_mb": 16}`, records(20, 1<<20), "[4 4 4 8]"},
	} {
		var sizes []int
		play(t, &plain{export: batches(&sizes)}, test.config, test.input).says(t, 0)
		if fmt.Sprint(sizes) != test.want {
			t.Errorf("%s: batches of %v, want %s", name, sizes, test.want)
		}
	}
}

// A lone record leaves in time, though the tap says nothing more.
func TestRecordLeavesWhenItIsTooOld(t *testing.T) {
	reader, writer := io.Pipe()
	exported := make(chan struct{})
	var once sync.Once
	d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
		once.Do(func() { close(exported) })
		return nil
	}}
	ended := make(chan outcome, 1)
	go func() { ended <- playReader(t, d, `{"maximum_batch_age": "50ms"}`, reader) }()
	_, _ = io.WriteString(writer, schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState))
	select {
	case <-exported:
	case <-time.After(20 * time.Second):
		t.Fatal("the record is still held")
	}
	_ = writer.Close()
	got := <-ended
	got.says(t, 0)
	if strings.TrimSpace(got.stdout) != usersState {
		t.Errorf("state %q", got.stdout)
	}
}

func TestBatchesOfOneSchema(t *testing.T) {
	var sizes []int
	input := schemaLine("s") + recordLine("s", `{"id": 1}`) + schemaLine("s") + recordLine("s", `{"id": 2}`) +
		schemaLine("s", `"id": {"type": "string"}`) + recordLine("s", `{"id": "3"}`)
	play(t, &plain{export: batches(&sizes)}, `{"table": "t"}`, input).says(t, 0)
	if fmt.Sprint(sizes) != "[2 1]" {
		t.Errorf("batches of %v: a repeated schema must not end a batch, a changed one must", sizes)
	}
}

func TestBatchIsToldWhichItIs(t *testing.T) {
	var got []string
	ids := map[string]bool{}
	d := &plain{export: func(ctx context.Context, _ []base.RecordData, stream string, tags base.Tags) error {
		b := base.BatchFromContext(ctx)
		ids[b.ID] = true
		got = append(got, fmt.Sprint(stream, b.Attempt, b.First, b.Last, tags["batch"], tags["records"]))
		return nil
	}}
	input := schemaLine("a") + schemaLine("b") + strings.Repeat(recordLine("a", `{"id": 1}`), 3) + recordLine("b", `{"id": 1}`)
	play(t, d, `{"maximum_batch_rows": 2}`, input).says(t, 0)
	if want := "[a1 1 2 0 2 a1 3 3 1 1 b1 1 1 1 1]"; fmt.Sprint(got) != want || len(ids) != 3 || ids[""] {
		t.Errorf("%v with %d ids, want %s", got, len(ids), want)
	}
	if base.BatchFromContext(t.Context()) != (base.Batch{}) {
		t.Error("outside of an export there is a batch")
	}
}

func TestInputFromAFile(t *testing.T) {
	d := &plain{}
	play(t, d, `{"table": "t"}`, schemaLine("s"), "--input_file_path", filepath.Join(t.TempDir(), "none")).says(t, 1, "open --input_file_path")
}
