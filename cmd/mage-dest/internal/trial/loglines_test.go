package trial

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func logged(level, message, tags string) string {
	return fmt.Sprintf(`{"caller": "Acme", "level": %q, "message": %q, "tags": %s, "timestamp": 1, "uuid": "x", "type": "LOG"}`, level, message, tags)
}

// reportOf reads a log in which a millisecond passes with every look at the clock.
func reportOf(lines ...string) *Report {
	now := time.Unix(0, 0)
	report := &Report{}
	reader := logReader{report: report, now: func() time.Time { now = now.Add(time.Millisecond); return now }}
	for _, line := range lines {
		reader.line(line)
	}
	reader.end()
	return report
}

func TestLogTellsTheCalls(t *testing.T) {
	const users, orders = `{"batch": 3, "records": 2, "stream": "users"}`, `{"batch": 3, "records": 5, "stream": "orders"}`
	started := func(stream, tags string) string {
		return logged("INFO", "Acme process record data for stream "+stream+" started.", tags)
	}
	completed := func(stream, tags string) string {
		return logged("INFO", "Acme process record data for stream "+stream+" completed.", tags)
	}
	stored := Call{Stream: "users", Batch: 3, Records: 2, Millis: 1, Stored: true}
	failed := Call{Stream: "users", Batch: 3, Records: 2, Millis: 1}
	other := Call{Stream: "orders", Batch: 3, Records: 5, Millis: 1, Stored: true}
	for name, test := range map[string]struct {
		log  []string
		want []Call
	}{
		"stored":                        {[]string{started("users", users), completed("users", users)}, []Call{stored}},
		"failed, as the next one tells": {[]string{started("users", users), started("orders", orders), completed("orders", orders)}, []Call{failed, other}},
		"failed, as the end of the set tells": {[]string{started("users", users),
			logged("INFO", "Process batch set completed.", "{}")}, []Call{failed}},
		"failed, as the error tells": {[]string{started("users", users),
			logged("EXCEPTION", "Acme process failed.", `{"errors": ["stream users: away"]}`)}, []Call{failed}},
		"failed, as the connector's death tells": {[]string{started("users", users)}, []Call{failed}},
		"what the author says ends no call": {[]string{started("users", users),
			"fmt.Println", logged("INFO", "wrote", `{"stream": 7}`), completed("users", users)}, []Call{stored}},
		"record by record": {[]string{
			logged("INFO", "Acme process record started.", `{"stream": "users"}`),
			logged("INFO", "Acme process record completed.", `{"stream": "users"}`)},
			[]Call{{Stream: "users", Records: 1, Millis: 1, Stored: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := reportOf(test.log...).Calls; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestLogTellsErrorsAndCounts(t *testing.T) {
	report := reportOf(
		logged("INFO", "Acme process started.", "{}"),
		logged("INFO", "Acme process record data for stream users started.", `{"stream": "users"}`),
		logged("INFO", "3 records read.", `{"summary": {"streams": {
			"a": {"read": 1, "exported": 0, "rejected": 1, "validation": "checked (full)"},
			"users": {"read": 2, "exported": 2, "rejected": 0, "validation": "checked (mage)"}}}}`),
		logged("EXCEPTION", "Acme process failed.", `{"errors": ["one", "two"]}`),
	)
	want := []StreamCounts{
		{Stream: "users", Read: 2, Exported: 2, Validation: "checked (mage)"},
		{Stream: "a", Read: 1, Rejected: 1, Validation: "checked (full)"},
	}
	if !reflect.DeepEqual(report.Streams, want) {
		t.Errorf("got %+v, want the streams in the order of their calls, then by name: %+v", report.Streams, want)
	}
	if got := strings.Join(report.Errors, ","); got != "one,two" {
		t.Errorf("got the errors %s, want both", got)
	}
	if len(report.Said) > 0 {
		t.Errorf("the steps of a run are taken for words of the connector: %q", report.Said)
	}
}

func TestWordsOfTheConnectorAreKept(t *testing.T) {
	report := reportOf("plain text", "",
		logged("WARNING", "config key \"x\" is not known", "{}"),
		logged("INFO", "Unable to parse: hello\n", "{}"),
		logged("INFO", "wrote", `{"rows": 3}`),
		`{"type": "STATE", "value": 1}`)
	want := []string{"plain text", `WARNING config key "x" is not known`, "INFO Unable to parse: hello", `INFO wrote {"rows": 3}`, `{"type": "STATE", "value": 1}`}
	if !reflect.DeepEqual(report.Said, want) {
		t.Errorf("got %q, want %q", report.Said, want)
	}
}
