// Package basetest proves that a connector loses nothing: one line in a test of the
// connector makes every test of package conform that it claims to pass.
//
//	func TestConformance(t *testing.T) {
//		basetest.Run(t, New, basetest.Options{Config: testConfig})
//	}
//
// The connector is run as a process, like in production: the test binary starts itself
// again, and is then the connector. So it can be killed, signalled and cut off from its
// output, with the race detector if the tests have it. Between base and the connector's
// ExportBatchData stands an exporter that follows a script: it makes the store fail in
// every way that base has a rule for, and keeps a journal of what was confirmed, which
// stands in for the store where Options.ReadBack is not given.
package basetest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/conform"
)

// Options say how the connector is run; all but Config may be left out.
type Options struct {
	// Info is what the connector's main gives to base.Main.
	Info base.Info

	// Setup is called before the first test; where it skips, none is made. It is not
	// called in the processes that are the connector, which what stands before Run is.
	Setup func(t *testing.T)

	// Config returns, as JSON, the config of a store that one test has for itself; dir
	// is a folder that it may use; the same dir gives the same config.
	Config func(t *testing.T, dir string) string

	// BadConfig returns one with which nothing can be stored: a folder that is not
	// there, a port where nobody listens.
	BadConfig func(t *testing.T, dir string) string

	// ReadBack returns the rows that the store of a config holds of a stream, as JSON
	// values by column; none if there is no such stream. Without it tests that need to
	// see the store itself are left out, and tell so.
	ReadBack func(ctx context.Context, config, stream string) ([]map[string]json.RawMessage, error)

	// Records is the length of the run that looks at memory. Default: 100,000, or the
	// environment variable MAGE_DEST_CONFORM_RECORDS.
	Records int
}

// Run makes the tests of package conform, each as a subtest of its own:
// go test -run TestConformance/14 makes one. The connector is run in processes of its
// own, but for one short run that tells whether its ExportBatchData is written.
func Run[D base.Connector](t *testing.T, newConnector func() D, o Options) {
	t.Helper()
	if text, ok := os.LookupEnv(conform.ScriptVariable); ok {
		os.Exit(play(text, newConnector(), o.Info))
	}
	if o.Setup != nil {
		o.Setup(t)
	}
	if told := unfinished(t, newConnector(), o); told != "" {
		t.Skip(told)
	}
	session, ahead := begin(t, target(t, o), conform.Options{Dir: t.TempDir(), Jobs: sideBySide, Records: records(t, o)})
	for _, c := range conform.Cases() {
		t.Run(nameOf(c), func(t *testing.T) {
			if begun, ok := ahead[c.Number]; ok {
				judge(t, c, <-begun)
				return
			}
			judge(t, c, session.Try(t.Context(), c))
		})
	}
}

func nameOf(c conform.Case) string { return fmt.Sprintf("%02d %s", c.Number, c.Name) }

// begin makes the tests that -run asks for, several at a time, ahead of their subtests:
// mostly they wait for a process.
func begin(t *testing.T, target conform.Target, o conform.Options) (*conform.Session, map[int]chan conform.Result) {
	t.Helper()
	ahead := map[int]chan conform.Result{}
	for _, c := range conform.Cases() {
		if chosen(t, nameOf(c)) {
			ahead[c.Number] = make(chan conform.Result, 1)
			o.Only = append(o.Only, c.Number)
		}
	}
	o.Done = func(result conform.Result) { ahead[result.Number] <- result }
	session, err := conform.Open(t.Context(), target, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Only) > 0 { // none at all would mean all
		go session.Run(t.Context()) //nolint:errcheck // it is that the test has ended
	}
	return session, ahead
}

// chosen tells whether -run asks for a subtest. One that it does not know for sure is
// made when its turn comes.
func chosen(t *testing.T, name string) bool {
	t.Helper()
	asked := flag.Lookup("test.run")
	if asked == nil {
		return false
	}
	parts := strings.Split(asked.Value.String(), "/")
	depth := strings.Count(t.Name(), "/") + 1
	if len(parts) <= depth {
		return true
	}
	pattern, err := regexp.Compile(parts[depth])
	return err == nil && pattern.MatchString(strings.ReplaceAll(name, " ", "_"))
}

func judge(t *testing.T, c conform.Case, result conform.Result) {
	t.Helper()
	if result.Note != "" {
		t.Log(result.Note)
	}
	switch result.Status {
	case conform.NotClaimed, conform.NoReadBack:
		t.Skip(result.Status)
	case conform.Failed:
		for _, fault := range result.Faults {
			what := ""
			if fault.Loses {
				what = "DATA IS LOST: "
			}
			t.Errorf("%s%s\nsee it again: %s", what, fault.What, fault.Again)
		}
		t.Logf("demanded: %s\nwhy: %s\nto mend it: %s", c.Asserts, c.Why, c.Mend)
	case conform.Passed:
	}
}

// target is this test binary, which becomes the connector where it finds a script.
func target(t *testing.T, o Options) conform.Target {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var name []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		name = append(name, "^"+regexp.QuoteMeta(part)+"$")
	}
	target := conform.Target{Command: []string{self, "-test.run=" + strings.Join(name, "/")}, Inside: true}
	config := func(of func(*testing.T, string) string) func(string) ([]byte, error) {
		if of == nil {
			return nil
		}
		return func(dir string) ([]byte, error) { return []byte(of(t, dir)), nil }
	}
	target.Config, target.BadConfig = config(o.Config), config(o.BadConfig)
	if o.ReadBack != nil {
		target.ReadBack = func(ctx context.Context, dir, stream string) ([]conform.Row, error) {
			found, err := o.ReadBack(ctx, o.Config(t, dir), stream)
			rows := make([]conform.Row, len(found))
			for i, row := range found {
				rows[i] = row
			}
			return rows, err
		}
	}
	return target
}

func records(t *testing.T, o Options) int {
	t.Helper()
	n := 100_000
	if o.Records > 0 {
		n = o.Records
	}
	if text, ok := os.LookupEnv("MAGE_DEST_CONFORM_RECORDS"); ok {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatalf("MAGE_DEST_CONFORM_RECORDS: %v", err)
		}
	}
	return n
}

// unfinished tells what is still to be done in a connector whose ExportBatchData is the
// stub, "" if it is written. A stub that told a state, or ended well, would be a fault.
func unfinished(t *testing.T, d base.Connector, o Options) string {
	t.Helper()
	var stdout, stderr strings.Builder
	env := base.Env{Stdout: &stdout, Stderr: &stderr, Stdin: strings.NewReader(
		`{"type":"SCHEMA","stream":"basetest","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":[]}` + "\n" +
			`{"type":"RECORD","stream":"basetest","record":{"id":1}}` + "\n" + `{"type":"STATE","value":{"bookmarks":{"basetest":1}}}` + "\n")}
	if o.Config != nil {
		env.Args = []string{"--config_json", o.Config(t, t.TempDir())}
	}
	exit := base.Run(t.Context(), d, o.Info, env)
	if !strings.Contains(stderr.String(), base.ErrNotImplemented.Error()) {
		return ""
	}
	if exit != 1 || stdout.String() != "" {
		t.Errorf("nothing is stored, and the run ended with exit code %d and the state %q", exit, stdout.String())
	}
	return "STILL TO DO: write ExportBatchData. Until then a run fails and tells no state."
}
