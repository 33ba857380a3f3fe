package base

import (
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
// MAGE_DEST_LEDGER_STEPS is the length; each step more takes about eight times as long.
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

var ledgerStreams = []string{"a", "b"}

// events are all that can happen next.
func events() []event {
	list := []event{{"seal", 0}, {"state of all", 0}, {"state without bookmarks", 0}, {"empty state", 0}}
	for i := range ledgerStreams {
		list = append(list, event{"record", i}, event{"state", i}, event{"durable", i}, event{"fails", i})
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
	if e.t.Failed() {
		return
	}
	if len(sequence) > 0 {
		fault, possible := playLedger(sequence)
		if fault != "" {
			e.t.Errorf("%v: %s", sequence, fault)
		}
		if fault != "" || !possible {
			return
		}
		e.sequences++
	}
	if steps == 0 {
		return
	}
	for _, next := range events() {
		e.walk(append(slices.Clone(sequence), next), steps-1)
	}
}

// playLedger plays a sequence to a ledger and to the model. "fails" gives a stream up:
// its records of the sealed set never become durable. A run ends at a set in which a
// stream has failed, so nothing is read after it.
func playLedger(sequence []event) (fault string, possible bool) {
	l, m := &ledger{}, &ledgerModel{}
	flows := map[string]*flow{}
	for _, name := range ledgerStreams {
		flows[name] = &flow{name: name}
	}
	for i, e := range sequence {
		f := flows[ledgerStreams[e.stream]]
		if m.over && e.what != "durable" && e.what != "fails" {
			return "", false
		}
		switch e.what {
		case "record":
			l.recordRead(f)
			m.record(e.stream)
		case "seal":
			if m.inFlight() {
				return "", false // there is never more than one set on its way
			}
			l.seal()
			m.seal()
		case "durable":
			if !m.onItsWay(e.stream) {
				return "", false
			}
			l.durable(f)
			m.settle(e.stream, true)
		case "fails":
			if !m.onItsWay(e.stream) {
				return "", false
			}
			m.settle(e.stream, false)
		default:
			value := m.state(e, i)
			l.stateRead([]byte(value))
		}
		l.release()
		if fault := m.judge(l, false, nil); fault != "" {
			return fmt.Sprintf("after %v: %s", e, fault), true
		}
	}
	l.releaseBookmarks(flows)
	return m.judge(l, true, flows), true
}

// ledgerModel keeps everything.
type ledgerModel struct {
	read    int
	records []modelRecord
	states  []modelState
	over    bool // a stream has failed
}

type modelRecord struct {
	at, stream              int
	sealed, durable, failed bool
}

type modelState struct {
	at    int
	value string
}

func (m *ledgerModel) record(stream int) {
	m.read++
	m.records = append(m.records, modelRecord{at: m.read, stream: stream})
}

// state is a state of the kind of an event: every bookmark tells how many records of
// its stream were read, and by n where it came from.
func (m *ledgerModel) state(e event, n int) string {
	count := func(stream int) (read int) {
		for _, r := range m.records {
			if r.stream == stream {
				read++
			}
		}
		return read
	}
	value := "{}"
	switch e.what {
	case "state":
		value = fmt.Sprintf(`{"bookmarks": {%q: {"id": %d, "n": %d}}, "n": %d}`, ledgerStreams[e.stream], count(e.stream), n, n)
	case "state of all":
		value = fmt.Sprintf(`{"bookmarks": {"a": {"id": %d}, "b": {"id": %d}}, "all": %d}`, count(0), count(1), n)
	case "state without bookmarks":
		value = fmt.Sprintf(`[%d]`, n)
	}
	m.states = append(m.states, modelState{m.read, value})
	return value
}

func (m *ledgerModel) inFlight() bool {
	return slices.ContainsFunc(m.records, func(r modelRecord) bool { return r.sealed && !r.durable && !r.failed })
}

func (m *ledgerModel) onItsWay(stream int) bool {
	return slices.ContainsFunc(m.records, func(r modelRecord) bool { return r.stream == stream && r.sealed && !r.durable && !r.failed })
}

func (m *ledgerModel) seal() {
	for i := range m.records {
		m.records[i].sealed = true
	}
}

func (m *ledgerModel) settle(stream int, durable bool) {
	m.over = m.over || !durable
	for i := range m.records {
		if r := &m.records[i]; r.stream == stream && r.sealed {
			r.durable = r.durable || durable
			r.failed = r.failed || !durable
		}
	}
}

// safe tells whether all records of a stream that were read up to a point are durable;
// -1 stands for all streams.
func (m *ledgerModel) safe(stream, at int) bool {
	return !slices.ContainsFunc(m.records, func(r modelRecord) bool {
		return r.at <= at && (stream < 0 || r.stream == stream) && !r.durable
	})
}

// judge holds what the ledger tells against what may be told by now: all states before
// the first record that is not durable, joined; at the end of the run, of the others
// the bookmarks of streams that are durable up to there.
func (m *ledgerModel) judge(l *ledger, final bool, flows map[string]*flow) string {
	var want any
	for _, s := range m.states {
		var value any
		if err := json.Unmarshal([]byte(s.value), &value); err != nil {
			return err.Error()
		}
		object, isObject := value.(map[string]any)
		switch {
		case isObject && len(object) == 0:
		case m.safe(-1, s.at):
			want = foldModel(want, value)
		case final && isObject:
			want = joinBookmarks(want, m.safeBookmarks(object, s.at, flows))
		}
	}
	var got any
	if told, _ := l.take(); told != nil {
		if err := json.Unmarshal(told, &got); err != nil {
			return fmt.Sprintf("told %s: %v", told, err)
		}
	}
	if !reflect.DeepEqual(got, want) {
		return fmt.Sprintf("told %v, want %v", got, want)
	}
	return ""
}

func (m *ledgerModel) safeBookmarks(state map[string]any, at int, flows map[string]*flow) map[string]any {
	bookmarks, _ := state["bookmarks"].(map[string]any)
	kept := map[string]any{}
	for i, name := range ledgerStreams {
		if value, ok := bookmarks[name]; ok && flows[name] != nil && m.safe(i, at) {
			kept[name] = value
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
