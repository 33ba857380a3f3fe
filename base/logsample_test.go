package base_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// A tap, or an author, that logs a line for every record does not fill the log.
func TestLinesOfOneShapeAreBounded(t *testing.T) {
	const n = 20_000
	var noise, relayed strings.Builder
	for i := range n {
		fmt.Fprintf(&noise, "tap: fetched page %d\n", i)
		fmt.Fprintf(&relayed, `{"level": "info", "message": "page %d of users"}`+"\n", i)
	}
	author := &plain{}
	author.export = func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		for i := range recordData {
			author.Logger().Info(fmt.Sprintf("sent record %d", i))
		}
		return nil
	}
	inputs := map[string]string{
		"Unable to parse: tap: fetched page": noise.String(),
		"page ":                              relayed.String(),
		"sent record":                        recordsOf("users", make([]int, n)),
	}
	for words, input := range inputs {
		got := play(t, author, `{"table": "t"}`, input)
		got.says(t, 0, fmt.Sprintf("%d more lines like this one were left out: ", n-100))
		if lines := strings.Count(got.stderr, words); lines < 100 || lines > 102 {
			t.Errorf("%q: %d lines", words, lines)
		}
		got = play(t, &plain{export: author.export}, `{"table": "t"}`, input, "--debug")
		if words != "sent record" && strings.Count(got.stderr, words) != n {
			t.Errorf("%q: with --debug %d of %d lines", words, strings.Count(got.stderr, words), n)
		}
	}
}

// Figures that Mage adds up, base's own lines and errors are all written.
func TestLinesThatCountAreNeverLeftOut(t *testing.T) {
	d := &plain{}
	d.export = func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		for i := range 200 {
			d.Logger().Info("inserted", "records_inserted", i)
		}
		return nil
	}
	got := play(t, d, `{"maximum_batch_rows": 1}`, recordsOf("users", make([]int, 120)))
	if n := strings.Count(got.stderr, `"message": "inserted"`); n != 200*120 {
		t.Errorf("%d of %d lines", n, 200*120)
	}
	if n := strings.Count(got.stderr, "Process batch set completed."); n != 121 {
		t.Errorf("%d lines about sets that are completed, want 121", n)
	}
}

// As time goes on lines are written again, with the count of those that were not; the
// clock may be set back meanwhile.
func TestLinesAreWrittenAgainAfterAWhile(t *testing.T) {
	for name, jump := range map[string]time.Duration{"forward": 11 * time.Second, "back": -time.Hour} {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		d := &plain{}
		d.export = func(context.Context, []base.RecordData, string, base.Tags) error {
			for range 150 {
				d.Logger().Info("again")
			}
			now = now.Add(jump)
			d.Logger().Info("again")
			return nil
		}
		var stderr strings.Builder
		base.Run(t.Context(), d, tracedInfo(), base.Env{
			Args: []string{"--config_json", `{"table": "t"}`}, Stdin: strings.NewReader(recordsOf("users", []int{1})),
			Stderr: &stderr, Now: func() time.Time { return now },
		})
		if got := strings.Count(stderr.String(), `"message": "again"`); got != 101 || !strings.Contains(stderr.String(), "50 more lines like this one were left out: again") {
			t.Errorf("%s: %d lines\n%s", name, got, stderr.String())
		}
	}
}
