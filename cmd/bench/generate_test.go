package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const sampleRecords = 300

// sampled is an input of every stream of a shape.
func sampled(t testing.TB, s shape, records int) []byte {
	t.Helper()
	var b bytes.Buffer
	lines, err := generate(&b, s, records, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got := bytes.Count(b.Bytes(), []byte("\n")); got != lines {
		t.Fatalf("%d lines, said to be %d", got, lines)
	}
	return b.Bytes()
}

// recordLines are the RECORD lines of an input, by what stands in them.
func recordLines(t testing.TB, text []byte) (lines [][]byte, messages []message) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if m.Type == "RECORD" {
			lines, messages = append(lines, line), append(messages, m)
		}
	}
	return lines, messages
}

type message struct {
	Type   string          `json:"type"`
	Stream string          `json:"stream"`
	Record json.RawMessage `json:"record"`
}

func TestRecordsAreWhatTheirShapeSays(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			lines, messages := recordLines(t, sampled(t, s, sampleRecords))
			if len(lines) != sampleRecords {
				t.Fatalf("%d records", len(lines))
			}
			schema := compiled(t, s)
			bytesOfLines := 0
			for i, m := range messages {
				bytesOfLines += len(lines[i])
				record, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.Record))
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(record); err != nil {
					t.Fatalf("%v: %s", err, m.Record)
				}
				if got := len(record.(map[string]any)); got != s.columns {
					t.Fatalf("%d columns, want %d", got, s.columns)
				}
				if want := s.streams[i%len(s.streams)]; m.Stream != want {
					t.Fatalf("record %d is of stream %s, want %s", i, m.Stream, want)
				}
			}
			average := bytesOfLines / len(lines)
			if average < s.lineBytes*97/100 || average > s.lineBytes*103/100 {
				t.Errorf("%d bytes a line, want about %d", average, s.lineBytes)
			}
		})
	}
}

func compiled(t *testing.T, s shape) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(s.schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("s.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("s.json")
}

func TestSameSeedGivesTheSameBytes(t *testing.T) {
	for _, s := range shapes() {
		first, second := sampled(t, s, 50), sampled(t, s, 50)
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two inputs differ", s.name)
		}
		fewer, _ := recordLines(t, sampled(t, s, 20))
		if !bytes.Contains(first, bytes.Join(fewer, nil)) {
			t.Errorf("%s: a shorter input is not the beginning of a longer one", s.name)
		}
	}
}

func TestShapesDifferInHowTheyAreWritten(t *testing.T) {
	orders := map[string]map[string]bool{} // by shape: the orders of columns
	for _, s := range shapes() {
		orders[s.name] = map[string]bool{}
		lines, messages := recordLines(t, sampled(t, s, 100))
		for _, m := range messages {
			orders[s.name][strings.Join(keysInOrder(t, m.Record), " ")] = true
		}
		all := bytes.Join(lines, nil)
		if got, want := bytes.Contains(all, []byte(`{"type": "RECORD", "stream": `)), s.name == "python"; got != want {
			t.Errorf("%s: spaces as Python writes them: %t", s.name, got)
		}
		ascii := !bytes.ContainsFunc(all, func(r rune) bool { return r > 0x7f })
		if want := s.name == "python" || s.name == "narrow3"; ascii != want {
			t.Errorf("%s: only ASCII: %t", s.name, ascii)
		}
	}
	for name, seen := range orders {
		if name == "shuffled" && len(seen) < 99 || name != "shuffled" && len(seen) != 1 {
			t.Errorf("%s: %d orders of columns in 100 records", name, len(seen))
		}
	}
}

// keysInOrder are the keys of an object as they stand.
func keysInOrder(t *testing.T, object []byte) (keys []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func TestStatesStandBetweenRecords(t *testing.T) {
	s, err := shapeNamed("narrow3")
	if err != nil {
		t.Fatal(err)
	}
	text := sampled(t, s, 2*stateEvery+1)
	if got := bytes.Count(text, []byte(`{"type":"STATE"`)); got != 3 {
		t.Errorf("%d states, want one every %d records and one at the end", got, stateEvery)
	}
}
