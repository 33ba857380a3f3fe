package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

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
	var last walked
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
		differ(t, &pass, &last, seed, perSchema, &tally)
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
type tally struct {
	schemas, fallbacks, mage                                                       int
	inputs, malformed, repeated, unsure, nonFinite, records, valid, invalid, taken int // taken: by Mage's rules
	tooMuch                                                                        int // for the library
}

func differ(t *testing.T, pass *Pass, last *walked, seed uint64, inputs int, tally *tally) {
	t.Helper()
	s := newSubject(t, seed)
	s.count(tally)
	for range inputs {
		input := []byte(s.value(s.document, 4))
		if s.chance(6) {
			input = s.damage(string(input))
		}
		tally.inputs++
		reason := s.compare(pass, input, tally)
		if reason == "" {
			reason = last.again(pass, s.plan, input, tally.inputs)
		}
		if reason != "" {
			t.Errorf("seed %d: %s\nschema %s\nvalue %q", seed, reason, s.text, input)
			return
		}
	}
}

// subject is a random schema, compiled in every way.
type subject struct {
	*author
	document schema
	text     []byte
	schema   *Schema
	plan     *Plan
	mage     *mageRules
}

func newSubject(t *testing.T, seed uint64) *subject {
	t.Helper()
	s := &subject{author: newAuthor(seed)}
	s.document = s.author.document()
	var err error
	if s.text, err = json.Marshal(s.document); err != nil {
		t.Fatal(err)
	}
	if s.schema, err = Compile(s.text); err != nil {
		t.Fatalf("seed %d: %v\nschema %s", seed, err, s.text)
	}
	s.plan = s.schema.Plan([]string{"id", "zz", "a"})
	s.mage = newMageRules(s.author, s.text, s.document)
	return s
}

func (s *subject) count(tally *tally) {
	tally.schemas++
	if s.plan.Fallbacks > 0 {
		tally.fallbacks++
	}
	if s.mage != nil {
		tally.mage++
	}
}

// compare returns what differs, or "".
func (s *subject) compare(pass *Pass, input []byte, tally *tally) string {
	if reason := compareVerdicts(pass, s.schema, s.plan, input, tally); reason != "" {
		return reason
	}
	if reason := s.mage.compare(pass, input, tally); reason != "" {
		return fmt.Sprintf("Mage's mode, %+v: %s", s.mage.rules, reason)
	}
	return ""
}

// walked is a walk that is done again after others, by which nothing may change.
type walked struct {
	plan    *Plan
	text    []byte
	verdict Verdict
}

// again repeats the walk, and now and then the new one with a pass that is new.
func (w *walked) again(pass *Pass, plan *Plan, text []byte, n int) string {
	verdict := pass.Judge(plan, text)
	if w.plan != nil {
		if again := pass.Judge(w.plan, w.text); again != w.verdict {
			return fmt.Sprintf("after other walks %+v instead of %+v for %q", again, w.verdict, w.text)
		}
	}
	*w = walked{plan, text, verdict}
	if n%8 > 0 {
		return ""
	}
	var fresh Pass
	if other := fresh.Judge(plan, text); other != verdict {
		return fmt.Sprintf("%+v by a pass that is new, %+v by a used one", other, verdict)
	}
	if other := (&Pass{eager: true}).Judge(plan, text); other != verdict {
		return fmt.Sprintf("%+v by a pass that keeps all that it finds, %+v by a common one", other, verdict)
	}
	return ""
}

// mageRules are Mage's way to look at the columns of a schema.
type mageRules struct {
	schemas map[string]*Schema
	rules   map[string]ColumnRule
	plan    *Plan
}

// newMageRules makes rules for some of the columns, or nil for a schema that Draft 4
// does not know.
func newMageRules(a *author, text []byte, document schema) *mageRules {
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
func (m *mageRules) compare(pass *Pass, input []byte, tally *tally) string {
	facts, err := rawjson.Check(input)
	if m == nil || err != nil || facts.NonFinite >= 0 || rawjson.KindOf(input) != rawjson.Object {
		return ""
	}
	unique := rawjson.Trim(rawjson.AppendUnique(nil, input))
	all := true
	for member := range rawjson.Members(unique) {
		takes, sure := m.takes(member)
		if !sure {
			tally.tooMuch++
			return ""
		}
		all = all && takes
		alone := fmt.Appendf(nil, "{%s:%s}", member.Key, member.Value)
		if got := pass.KnownRecord(m.plan, alone); got != takes {
			return fmt.Sprintf("column %s is valid by the plan: %t", member.Key, got)
		}
	}
	if all {
		tally.taken++
	}
	if got := pass.KnownRecord(m.plan, unique); got != all {
		return fmt.Sprintf("valid by the plan: %t", got)
	}
	return ""
}

func (m *mageRules) takes(member rawjson.Member) (takes, sure bool) {
	rule, known := m.rules[member.Name()]
	kind := rawjson.KindOf(member.Value)
	switch {
	case !known:
		return false, true
	case rule.Free, rule.AnyObject && kind == rawjson.Object, rule.AnyArray && kind == rawjson.Array:
		return true, true
	}
	return libraryTakes(m.schemas[member.Name()], member.Value)
}

// compareVerdicts returns what differs, or "".
func compareVerdicts(pass *Pass, s *Schema, plan *Plan, input []byte, tally *tally) string {
	verdict := pass.Judge(plan, input)
	facts, err := rawjson.Check(input)
	switch {
	case (err != nil) != (verdict.End < 0):
		return "the plan and the syntax check disagree whether it is JSON"
	case (err == nil && facts.NonFinite < 0) != (json.Valid(input) && utf8.Valid(input)):
		return "encoding/json disagrees with the syntax check"
	case err != nil:
		tally.malformed++
		return ""
	case (facts.NonFinite >= 0) != verdict.NonFinite:
		return "NaN is noticed by one alone"
	case verdict.Repeated && !facts.Repeated || !verdict.Unsure && facts.Repeated != verdict.Repeated:
		return "a repeated key is noticed by one alone"
	case verdict.NonFinite:
		tally.nonFinite++
		return ""
	}
	if verdict.Unsure {
		tally.unsure++
	}
	unique := input
	if facts.Repeated {
		tally.repeated++
		if unique = rawjson.AppendUnique(nil, input); !reflect.DeepEqual(decoded(unique), decoded(input)) {
			return fmt.Sprintf("made unique it says something else: %q", unique)
		}
	}
	unique = rawjson.Trim(unique)
	want, sure := libraryTakes(s, unique)
	switch {
	case !sure:
		tally.tooMuch++
		return ""
	case want:
		tally.valid++
	default:
		tally.invalid++
	}
	if verdict.Plain() && verdict.Valid != want {
		return fmt.Sprintf("valid by the plan: %t", verdict.Valid)
	}
	if unique := pass.Judge(plan, unique); unique.Repeated || unique.Plain() && unique.Valid != want {
		return fmt.Sprintf("made unique %+v, want valid: %t", unique, want)
	}
	if rawjson.KindOf(unique) != rawjson.Object {
		return ""
	}
	tally.records++
	return compareRecord(pass, plan, unique, want)
}

// compareRecord judges an object with unique keys as a record, by itself and within
// a line.
func compareRecord(pass *Pass, plan *Plan, object []byte, want bool) string {
	pass.Columns = nil
	if known := pass.KnownRecord(plan, object); known != want {
		return fmt.Sprintf("valid as a record: %t", known)
	}
	if want {
		if reason := compareColumns(pass.Columns, plan, object, 0); reason != "" {
			return "known to be unique: " + reason
		}
	}
	for _, before := range []string{"", `{"type":"RECORD", "record": `} {
		line := slices.Concat([]byte(before), object, []byte(`, "stream": no JSON`))
		pass.Columns = nil
		record := pass.Record(plan, line, len(before), min(len(before), 1))
		if _, err := rawjson.Check(slices.Concat([]byte("["), object, []byte("]"))); err != nil && before != "" {
			if record.End >= 0 {
				return "in a line it is nested too deep, but walked over"
			}
			continue
		}
		if record.End != len(before)+len(object) {
			return fmt.Sprintf("the record ends at %d", record.End)
		}
		if record.Plain() && record.Valid != want {
			return fmt.Sprintf("valid as a record that is walked over to its end: %t", record.Valid)
		}
		if reason := compareColumns(pass.Columns, plan, object, len(before)); reason != "" {
			return reason
		}
	}
	return ""
}

// libraryTakes is the verdict of the library, and whether it came to one.
func libraryTakes(s *Schema, text []byte) (takes, sure bool) {
	violations := s.Validate(decoded(text))
	return len(violations) == 0, len(violations) != 1 || violations[0].Reason != tooManyWays
}

func decoded(text []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		panic(err) // it was found to be JSON
	}
	return value
}

// compareColumns reads the members of an object in another way; shift is where it
// stands in its line.
func compareColumns(columns []Column, plan *Plan, object []byte, shift int) string {
	i := 0
	for m := range rawjson.Members(object) {
		if i == len(columns) {
			return "too few columns"
		}
		c := columns[i]
		c.Key, c.Start, c.End = c.Key-uint32(shift), c.Start-uint32(shift), c.End-uint32(shift)
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
// differently. To compile a schema takes longer than to judge by it, so they are few.
func FuzzDifferential(f *testing.F) {
	const schemas = 200
	for seed := range uint64(20) {
		a := newAuthor(seed)
		f.Add(seed, []byte(a.value(a.document(), 4)))
	}
	var pass Pass
	subjects := map[uint64]*subject{}
	f.Fuzz(func(t *testing.T, seed uint64, input []byte) {
		seed %= schemas
		s := subjects[seed]
		if s == nil {
			s = newSubject(t, seed)
			subjects[seed] = s
		}
		if s.circles && bytes.Count(input, []byte("{"))+bytes.Count(input, []byte("[")) > 20 {
			t.Skip("the library would go through powers of two")
		}
		var tally tally
		if reason := s.compare(&pass, input, &tally); reason != "" {
			t.Errorf("seed %d: %s\nschema %s\nvalue %q", seed, reason, s.text, input)
		}
	})
}
