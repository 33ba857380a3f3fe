package sqldest_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// A process that was held up and does not know that another one has taken its run over
// writes nothing any more: no row twice, no later row by an earlier one, no mark back.
func TestRunThatWasTakenOverWritesNothing(t *testing.T) { takenOver(t, newStore(t)) }

func takenOver(t *testing.T, s *store) {
	input := strings.Join(append([]string{schema("a", idInt)}, rows("a", 1, 10)...), "\n")
	batches := 0
	run := func(export func(context.Context, base.Exporter, []base.RecordData, string, base.Tags) error) (int, string) {
		var stderr bytes.Buffer
		exit := base.Run(t.Context(), &connector{store: s}, base.Info{Name: "test"}, base.Env{
			Args:  []string{"--config_json", `{"maximum_batch_rows": 3}`, "--run_id", "x"},
			Stdin: strings.NewReader(input), Stderr: &stderr, Export: export,
		})
		return exit, stderr.String()
	}
	exit, log := run(func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
		if batches++; batches == 2 { // as if this process had slept meanwhile
			other := sqldest.New(s.db, s.dialect, s.options)
			marks, err := other.ResumeRun(ctx, "x")
			if err != nil || marks["a"].Last != 3 {
				t.Errorf("the other process resumes at %v, %v", marks, err)
			}
		}
		return d.ExportBatchData(ctx, recordData, stream, tags)
	})
	if exit != 1 || !strings.Contains(lastLine(log), "another process has taken the run over") {
		t.Errorf("exit code %d\n%s", exit, lastLine(log))
	}
	s.want(`SELECT count(*), max(id) FROM a`, "3 3")
	if exit, log := run(nil); exit != 0 {
		t.Fatalf("the next process: exit code %d\n%s", exit, log)
	}
	s.want(`SELECT count(*), count(DISTINCT id) FROM a`, "10 10")
}
