package pgload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// orders writes a small input of the columns that the checksum wants.
func orders(file string, records int) error {
	var b bytes.Buffer
	b.WriteString(`{"type":"SCHEMA","stream":"orders","key_properties":["id"],"schema":{"type":"object","properties":{"id":{"type":"integer"}`)
	columns := strings.Fields("account_id name email phone status amount discount quantity active country created_at updated_at notes")
	for _, column := range columns {
		fmt.Fprintf(&b, `,%q:{"type":["null","string"]}`, column)
	}
	b.WriteString("}}}\n")
	for id := range records {
		fmt.Fprintf(&b, `{"type":"RECORD","stream":"orders","record":{"id":%d,"name":"name %d"}}`+"\n", id, id)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func TestEveryWayLeavesTheSameRows(t *testing.T) {
	var out, words bytes.Buffer
	code := Run(t.Context(), []string{"--records", "300", "--runs", "1", "--json"}, orders, &out, &words)
	if strings.Contains(words.String(), pgserver.ErrNone.Error()) && code == 0 {
		t.Skip(strings.TrimSpace(words.String()))
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, words.String())
	}
	if len(r.Ways) != 4 || r.Ways[0].Ratio != 1 {
		t.Errorf("got %+v, want four ways and psql first", r.Ways)
	}
	for _, w := range r.Ways {
		if w.Rows <= 0 || w.Ratio <= 0 || len(w.Samples) != 1 {
			t.Errorf("%s was not measured: %+v", w.Way, w)
		}
	}
}

func TestOtherRowsFail(t *testing.T) {
	store, err := openStore()
	if errors.Is(err, pgserver.ErrNone) {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer store.close()
	s := &stage{store: store, dir: t.TempDir(), records: 300}
	if _, err := s.set(context.Background(), orders, io.Discard); err != nil {
		t.Fatal(err)
	}
	for statement, want := range map[string]string{
		"UPDATE bench.orders SET name = 'another' WHERE id = 7": "are others than those of the first load",
		"DELETE FROM bench.orders WHERE id = 7":                 "299 rows are in bench.orders, want 300",
	} {
		if err := s.prepare(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if err := s.holds(t.Context(), way{title: "a load", table: ours}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("after %s: got %v, want %q", statement, err, want)
		}
		if _, err := s.run(t.Context(), way{title: "a load", table: ours, command: s.connector}); err != nil {
			t.Errorf("loaded again after %s: %v", statement, err)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for args, want := range map[string]string{
		"--runs 0": "--runs: want 1 or more, not 0", "--records -1": "--records: want 1 or more, not -1", "extra": `unknown argument "extra"`,
	} {
		var words bytes.Buffer
		if code := Run(t.Context(), strings.Fields(args), orders, io.Discard, &words); code != 2 || !strings.Contains(words.String(), want) {
			t.Errorf("%s: exit code %d and %q, want 2 and %q", args, code, words.String(), want)
		}
	}
}

func TestTableTellsRatios(t *testing.T) {
	took := func(seconds ...float64) result {
		var r result
		for _, s := range seconds {
			r.Samples = append(r.Samples, figures.Sample{Wall: time.Duration(s * float64(time.Second)), CPU: time.Second / 2, PeakKiB: 20 << 10})
		}
		r.sum("way", 1000)
		return r
	}
	r := report{Environment: "here", Server: "15", Records: 1000, Bytes: 4000, Runs: 3, Ways: []result{took(1, 2, 3), took(4, 4, 4)}}
	r.Ways[1].Ratio = figures.Ratio(r.Ways[1].Rows, r.Ways[0].Rows)
	var out bytes.Buffer
	if err := table(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"way  500     -        100 %   0.500  20", "way  250     0.500    0 %     0.500  20"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%swant a line %q", out.String(), want)
		}
	}
}
