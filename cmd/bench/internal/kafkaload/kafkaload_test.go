package kafkaload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
)

// TestMain has this program be the connector that only counts, as bench is.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == SinkVerb {
		os.Exit(Sink(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func orders(file string, records int) error {
	var b bytes.Buffer
	b.WriteString(`{"type":"SCHEMA","stream":"orders","key_properties":["id"],"schema":{"type":"object","properties":{"id":{"type":"integer"}}}}` + "\n")
	for id := range records {
		fmt.Fprintf(&b, `{"type":"RECORD","stream":"orders","record":{"id":%d}}`+"\n", id)
	}
	return os.WriteFile(file, b.Bytes(), 0o600)
}

func TestEveryWayLoadsTheSameRecords(t *testing.T) {
	var out, words bytes.Buffer
	code := Run(t.Context(), []string{"--records", "5000", "--runs", "2", "--workers", "1,2", "--postgres=false", "--json"}, orders, &out, &words)
	if strings.Contains(words.String(), kafkaserver.ErrNone.Error()) && code == 0 {
		t.Skip(strings.TrimSpace(words.String()))
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); code != 0 || err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, words.String())
	}
	if len(r.Stores) != 1 || len(r.Stores[0].Ways) != 3 || r.Stores[0].Ways[0].Ratio != 1 || len(r.Feed.Samples) != 2 {
		t.Errorf("got %+v, want the feed and one store with three ways", r)
	}
	for _, way := range r.Stores[0].Ways {
		if way.Records <= 0 || len(way.Samples) != 2 {
			t.Errorf("%s was not measured: %+v", way.Way, way)
		}
	}
}

// What was counted otherwise than by the plain pipe fails the measurement.
func TestOtherRecordsFail(t *testing.T) {
	target, err := newSinkTarget(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	count := func(text string) error {
		if err := errors.Join(target.empty(t.Context()), os.WriteFile(target.dir+"/1.count", []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		return target.holds(t.Context(), 10)
	}
	if err := count("10 77\n"); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{"9 77\n": "9 records were counted, want 10", "10 78\n": "have the checksum"} {
		if err := count(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("after %q: %v, want %q", text, err, want)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for args, want := range map[string]string{
		"--runs 0": "--runs: want 1 or more", "--workers 1,x": "want numbers from 1 on", "extra": `unknown argument "extra"`,
	} {
		var words bytes.Buffer
		if code := Run(t.Context(), strings.Fields(args), orders, io.Discard, &words); code != 2 || !strings.Contains(words.String(), want) {
			t.Errorf("%s: exit code %d and %q, want 2 and %q", args, code, words.String(), want)
		}
	}
}

func TestTableTellsRatios(t *testing.T) {
	took := func(seconds float64) result {
		r := result{Samples: []figures.Sample{{Wall: time.Duration(seconds * float64(time.Second)), CPU: time.Second}}}
		r.sum("way", 1000)
		return r
	}
	r := report{Environment: "here", Records: 1000, Bytes: 4000, Partitions: 8, Runs: 1, Feed: took(1), Stores: []stored{{"no-op", []result{took(1), took(2)}}}}
	r.Stores[0].Ways[1].Ratio = figures.Ratio(r.Stores[0].Ways[1].Records, r.Stores[0].Ways[0].Records)
	var out bytes.Buffer
	if err := table(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1,000 records of 14 columns", "topic", "0.50"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, &out)
		}
	}
}
