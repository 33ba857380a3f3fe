package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/kafka"
)

// ledger is a store that keeps, with the rows, how far each run has come.
type ledger struct {
	mu    sync.Mutex
	rows  map[string]int // how often each came
	marks map[string]map[string]base.Mark
	owner map[string]*exact
}

// exact is a connector that stores each record once.
type exact struct {
	base.Destination[struct{}]
	ledger *ledger
	runID  string
}

func (e *exact) ResumeRun(_ context.Context, runID string) (map[string]base.Mark, error) {
	e.ledger.mu.Lock()
	defer e.ledger.mu.Unlock()
	e.runID, e.ledger.owner[runID] = runID, e
	marks := map[string]base.Mark{}
	for stream, mark := range e.ledger.marks[runID] {
		marks[stream] = mark
	}
	return marks, nil
}

func (e *exact) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	batch := base.BatchFromContext(ctx)
	e.ledger.mu.Lock()
	defer e.ledger.mu.Unlock()
	if e.ledger.owner[e.runID] != e {
		return errors.New("another process has taken the run over")
	}
	for i := range recordData {
		e.ledger.rows[string(recordData[i].Record.Raw())]++
	}
	if e.ledger.marks[batch.RunID] == nil {
		e.ledger.marks[batch.RunID] = map[string]base.Mark{}
	}
	e.ledger.marks[batch.RunID][stream] = base.Mark{Last: batch.Last, Sum: batch.Sum}
	return nil
}

// A store that keeps with the rows how far it has come holds each record once, also of
// streams without a key, when workers are given up before they have committed what they
// have stored.
func TestExactlyOnceWithoutKeys(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	l := &ledger{rows: map[string]int{}, marks: map[string]map[string]base.Mark{}, owner: map[string]*exact{}}
	var input strings.Builder
	input.WriteString(`{"type": "SCHEMA", "stream": "events", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}` + "\n")
	const records = 20000
	for i := range records {
		fmt.Fprintf(&input, `{"type": "RECORD", "stream": "events", "record": {"n": %d}}`+"\n", i)
	}
	start(t, newStore(), strings.NewReader(input.String()), "--feed", address+"?create=true&partitions=4").must(0)
	connector := func() base.Connector { return &exact{ledger: l} }
	work := func(ctx context.Context) int {
		return base.Run(ctx, connector(), base.Info{Name: "acme", Engine: kafka.Engine(connector)}, base.Env{
			Args: []string{"--work", address + "?idle=1s", "--config_json", `{"maximum_batch_rows": 100, "shutdown_timeout": "1ms"}`}, Stderr: &buffer{},
		})
	}
	count := func() (n int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.rows)
	}
	for n := 2000; n < records; n += 2000 { // each is given up in the middle
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan int, 1)
		go func() { ended <- work(ctx) }()
		eventually(t, "some more is stored", func() bool { return count() >= n })
		cancel()
		<-ended
	}
	if code := work(t.Context()); code != 0 {
		t.Errorf("the last worker ends with exit code %d", code)
	}
	if got := count(); got != records {
		t.Errorf("%d records are stored, want %d", got, records)
	}
	for record, times := range l.rows {
		if times != 1 {
			t.Fatalf("%s is stored %d times", record, times)
		}
	}
}
