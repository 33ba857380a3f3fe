package base_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// soon fails the test if f takes much longer than input of its size may take:
// what is quadratic takes minutes here.
func soon(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Minute): // the race detector makes it ten times slower
		t.Fatal("still at it after two minutes")
	}
}

func TestHostileInput(t *testing.T) {
	const checkFull = `{"table": "t", "validation": "full"}`
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	columns := func(n int, value string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `"c%d":%s`, i, value)
		}
		return b.String()
	}
	tests := []struct {
		name, config, input string
		exit                int
		says                string
		records             int
	}{
		{name: "a line of 64 MiB", input: schemaLine("s") + recordLine("s", `{"id": 1, "text": "`+strings.Repeat("x", 64<<20)+`"}`), records: 1},
		{name: "100,000 columns", input: schemaLine("s", columns(100_000, `{"type":["null","integer"]}`)) + recordLine("s", "{"+columns(100_000, "1")+"}"), records: 1},
		{name: "100,000 columns checked", input: checkedLine("s", columns(100_000, `{"type":["null","integer"]}`)) + recordLine("s", "{"+columns(100_000, "1")+"}"), records: 1},
		{name: "20,000 columns that are all wrong", config: checkFull, exit: 1, says: "and 19900 more",
			input: schemaLine("s", columns(20_000, `{"type":["null","integer"]}`)) + recordLine("s", "{"+columns(20_000, `"x"`)+"}")},
		{name: "20,000 columns that are not allowed", config: checkFull, exit: 1, says: "not allowed here: c0, c1, c10,",
			input: `{"type": "SCHEMA", "stream": "s", "schema": {"properties": {}, "additionalProperties": false}}` + "\n" + recordLine("s", "{"+columns(20_000, "1")+"}")},
		{name: "a type of a megabyte", exit: 1, says: "Unknown message type xxx", input: `{"type": "` + strings.Repeat("x", 1<<20) + `"}` + "\n"},
		{name: "a column of 100,000 types", input: schemaLine("s", `"id": {"type": ["null"`+strings.Repeat(`, "integer"`, 100_000)+`]}`) + recordLine("s", `{"id": 1}`), records: 1},
		{name: "9,990 brackets", input: schemaLine("s") + recordLine("s", `{"id": 1, "a": `+nested(9_990)+`}`), records: 1},
		{name: "9,990 brackets checked", config: checkFull, input: schemaLine("s", `"a": {"type": "array"}`) + recordLine("s", `{"a": `+nested(9_990)+`}`), records: 1},
		{name: "20,000 brackets", exit: 1, says: "line 2: malformed message: column 10049: nested deeper than 10000 levels", input: schemaLine("s") + recordLine("s", `{"a": `+nested(20_000)+`}`)},
		{name: "a million brackets", exit: 1, says: "nested deeper than 10000 levels", input: schemaLine("s") + recordLine("s", `{"a": `+nested(1_000_000)+`}`)},
		{name: "a schema of 20,000 brackets", exit: 1, says: "nested deeper", input: schemaLine("s", `"a": {"default": `+nested(20_000)+`}`)},
		{name: "a million repeated keys", input: schemaLine("s") + recordLine("s", `{`+strings.Repeat(`"id": 1, `, 1_000_000)+`"id": 2}`), records: 1},
		{name: "a million keys beside the record", input: schemaLine("s") + `{"type": "RECORD", "stream": "s", ` + strings.Repeat(`"k": 1, `, 1_000_000) + `"record": {"id": 1}}` + "\n", records: 1},
		{name: "1e1000000 checked", config: checkFull, input: schemaLine("s", `"a": {"type": "number", "minimum": 0}`) + strings.Repeat(recordLine("s", `{"a": 1e1000000}`), 2000), records: 2000},
		{name: "1e999999999 checked", config: checkFull, input: schemaLine("s", `"a": {"type": "number", "multipleOf": 5, "minimum": 0}`) + recordLine("s", `{"a": 1e999999999}`), records: 1},
		{name: "1e-999999999 checked", config: checkFull, exit: 1, says: "/a: want integer, not number", input: schemaLine("s", `"a": {"type": "integer", "multipleOf": 3, "maximum": 0}`) + recordLine("s", `{"a": 1e-999999999}`)},
		{name: "an integer of 20,000 digits checked", config: checkFull, input: schemaLine("s", `"a": {"type": "integer", "minimum": 0}`) + recordLine("s", `{"a": `+strings.Repeat("9", 20_000)+`}`), records: 1},
		{name: "an integer of a million digits", input: schemaLine("s") + recordLine("s", `{"id": `+strings.Repeat("9", 1_000_000)+`}`), records: 1},
		{name: "an integer of a million digits checked", config: checkFull, records: 1,
			input: schemaLine("s", `"a": {"type": "integer", "minimum": 0, "multipleOf": 9}`) + recordLine("s", `{"a": `+strings.Repeat("9", 1_000_000)+`}`)},
		{name: "an integer of a million digits refused", config: checkFull, exit: 1, says: "a number of 1000000 digits",
			input: schemaLine("s", `"a": {"type": "integer", "maximum": 0}`) + recordLine("s", `{"a": `+strings.Repeat("9", 1_000_000)+`}`)},
		{name: "a pattern that backtracks elsewhere", config: checkFull, exit: 1, says: "does not match the pattern",
			input: schemaLine("s", `"a": {"pattern": "^(a+)+$"}`) + recordLine("s", `{"a": "`+strings.Repeat("a", 100_000)+`b"}`)},
		{name: "a pattern that Go cannot read", config: checkFull, exit: 1, says: "stream s, line 1: the schema cannot be used to check records",
			input: schemaLine("s", `"a": {"pattern": "(?=a)"}`) + recordLine("s", `{"a": "a"}`)},
		{name: "16 MiB of escapes", input: schemaLine("s") + recordLine("s", `{"id": 1, "a": "`+strings.Repeat(`\u0041`, 16<<20/6)+`"}`), records: 1},
		{name: "CR as line end", input: strings.ReplaceAll(schemaLine("s")+strings.Repeat(recordLine("s", `{"id": 1}`), 100_000), "\n", "\r"), records: 100_000},
		{name: "a text of 16 MiB for an array", input: schemaLine("s", `"a": {"type": "array"}`) + recordLine("s", `{"a": "[`+strings.Repeat("'x', ", 3<<20)+`]"}`), records: 1},
		{name: "a schema that refers to itself", config: checkFull, exit: 1, says: "stream s",
			input: schemaLine("s", `"a": {"$ref": "#/properties/a"}`) + recordLine("s", `{"a": 1}`)},
		{name: "a schema that refers to a file", config: checkFull, exit: 1, says: "are not loaded",
			input: schemaLine("s", `"a": {"$ref": "file:///etc/passwd"}`) + recordLine("s", `{"a": 1}`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &counting{}
			config := test.config
			if config == "" {
				config = `{"table": "t"}`
			}
			soon(t, func() {
				got := play(t, d, config, test.input)
				if got.exit != test.exit || !strings.Contains(got.stderr, test.says) {
					t.Errorf("exit code %d, want %d with %q\n%.2000s", got.exit, test.exit, test.says, got.stderr)
				}
				if len(got.stderr) > 100_000 {
					t.Errorf("%d bytes of log", len(got.stderr))
				}
			})
			if d.records["s"] != test.records {
				t.Errorf("%d records, want %d", d.records["s"], test.records)
			}
		})
	}
}

func TestColumnsOfAWideRecordAreFoundByName(t *testing.T) {
	const n = 100_000
	var text strings.Builder
	text.WriteByte('{')
	for i := range n {
		fmt.Fprintf(&text, `"c%d": %d, `, i, i)
	}
	text.WriteString(`"last": null}`)
	record, err := base.NewRecord([]byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	soon(t, func() {
		for _, r := range []base.Record{record, record.Clone()} {
			for i := range n {
				if value, ok := r.Get(fmt.Sprintf("c%d", i)); !ok || string(value) != fmt.Sprint(i) {
					t.Fatalf("column %d is %q", i, value)
				}
			}
			if value, ok := r.Get("last"); !ok || !value.IsNull() {
				t.Errorf("last is %q", value)
			}
			if value, ok := r.Get("c"); ok {
				t.Errorf("column c is not there, but %q", value)
			}
		}
	})
}

func TestFiveThousandStreams(t *testing.T) {
	const n = 5_000
	var input strings.Builder
	for i := range n {
		input.WriteString(checkedLine(fmt.Sprintf("s%d", i)))
	}
	for round := range 3 {
		for i := range n {
			stream := fmt.Sprintf("s%d", i)
			input.WriteString(recordLine(stream, fmt.Sprintf(`{"id": %d}`, round)))
			input.WriteString(stateLine(fmt.Sprintf(`{"bookmarks": {%q: {"id": %d}}}`, stream, round)))
		}
	}
	d := &counting{}
	soon(t, func() {
		got := play(t, d, `{"table": "t"}`, input.String())
		if got.exit != 0 || strings.Count(got.stdout, `{"id": 2}`) != n {
			t.Errorf("exit code %d, state %.200s", got.exit, got.stdout)
		}
	})
	for i := range n {
		if d.records[fmt.Sprintf("s%d", i)] != 3 {
			t.Fatalf("stream %d got %d records", i, d.records[fmt.Sprintf("s%d", i)])
		}
	}
}

// Wherever the input breaks off, what is told to be stored is stored, and a line
// that was cut is an error that names it.
func TestTruncatedInput(t *testing.T) {
	input := schemaLine("users") + recordLine("users", `{"id": 1, "name": "é\n"}`) + stateLine(usersState) +
		recordLine("users", `{"id": 2}`) + `{"type": "STATE", "value": {"bookmarks": {"users": {"id": 2}}}}`
	for cut := range len(input) + 1 {
		text := input[:cut]
		complete := strings.Count(text, "\n")
		open := text[strings.LastIndexByte(text, '\n')+1:]
		whole := open == "" || strings.HasPrefix(input[cut:]+"\n", "\n")
		got := playReader(t, &plain{}, `{"table": "t"}`, iotest.OneByteReader(strings.NewReader(text)))
		if whole && got.exit != 0 || !whole && got.exit != 1 {
			t.Fatalf("cut at %d, in %q: exit code %d\n%s", cut, open, got.exit, got.stderr)
		}
		if !whole && !strings.Contains(got.stderr, fmt.Sprintf("line %d: malformed message: column", complete+1)) {
			t.Fatalf("cut at %d, in %q: no word of the line\n%s", cut, open, got.stderr)
		}
		want := ""
		if complete >= 3 || complete == 2 && whole && open != "" {
			want = usersState
		}
		if cut == len(input) {
			want = `{"bookmarks": {"users": {"id": 2}}}`
		}
		if state := strings.TrimSpace(got.stdout); state != want {
			t.Fatalf("cut at %d, in %q: state %q, want %q", cut, open, state, want)
		}
	}
}

func TestFailingInputExportsWhatPrecedes(t *testing.T) {
	d := &plain{}
	input := io.MultiReader(strings.NewReader(schemaLine("users")+recordLine("users", `{"id": 1}`)+stateLine(usersState)+`{"type":`),
		iotest.ErrReader(io.ErrUnexpectedEOF))
	got := playReader(t, d, `{"table": "t"}`, input)
	got.says(t, 1, "read the input: unexpected EOF")
	if state := strings.TrimSpace(got.stdout); state != usersState {
		t.Errorf("state %q", state)
	}
}
