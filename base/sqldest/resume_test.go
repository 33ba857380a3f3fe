package sqldest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// rows are records of a stream without a key, numbered; the store takes them all.
func rows(stream string, from, to int) (lines []string) {
	for i := from; i <= to; i++ {
		lines = append(lines, record(stream, fmt.Sprintf(`"id":%d`, i)))
	}
	return lines
}

// A run that fails in the middle and is made again with the same ID stores each row
// once, although the stream has no key and batches are cut elsewhere.
func TestRunWithAnIDStoresEachRowOnce(t *testing.T) {
	s := newStore(t)
	s.args = []string{"--run_id", "load 1"}
	input := append([]string{schema("a", idInt)}, rows("a", 1, 10)...)
	broken := append(append([]string{}, input[:8]...), `{"type":"RECORD"`)

	s.config = `{"maximum_batch_rows": 3}`
	s.fail([]string{"malformed"}, broken...)
	s.want(`SELECT count(*) FROM a`, "7")
	s.want(`SELECT run_id, stream, last_record FROM _mage_dest_runs WHERE stream <> ''`, "'load 1' 'a' 7")

	s.config = `{"maximum_batch_rows": 4}`
	log := s.load(input...)
	s.want(`SELECT count(*), count(DISTINCT id) FROM a`, "10 10")
	s.want(`SELECT last_record, finished_at IS NULL FROM _mage_dest_runs WHERE stream <> ''`, "10 0")
	if !strings.Contains(log, "10 records read, 3 exported") {
		t.Errorf("the summary does not tell the skipped from the exported:\n%s", log)
	}
	s.load(input...) // whoever was killed at the very end is made again
	s.want(`SELECT count(*), count(DISTINCT id) FROM a`, "10 10")

	s.now = s.now.Add(8 * 24 * time.Hour)
	s.args = []string{"--run_id", "load 2"}
	s.load(input...)
	s.want(`SELECT count(*), count(DISTINCT id) FROM a`, "20 10")
	s.want(`SELECT run_id FROM _mage_dest_runs WHERE stream <> ''`, "'load 2'")
}

func TestRunWithoutAnIDIsANewLoad(t *testing.T) {
	s := newStore(t)
	input := append([]string{schema("a", idInt)}, rows("a", 1, 3)...)
	s.load(input...)
	s.load(input...)
	s.want(`SELECT count(*) FROM a`, "6")
	s.want(`SELECT count(*) FROM sqlite_master WHERE name = '_mage_dest_runs'`, "0")
}

// An ID that is used for another input would let rows be skipped that nobody has
// stored.
func TestRunWithAnIDRefusesAnotherInput(t *testing.T) {
	s := newStore(t)
	s.args = []string{"--run_id", "x"}
	start := append([]string{schema("a", idInt), schema("b", idInt)}, rows("a", 1, 5)...)
	s.fail([]string{"malformed"}, append(start, `{"type":`)...)
	s.want(`SELECT count(*) FROM a`, "5")

	state := `{"type":"STATE","value":{"bookmarks":{"a":9}}}`
	other := append(append([]string{schema("a", idInt)}, rows("a", 5, 10)...), state)
	exit, log := s.run(other...)
	if exit != 1 || !strings.Contains(lastLine(log), `stream a, line 6: record 5 of the stream is another one than the run "x" has stored`) {
		t.Errorf("exit code %d\n%s", exit, log)
	}
	if strings.Contains(log, "Final state") {
		t.Errorf("a state was told:\n%s", log)
	}
	short := append(append([]string{schema("a", idInt)}, rows("a", 1, 4)...), state)
	s.fail([]string{"the input has 4 records and the run", "has stored 5"}, short...)
	s.fail([]string{"stream a, of which the run", "is not in the input"}, schema("b", idInt))
	s.want(`SELECT count(*) FROM a`, "5")
	s.load(start...)
	s.want(`SELECT count(*) FROM a`, "5")
}

// A record that the store refuses is a dead letter before the mark passes it.
func TestRunWithAnIDSetsRefusedRecordsAside(t *testing.T) {
	s := newStore(t)
	path := t.TempDir() + "/dead.jsonl"
	s.args = []string{"--run_id", "x"}
	s.config = fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q}`, path)
	log := s.load(schema("a", idInt, keyID), record("a", `"id":1`), record("a", `"id":null`), record("a", `"id":2`))
	s.want(`SELECT id FROM a ORDER BY id`, "1", "2")
	if !strings.Contains(log, "2 exported, 1 rejected") {
		t.Errorf("the summary does not tell what was set aside:\n%s", log)
	}
}

// A row that a constraint of the table refuses is found by halving the batch.
func TestRowThatBreaksAConstraintIsFound(t *testing.T) {
	s := newStore(t)
	s.load(schema("a", idInt))
	if _, err := s.db.Exec(`CREATE TRIGGER no_seven BEFORE INSERT ON a WHEN NEW.id = 7 BEGIN SELECT RAISE(ABORT, 'seven is not allowed'); END`); err != nil {
		t.Fatal(err)
	}
	input := append([]string{schema("a", idInt)}, rows("a", 1, 20)...)
	s.fail([]string{"seven is not allowed"}, input...)
	s.want(`SELECT count(*) FROM a`, "0")
	s.config = fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q}`, t.TempDir()+"/dead.jsonl")
	log := s.load(input...)
	s.want(`SELECT count(*), count(DISTINCT id), sum(id) FROM a`, "19 19 203")
	if !strings.Contains(log, "19 exported, 1 rejected") {
		t.Errorf("the summary does not tell what was set aside:\n%s", log)
	}
}

// Where a batch was taken apart, and its last record set aside, a run is cut off and
// made again all the same.
func TestRunWithAnIDGoesOnBehindARecordThatWasSetAside(t *testing.T) {
	s := newStore(t)
	s.args = []string{"--run_id", "x"}
	s.config = fmt.Sprintf(`{"maximum_batch_rows": 5, "on_invalid": "dead_letter", "dead_letter_path": %q}`, t.TempDir()+"/dead.jsonl")
	state := `{"type":"STATE","value":{"bookmarks":{"a":20}}}`
	input := append(append([]string{schema("a", idInt, keyID)}, rows("a", 1, 20)...), state)
	for i := 5; i <= 20; i += 5 { // the last of each batch has no key
		input[i] = record("a", `"id":null`)
	}
	for cut := 3; cut < len(input); cut += 4 {
		s.fail([]string{"Unknown message type"}, append(append([]string{}, input[:cut]...), `{"type":"NOVEL","stream":"a","x":1}`)...)
	}
	log := s.load(input...)
	s.want(`SELECT count(*), count(DISTINCT id) FROM a`, "16 16")
	if !strings.Contains(log, `"state": {"bookmarks": {"a": 20}}`) {
		t.Errorf("the state is not told:\n%s", log)
	}
}
