package base_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base"
)

// A run over any input, with any exports failing, never tells a bookmark of
// records that are not durable, tells all it may, and exports every record once,
// in the order of its stream.
func TestStateFollowsTheData(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		var stdout, stderr bytes.Buffer
		d := &plain{export: m.export}
		config := fmt.Sprintf(`{"table": "t", "maximum_batch_rows": %d}`, m.rows)
		m.stdout = &stdout
		exit := base.Run(context.Background(), d, tracedInfo(), base.Env{
			Args: []string{"--config_json", config}, Stdin: strings.NewReader(m.input), Stdout: &stdout, Stderr: &stderr,
		})
		m.judge(t, exit)
	})
}

// model is an input of which every record and bookmark carries its position in
// its stream, and what became of it.
type model struct {
	rows    int
	input   string
	failAt  int // the call of ExportBatchData that fails; beyond all: none
	read    map[string]int
	durable map[string]int
	failed  string
	calls   int
	stdout  *bytes.Buffer
	faults  []string
}

func drawModel(t *rapid.T) *model {
	m := &model{
		rows: rapid.IntRange(0, 4).Draw(t, "rows"), failAt: rapid.IntRange(0, 12).Draw(t, "failing call"),
		read: map[string]int{}, durable: map[string]int{},
	}
	names := []string{"a", "b", "c"}
	var input strings.Builder
	for _, name := range names {
		input.WriteString(schemaLine(name))
	}
	for range rapid.IntRange(0, 40).Draw(t, "lines") {
		name := rapid.SampledFrom(names).Draw(t, "stream")
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0, 1, 2:
			m.read[name]++
			fmt.Fprintf(&input, `{"type": "RECORD", "stream": %q, "record": {"id": %d}}`+"\n", name, m.read[name])
		case 3: // of one stream
			fmt.Fprintf(&input, `{"type": "STATE", "value": {"bookmarks": {%q: {"id": %d}}}}`+"\n", name, m.read[name])
		case 4: // of all
			input.WriteString(stateLine(fmt.Sprintf(`{"bookmarks": {"a": {"id": %d}, "b": {"id": %d}, "c": {"id": %d}}}`,
				m.read["a"], m.read["b"], m.read["c"])))
		case 5: // drains
			input.WriteString(schemaLine(name, fmt.Sprintf(`"id": {"type": "integer", "maximum": %d}`, 1000+rapid.IntRange(0, 1).Draw(t, "version"))))
		}
	}
	m.input = input.String()
	return m
}

func (m *model) export(_ context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	m.checkTold()
	call := m.calls
	m.calls++
	if call == m.failAt {
		m.failed = stream
		return errors.New("boom")
	}
	for _, item := range recordData {
		want := fmt.Sprintf(`{"id": %d}`, m.durable[stream]+1)
		if got := string(item.Record.Raw()); got != want || stream == m.failed {
			m.faults = append(m.faults, fmt.Sprintf("stream %s got %s, want %s", stream, got, want))
		}
		m.durable[stream]++
	}
	return nil
}

// checkTold holds the state told last against what is durable now.
func (m *model) checkTold() {
	for stream, id := range m.told() {
		if id > m.durable[stream] {
			m.faults = append(m.faults, fmt.Sprintf("the state says %d of %s, but %d are durable", id, stream, m.durable[stream]))
		}
	}
}

func (m *model) told() map[string]int {
	lines := strings.Split(strings.TrimSpace(m.stdout.String()), "\n")
	var state struct{ Bookmarks map[string]struct{ ID int } }
	if last := lines[len(lines)-1]; last != "" {
		if err := json.Unmarshal([]byte(last), &state); err != nil {
			m.faults = append(m.faults, err.Error())
		}
	}
	ids := map[string]int{}
	for stream, bookmark := range state.Bookmarks {
		ids[stream] = bookmark.ID
	}
	return ids
}

func (m *model) judge(t *rapid.T, exit int) {
	m.checkTold()
	if len(m.faults) > 0 {
		t.Fatalf("%s\ninput:\n%s", strings.Join(m.faults, "\n"), m.input)
	}
	if m.failed != "" {
		if exit != 1 {
			t.Fatalf("exit code %d after a failure", exit)
		}
		return
	}
	if exit != 0 || fmt.Sprint(m.durable) != fmt.Sprint(m.read) {
		t.Fatalf("exit code %d, durable %v, read %v", exit, m.durable, m.read)
	}
	if want := m.foldOfInput(t); fmt.Sprint(m.told()) != fmt.Sprint(want) {
		t.Fatalf("told %v, want %v\n%s", m.told(), want, m.input)
	}
}

// foldOfInput joins the bookmarks of all STATEs, the later winning.
func (m *model) foldOfInput(t *rapid.T) map[string]int {
	ids := map[string]int{}
	for line := range strings.Lines(m.input) {
		var message struct {
			Type  string
			Value struct{ Bookmarks map[string]struct{ ID int } }
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatal(err)
		}
		for stream, bookmark := range message.Value.Bookmarks {
			ids[stream] = bookmark.ID
		}
	}
	return ids
}
