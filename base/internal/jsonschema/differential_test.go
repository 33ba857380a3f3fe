package jsonschema

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// differentialInputs is how many texts TestDifferential judges. With the variable
// DIFFERENTIAL_INPUTS it can be ten million.
func differentialInputs(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("DIFFERENTIAL_INPUTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 30_000
}

// TestDifferential judges random texts by random schemas, with a plan and with the
// library on the decoded value.
func TestDifferential(t *testing.T) {
	inputs := differentialInputs(t)
	const perSchema = 60
	var pass Pass // one for all: nothing of a walk may show in the next
	var tally tally
	first := uint64(1)
	if seed := os.Getenv("DIFFERENTIAL_SEED"); seed != "" {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first = n
	}
	for seed := first; tally.inputs < inputs && !t.Failed(); seed++ {
		differ(t, &pass, seed, perSchema, &tally)
		if seed%5000 == 0 {
			t.Logf("%+v", tally)
		}
	}
	t.Logf("%+v", tally)
	if tally.valid*10 < tally.inputs || tally.invalid*10 < tally.inputs {
		t.Error("hardly any text is valid, or invalid: nothing is compared")
	}
}

// tally counts what was compared.
type tally struct{ schemas, refused, fallbacks, inputs, malformed, repeated, valid, invalid int }

func differ(t *testing.T, pass *Pass, seed uint64, inputs int, tally *tally) {
	t.Helper()
	a := newAuthor(seed)
	document := a.document()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile(text)
	if err != nil {
		tally.refused++
		return
	}
	tally.schemas++
	columns := []string{"id", "zz", "a"}
	plan := s.Plan(columns)
	if plan.Fallbacks > 0 {
		tally.fallbacks++
	}
	mage := newMageRules(t, a, text, document)
	for range inputs {
		input := []byte(a.value(document, 4))
		if a.chance(6) {
			input = a.damage(string(input))
		}
		tally.inputs++
		if reason := compareVerdicts(pass, s, plan, input, tally); reason != "" {
			t.Errorf("seed %d: %s\nschema %s\nvalue %q", seed, reason, text, input)
			return
		}
		if reason := mage.compare(pass, input); reason != "" {
			t.Errorf("seed %d, Mage's mode, %+v: %s\nschema %s\nvalue %q", seed, mage.rules, reason, text, input)
			return
		}
	}
}

// mageRules are Mage's way to look at the columns of a schema.
type mageRules struct {
	schemas map[string]*Schema
	rules   map[string]ColumnRule
	plan    *Plan
}

// newMageRules makes rules for some of the columns, or nil for a schema that Draft 4
// does not know.
func newMageRules(t *testing.T, a *author, text []byte, document schema) *mageRules {
	t.Helper()
	schemas, err := CompileColumns(text)
	if err != nil {
		return nil
	}
	m := &mageRules{schemas: schemas, rules: map[string]ColumnRule{}}
	properties, _ := document["properties"].(schema)
	var list []ColumnRule
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		rule := ColumnRule{Name: name, AnyObject: a.chance(4), Free: a.chance(10)}
		rule.AnyArray = rule.AnyObject || a.chance(4)
		m.rules[name], list = rule, append(list, rule)
	}
	m.plan = PlanColumns(schemas, list)
	return m
}

// compare holds each column by itself against its own schema, by the library.
func (m *mageRules) compare(pass *Pass, input []byte) string {
	facts, err := rawjson.Check(input)
	if m == nil || err != nil || facts.NonFinite >= 0 || rawjson.KindOf(input) != rawjson.Object {
		return ""
	}
	unique := rawjson.Trim(rawjson.AppendUnique(nil, input))
	want := true
	for member := range rawjson.Members(unique) {
		want = want && m.takes(member)
	}
	pass.Columns = nil
	if got := pass.KnownRecord(m.plan, unique); got != want {
		return "valid by the plan: " + strconv.FormatBool(got)
	}
	return ""
}

func (m *mageRules) takes(member rawjson.Member) bool {
	rule, known := m.rules[member.Name()]
	kind := rawjson.KindOf(member.Value)
	switch {
	case !known:
		return false
	case rule.Free, rule.AnyObject && kind == rawjson.Object, rule.AnyArray && kind == rawjson.Array:
		return true
	}
	return libraryTakes(m.schemas[member.Name()], member.Value)
}

// compareVerdicts returns what differs, or "".
func compareVerdicts(pass *Pass, s *Schema, plan *Plan, input []byte, tally *tally) string {
	verdict := pass.Judge(plan, input)
	facts, err := rawjson.Check(input)
	if (err != nil) != (verdict.End < 0) {
		return "the plan and the syntax check disagree whether it is JSON"
	}
	if err != nil {
		tally.malformed++
		return ""
	}
	if (facts.NonFinite >= 0) != verdict.NonFinite {
		return "NaN is noticed by one alone"
	}
	if !verdict.Unsure && facts.Repeated != verdict.Repeated {
		return "a repeated key is noticed by one alone"
	}
	if verdict.NonFinite {
		return ""
	}
	unique := input
	if facts.Repeated {
		tally.repeated++
		unique = rawjson.AppendUnique(nil, input)
	}
	unique = rawjson.Trim(unique)
	want := libraryTakes(s, unique)
	if want {
		tally.valid++
	} else {
		tally.invalid++
	}
	if verdict.Plain() && verdict.Valid != want {
		return "valid by the plan: " + strconv.FormatBool(verdict.Valid)
	}
	if rawjson.KindOf(unique) != rawjson.Object {
		return ""
	}
	pass.Columns = nil
	if known := pass.KnownRecord(plan, unique); known != want {
		return "valid as a record: " + strconv.FormatBool(known)
	}
	pass.Columns = nil
	record := pass.Record(plan, unique, 0, 0)
	if record.Plain() && record.Valid != want {
		return "valid as a record that is walked over to its end: " + strconv.FormatBool(record.Valid)
	}
	return compareColumns(pass.Columns, plan, unique)
}

func libraryTakes(s *Schema, text []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return false
	}
	return len(s.Validate(value)) == 0
}

// compareColumns reads the members of an object in another way.
func compareColumns(columns []Column, plan *Plan, object []byte) string {
	i := 0
	for m := range rawjson.Members(object) {
		if i == len(columns) {
			return "too few columns"
		}
		c := columns[i]
		i++
		if string(object[c.Start:c.End]) != string(m.Value) || string(rawjson.StringAt(object, int(c.Key))) != string(m.Key) {
			return "a column stands elsewhere"
		}
		place, known := plan.columns.places[m.Name()]
		if known && c.Place != place || !known && c.Place != -1 {
			return "a column has another place"
		}
	}
	if i != len(columns) {
		return "too many columns"
	}
	return ""
}

// FuzzDifferential looks for a schema, by its seed, and a text that are judged
// differently.
func FuzzDifferential(f *testing.F) {
	for seed := range uint64(20) {
		a := newAuthor(seed)
		f.Add(seed, []byte(a.value(a.document(), 4)))
	}
	var pass Pass
	f.Fuzz(func(t *testing.T, seed uint64, input []byte) {
		document := newAuthor(seed).document()
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Compile(text)
		if err != nil {
			return
		}
		if reason := compareVerdicts(&pass, s, s.Plan(nil), input, &tally{}); reason != "" {
			t.Errorf("%s\nschema %s\nvalue %q", reason, text, input)
		}
	})
}
