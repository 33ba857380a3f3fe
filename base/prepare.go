package base

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// prepare makes the record of an entry ready for the author (part 9 of Mage's
// contract): repeated keys resolved, columns that the catalog leaves out dropped,
// text of arrays decoded, checked, constant columns set. The verdict is that of the
// walk over the text by the stream's plan, which left the columns in the pass; most
// records need nothing but that. The error names the column; the caller adds stream
// and line.
func (p *parser) prepare(e *entry, s *Stream, text []byte, verdict jsonschema.Verdict) error {
	e.stream, e.raw, e.columns = s, text, p.pass.Columns
	if !verdict.Plain() || !verdict.Valid || p.alters(e) {
		if err := p.remake(e, verdict); err != nil {
			e.stream = nil
			return err
		}
	}
	e.columns = p.columns.Keep(p.pass.Columns)
	e.settle()
	e.prepared = true
	return nil
}

// alters tells whether something of a record that fits may have to be changed.
func (p *parser) alters(e *entry) bool {
	s := e.stream
	return len(p.limits.Streams.Columns) > 0 || s.fromCatalog && !inOrder(e) || s.coerces && mayCoerce(e)
}

// remake does what most records do not need, one step after the other.
func (p *parser) remake(e *entry, verdict jsonschema.Verdict) error {
	p.makeUnique(e, verdict)
	p.walk(e)
	fields, changed := fieldsOf(e), false
	if e.stream.fromCatalog {
		fields, changed = extract(fields, e.stream.Schema)
	}
	if verdict.NonFinite {
		replaced, err := p.replaceNonFinite(fields)
		if err != nil {
			return err
		}
		changed = changed || replaced
	}
	coerced, err := p.coerce(fields, e.stream)
	if err != nil {
		return err
	}
	if changed || coerced {
		p.rebuild(e, fields)
	}
	if valid := p.walk(e); !valid {
		return e.stream.checker.explain(e)
	}
	if len(p.limits.Streams.Columns) > 0 {
		p.rebuild(e, p.withConstants(fields))
		p.walk(e)
	}
	return nil
}

// walk finds the columns of raw, which has unique keys, anew.
func (p *parser) walk(e *entry) (valid bool) {
	p.pass.Columns = p.columns.Room(e.stream.room())
	verdict := p.pass.Record(e.stream.plan, e.raw, 0, 0)
	if verdict.Unsure { // its keys are unique, but the pass did not judge
		p.pass.Columns = p.pass.Columns[:0]
		if verdict.Valid = p.pass.KnownRecord(e.stream.plan, e.raw); !verdict.Valid {
			p.pass.Columns = p.columns.Room(e.stream.room())
			p.pass.Record(e.stream.plan, e.raw, 0, 0)
		}
	}
	e.columns = p.pass.Columns
	return verdict.Valid
}

// makeUnique sees to it that no object of the record has a key twice.
func (p *parser) makeUnique(e *entry, verdict jsonschema.Verdict) {
	repeated := verdict.Repeated
	if verdict.Unsure && !repeated {
		facts, err := rawjson.Check(e.raw)
		repeated = err == nil && facts.Repeated
	}
	if repeated {
		p.rewrite(e, rawjson.AppendUnique(p.texts.Room(len(e.raw)), e.raw))
	}
}

// rewrite makes text, which was appended to the room of p.texts, the record's.
func (p *parser) rewrite(e *entry, text []byte) {
	e.raw, e.rewritten = p.texts.Keep(text), true
}

// rebuild writes raw anew from fields.
func (p *parser) rebuild(e *entry, fields []field) {
	size := 2
	for _, f := range fields {
		size += len(f.name) + len(f.value) + 4
	}
	raw := append(p.texts.Room(size), '{')
	for i, f := range fields {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = rawjson.AppendQuoted(raw, f.name)
		raw = append(raw, ':')
		raw = append(raw, f.value...)
	}
	p.rewrite(e, append(raw, '}'))
}

// field is a column that is about to be changed.
type field struct {
	name  string
	value Value
}

func fieldsOf(e *entry) []field {
	fields := make([]field, len(e.columns))
	for i, c := range e.columns {
		fields[i] = field{e.name(c), e.value(c)}
	}
	return fields
}

// replaceNonFinite applies the config key non_finite.
func (p *preparer) replaceNonFinite(fields []field) (changed bool, err error) {
	for i, f := range fields {
		finite := rawjson.AppendFinite(nil, f.value)
		if string(finite) == string(f.value) {
			continue
		}
		if p.limits.NonFinite == "error" {
			return false, columnError(f.name, errors.New(
				"NaN and the infinities are no JSON: set non_finite: null to store null instead"))
		}
		fields[i].value, changed = finite, true
	}
	return changed, nil
}

// inOrder tells whether all columns are in the schema, and in its order.
func inOrder(e *entry) bool {
	last := int32(-1)
	for _, c := range e.columns {
		if c.Place <= last {
			return false
		}
		last = c.Place
	}
	return int(last) < len(e.stream.Schema.properties)
}

// extract keeps the columns of the schema, in its order. Nulls stay: an update
// to null must reach the store.
func extract(fields []field, s *Schema) (kept []field, changed bool) {
	places := make(map[string]int, len(fields))
	for i, f := range fields {
		places[f.name] = i
	}
	kept = make([]field, 0, len(fields))
	for _, property := range s.properties {
		if i, ok := places[property.Name]; ok {
			changed = changed || i != len(kept)
			kept = append(kept, fields[i])
		}
	}
	return kept, changed || len(kept) != len(fields)
}

// withConstants sets the config's columns: in their place where the record has
// them, at its end where it has not.
func (p *preparer) withConstants(fields []field) []field {
	constants := p.limits.Streams.Columns
	places := make(map[string]int, len(constants))
	for i, c := range constants {
		places[c.name] = i
	}
	for i, f := range fields {
		if at, ok := places[f.name]; ok {
			fields[i].value = constants[at].value
			delete(places, f.name)
		}
	}
	for i, c := range constants {
		if at, ok := places[c.name]; ok && at == i {
			fields = append(fields, c)
		}
	}
	return fields
}

func columnError(name string, err error) error {
	return fmt.Errorf("column %s: %w", name, err)
}
