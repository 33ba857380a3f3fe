package base

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// The ledger is walked through every sequence of events up to a length, and held
// against a model that keeps every record and every state and judges by definition.
// MAGE_DEST_LEDGER_STEPS is the length; each step more takes about ten times as long.
func TestLedgerInEveryOrderOfEvents(t *testing.T) {
	steps := 5
	if text, ok := os.LookupEnv("MAGE_DEST_LEDGER_STEPS"); ok {
		var err error
		if steps, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	e := &explorer{t: t}
	e.walk(nil, steps)
	t.Logf("%d sequences of up to %d events", e.sequences, steps)
}

// event is what can happen to a ledger. The stream matters to some.
type event struct {
	what   string
	stream int
}

var ledgerStreams = []string{"a", "b", "c"}

// eventsAfter are all that may come next. Streams come in the order of their names: a
// sequence in which they come in another is the same one with other names.
func eventsAfter(sequence []event) []event {
	list := []event{{"seal", -1}, {"state of all", -1}, {"state without bookmarks", -1}, {"empty state", -1}}
	named := -1
	for _, e := range sequence {
		named = max(named, e.stream)
	}
	for i := range min(named+2, len(ledgerStreams)) {
		for _, what := range []string{"record", "state", "durable", "fails", "skip", "verified"} {
			list = append(list, event{what, i})
		}
	}
	return list
}

// explorer walks through all sequences; each is played anew, for a ledger cannot be
// copied.
type explorer struct {
	t         *testing.T
	sequences int
}

func (e *explorer) walk(sequence []event, steps int) {
	if steps == 0 {
		return
	}
	for _, next := range eventsAfter(sequence) {
		longer := append(slices.Clone(sequence), next)
		possible := true
		for _, eager := range []bool{true, false} {
			var fault string
			if fault, possible = playLedger(longer, eager); fault != "" {
				e.t.Fatalf("%v, eager %v: %s", longer, eager, fault)
			}
		}
		if possible {
			e.sequences++
			e.walk(longer, steps-1)
		}
	}
}

// playLedger plays a sequence to a ledger and to the model, and compares what they
// tell at its end: all before was compared with the sequences that it begins with. It
// must not matter whether the ledger is asked after every event (eager) or once.
func playLedger(sequence []event, eager bool) (fault string, possible bool) {
	l, m := &ledger{}, &ledgerModel{}
	flows := map[string]*flow{}
	for _, name := range ledgerStreams {
		flows[name] = &flow{name: name}
	}
	var told []byte
	for i, e := range sequence {
		if !m.possible(e) {
			return "", false
		}
		tell(l, flows, e, m.note(e, i))
		if !eager && i < len(sequence)-1 {
			continue
		}
		l.release()
		state, changed := l.take()
		if changed == bytes.Equal(state, told) {
			return fmt.Sprintf("told %s after %s, changed: %v", state, told, changed), true
		}
		told = state
	}
	if fault := m.judge(told, false); fault != "" {
		return fault, true
	}
	l.releaseBookmarks(flows)
	told, _ = l.take()
	if fault := m.judge(told, true); fault != "" {
		return "at the end of the run: " + fault, true
	}
	return "", true
}

// tell tells the ledger of an event. Of a stream that fails it is told nothing.
func tell(l *ledger, flows map[string]*flow, e event, value []byte) {
	var f *flow
	if e.stream >= 0 {
		f = flows[ledgerStreams[e.stream]]
	}
	switch e.what {
	case "record":
		l.recordRead(f)
	case "seal":
		l.seal()
	case "durable":
		l.durable(f)
	case "skip":
		l.skipped(f)
	case "verified":
		l.verified(f)
	case "fails":
	default:
		l.stateRead(value)
		clear(value) // a run reads other lines to where it stood
	}
}

// ledgerModel keeps everything.
type ledgerModel struct {
	records []modelRecord
	states  []modelState
	over    bool // a stream has failed
}

// modelRecord is a record; its position is how many there were before it.
type modelRecord struct {
	stream                           int
	skipped, sealed, durable, failed bool
}

// modelState is a state; its position is how many records were read before it.
type modelState struct {
	after int
	value any
}

// possible tells whether a run can come to an event. There is never more than one set
// on its way. A stream that has failed in one stays failed; nothing is read any more,
// but what is held may still be handed on.
func (m *ledgerModel) possible(e event) bool {
	of := func(is func(modelRecord) bool) bool {
		return slices.ContainsFunc(m.records, func(r modelRecord) bool { return (e.stream < 0 || r.stream == e.stream) && is(r) })
	}
	onItsWay := func(r modelRecord) bool { return r.sealed && !r.durable && !r.failed }
	held := func(r modelRecord) bool { return !r.sealed && !r.skipped }
	verified := func(r modelRecord) bool { return r.skipped && r.durable }
	switch e.what {
	case "seal":
		return of(held) && !of(onItsWay)
	case "durable":
		return of(onItsWay) && !of(func(r modelRecord) bool { return r.failed })
	case "fails":
		return of(onItsWay)
	case "skip":
		return !m.over && !of(verified)
	case "verified":
		return !m.over && !of(verified) && of(func(r modelRecord) bool { return r.skipped })
	}
	return !m.over
}

// note notes an event, and returns the state if it is one.
func (m *ledgerModel) note(e event, n int) []byte {
	switch e.what {
	case "record", "skip":
		m.records = append(m.records, modelRecord{stream: e.stream, skipped: e.what == "skip"})
	case "seal", "durable", "fails", "verified":
		m.over = m.over || e.what == "fails"
		for i := range m.records {
			m.records[i].becomes(e)
		}
	default:
		text := []byte(m.state(e, n))
		m.states = append(m.states, modelState{len(m.records), decoded(text)})
		return text
	}
	return nil
}

func (r *modelRecord) becomes(e event) {
	switch {
	case e.what == "seal":
		r.sealed = !r.skipped
	case r.stream != e.stream:
	case e.what == "verified":
		r.durable = r.durable || r.skipped
	case r.sealed && !r.durable:
		r.durable, r.failed = e.what == "durable", e.what == "fails"
	}
}

// state is a state of the kind of an event, of which by n can be told where it came
// from: every bookmark tells how many records of its stream were read. No stream of the
// run is named z.
func (m *ledgerModel) state(e event, n int) string {
	read := make([]int, len(ledgerStreams))
	for _, r := range m.records {
		read[r.stream]++
	}
	switch e.what {
	case "state":
		return fmt.Sprintf(`{"bookmarks": {%q: {"id": %d, "n%d": %d}}, "n": %d}`, ledgerStreams[e.stream], read[e.stream], n, n, n)
	case "state of all":
		return fmt.Sprintf(`{"all": %d, "bookmarks": {"z": %d, "a": {"id": %d}, "b": {"id": %d}, "c": {"id": %d}}}`, n, n, read[0], read[1], read[2])
	case "state without bookmarks":
		return fmt.Sprintf([]string{`[%d]`, `{"n": %d}`, `{"bookmarks": %d}`, `"%d"`}[n%4], n)
	}
	return []string{`{}`, `null`, `""`, `[ ]`}[n%4]
}

// safe tells whether all records of a stream are durable among the first ones; -1 stands
// for all streams.
func (m *ledgerModel) safe(stream, first int) bool {
	return !slices.ContainsFunc(m.records[:first], func(r modelRecord) bool {
		return (stream < 0 || r.stream == stream) && !r.durable
	})
}

// judge holds what the ledger tells against what may be told by now: all states before
// the first record that is not durable, joined; at the end of the run, of the others
// the bookmarks of streams that are durable up to there.
func (m *ledgerModel) judge(told []byte, final bool) string {
	var want any
	for _, s := range m.states {
		switch {
		case saysNothing(s.value):
		case m.safe(-1, s.after):
			want = foldModel(want, s.value)
		case final:
			want = joinBookmarks(want, m.safeBookmarks(s.value, s.after))
		}
	}
	if got := decoded(told); !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("told %s, want %v", told, want)
	}
	return ""
}

// decoded is a JSON value, nil for none, and an error as it is, which equals no value.
func decoded(text []byte) (value any) {
	if text == nil {
		return nil
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	return value
}

func saysNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

func (m *ledgerModel) safeBookmarks(value any, first int) map[string]any {
	state, _ := value.(map[string]any)
	bookmarks, _ := state["bookmarks"].(map[string]any)
	kept := map[string]any{}
	for i, name := range ledgerStreams {
		if bookmark, ok := bookmarks[name]; ok && m.safe(i, first) {
			kept[name] = bookmark
		}
	}
	return kept
}

// joinBookmarks adds bookmarks to a state and leaves all else.
func joinBookmarks(before any, kept map[string]any) any {
	if len(kept) == 0 {
		return before
	}
	old, _ := before.(map[string]any)
	state := maps.Clone(old)
	if state == nil {
		state = map[string]any{}
	}
	state["bookmarks"] = kept
	return foldModel(before, state)
}

// A stream whose first records an earlier run has stored is held back until that was
// verified, however much of it is stored meanwhile.
func TestLedgerHoldsBackWhatIsOnlySkipped(t *testing.T) {
	l, a, b := &ledger{}, &flow{name: "a"}, &flow{name: "b"}
	l.skipped(a)
	l.stateRead([]byte(`{"bookmarks": {"a": 1}}`))
	l.recordRead(b)
	l.seal()
	l.durable(b)
	l.release()
	if told, _ := l.take(); told != nil || a.firstWaiting() != 1 {
		t.Errorf("told %s although nobody has verified what was skipped; waiting from %d", told, a.firstWaiting())
	}
	l.verified(a)
	l.release()
	if told, _ := l.take(); string(told) != `{"bookmarks": {"a": 1}}` || a.firstWaiting() != math.MaxInt64 {
		t.Errorf("told %s, waiting from %d", told, a.firstWaiting())
	}
}
