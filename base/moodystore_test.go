package base_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base"
)

// moodyStore keeps rows, and fails as it is drawn to: it says of each failure what is
// true of it. Some rows it never takes.
type moodyStore struct {
	base.Destination[tracedConfig]
	draw func(label string, n int) int // a number below n
	most int                           // records of a call; 0: any number
	bad  map[int]bool                  // ids that are refused
	left int                           // calls that may yet fail: nothing is tried for ever

	rows  []int // ids in the order they were stored
	marks map[string]base.Mark
	all   bool // a batch is stored as a whole or not at all
}

func (m *moodyStore) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	busy := errors.New("busy")
	m.left--
	mood := func(label string, n int) bool { return m.left > 0 && m.draw(label, n) == 0 }
	if mood("busy", 8) {
		return base.Retryable(busy)
	}
	if mood("busy for a while", 8) {
		return base.RetryAfter(busy, time.Nanosecond)
	}
	if m.most > 0 && len(recordData) > m.most {
		return base.TooLarge(errors.New("too much"))
	}
	failed := map[int]error{}
	var stored []int
	for i, item := range recordData {
		switch id := idOf(item); {
		case m.bad[id]:
			failed[i] = errors.New("never")
		case mood("row", 12):
			failed[i] = base.Retryable(busy)
		default:
			stored = append(stored, id)
		}
	}
	whole := m.all || base.BatchFromContext(ctx).RunID != ""
	switch {
	case len(failed) > 0 && whole && mood("word", 2) && slices.ContainsFunc(recordData, func(item base.RecordData) bool { return m.bad[idOf(item)] }):
		return base.Permanent(errors.New("one of them, never"))
	case len(failed) > 0 && whole:
		return &base.BatchError{Failed: failed, NoneStored: true}
	}
	m.rows = append(m.rows, stored...)
	if batch := base.BatchFromContext(ctx); batch.RunID != "" {
		m.marks[stream] = base.Mark{Last: batch.Last, Sum: batch.Sum}
	}
	if len(failed) > 0 {
		return &base.BatchError{Failed: failed}
	}
	return nil
}

func idOf(item base.RecordData) int {
	value, _ := item.Record.Get("id")
	id, err := strconv.Atoi(string(value))
	if err != nil {
		panic(err) // the input is this test's own
	}
	return id
}

func (m *moodyStore) ResumeRun(context.Context, string) (map[string]base.Mark, error) {
	return maps.Clone(m.marks), nil
}

// Whatever a store fails with, as long as it says the truth: when the run goes well
// every record is stored once or a dead letter, and none is both; when it does not, no
// state is told.
func TestMoodyStoreLosesNothing(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		letters := noFile(t, folder)
		n := rapid.IntRange(1, 40).Draw(t, "records")
		m := &moodyStore{
			draw: func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(t, label) },
			most: rapid.IntRange(0, 6).Draw(t, "most"), bad: drawRefused(t, n), left: 30, all: rapid.Bool().Draw(t, "all or none"),
		}
		var stdout bytes.Buffer
		config := fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q, "retry_wait": "1ns", "maximum_attempts": %d, "maximum_batch_rows": %d}`,
			letters, rapid.SampledFrom([]int{0, 3}).Draw(t, "attempts"), rapid.IntRange(0, 9).Draw(t, "rows"))
		exit := base.Run(context.Background(), m, tracedInfo(), base.Env{
			Args: []string{"--config_json", config}, Stdin: strings.NewReader(numbered(n)), Stdout: &stdout,
		})
		refused := lettersOf(t, letters)
		counts := map[int]int{}
		for _, id := range append(slices.Clone(m.rows), refused...) {
			counts[id]++
		}
		for id := 1; id <= n; id++ {
			if exit == 0 && counts[id] != 1 || counts[id] > 1 {
				t.Fatalf("exit code %d, and record %d is there %d times: stored %v, refused %v", exit, id, counts[id], m.rows, refused)
			}
		}
		if told := strings.Contains(stdout.String(), fmt.Sprintf(`"id": %d}`, n)); told != (exit == 0) {
			t.Fatalf("exit code %d and state %q", exit, stdout.String())
		}
	})
}

// noFile is a file in a folder that is not there.
func noFile(t *rapid.T, folder string) string {
	path := filepath.Join(folder, "letters")
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// drawRefused are the ids, up to n, that a store never takes.
func drawRefused(t *rapid.T, n int) map[int]bool {
	bad := map[int]bool{}
	for _, id := range rapid.SliceOfN(rapid.IntRange(1, n), 0, 5).Draw(t, "refused") {
		bad[id] = true
	}
	return bad
}

// numbered is an input of so many records, with a state at its end.
func numbered(n int) string {
	var lines strings.Builder
	lines.WriteString(schemaLine("users"))
	for id := 1; id <= n; id++ {
		lines.WriteString(recordLine("users", fmt.Sprintf(`{"id": %d}`, id)))
	}
	lines.WriteString(stateLine(fmt.Sprintf(`{"bookmarks": {"users": {"id": %d}}}`, n)))
	return lines.String()
}

func lettersOf(t *rapid.T, path string) (ids []int) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		var letter struct {
			Type, Original string
		}
		if err := json.Unmarshal([]byte(line), &letter); err != nil {
			t.Fatal(err)
		}
		if letter.Type != "DEAD_LETTER" {
			continue
		}
		var message struct{ Record struct{ ID int } }
		if err := json.Unmarshal([]byte(letter.Original), &message); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, message.Record.ID)
	}
	return ids
}

// Runs with one ID, cut off at any line and made again with batches of other sizes,
// store every row once, or set it aside at least once.
func TestResumedRunsStoreEveryRowOnce(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		letters := noFile(t, folder)
		n := rapid.IntRange(1, 40).Draw(t, "records")
		input := strings.SplitAfter(numbered(n), "\n")
		bad := drawRefused(t, n)
		marks := map[string]base.Mark{}
		var rows []int
		cuts := rapid.SliceOfN(rapid.IntRange(1, len(input)-2), 0, 5).Draw(t, "cuts")
		for i, cut := range append(cuts, len(input)) {
			m := &moodyStore{
				draw: func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(t, label) },
				most: rapid.IntRange(0, 6).Draw(t, "most"), bad: bad, left: 30, rows: rows, marks: marks,
			}
			lines := strings.Join(input[:cut], "")
			if i < len(cuts) {
				lines += `{"type": "CUT", "stream": "users", "off": 1}` + "\n"
			}
			config := fmt.Sprintf(`{"on_invalid": "dead_letter", "dead_letter_path": %q, "retry_wait": "1ns", "maximum_attempts": 0, "maximum_batch_rows": %d}`,
				letters, rapid.IntRange(0, 9).Draw(t, "rows"))
			var stderr bytes.Buffer
			exit := base.Run(context.Background(), m, tracedInfo(), base.Env{
				Args: []string{"--config_json", config, "--run_id", "one"}, Stdin: strings.NewReader(lines), Stderr: &stderr,
			})
			if want := map[bool]int{true: 1, false: 0}[i < len(cuts)]; exit != want {
				t.Fatalf("exit code %d, want %d\n%s", exit, want, stderr.String())
			}
			rows, marks = m.rows, m.marks
		}
		refused := lettersOf(t, letters)
		for id := 1; id <= n; id++ {
			stored := len(slices.DeleteFunc(slices.Clone(rows), func(other int) bool { return other != id }))
			if bad[id] && (stored > 0 || !slices.Contains(refused, id)) || !bad[id] && stored != 1 {
				t.Fatalf("record %d is stored %d times, refused %v: rows %v", id, stored, slices.Contains(refused, id), rows)
			}
		}
	})
}
