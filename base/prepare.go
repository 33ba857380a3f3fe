package base

import (
	"errors"
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// preparer turns the record of a RECORD message into what the author gets (part
// 9 of Mage's contract): repeated keys resolved, columns that the catalog leaves
// out dropped, text of arrays decoded, checked, constant columns set.
type preparer struct {
	limits limits
}

// oddities are what a record may hold beside plain JSON.
type oddities struct {
	nonFinite bool // NaN, Infinity or -Infinity
	repeated  bool // an object with a key twice
}

// prepare fills the columns of r from r.raw. The error names the column; the
// caller adds stream and line.
func (p *preparer) prepare(r *Record, s *Stream, odd oddities) error {
	if odd.repeated {
		r.raw, r.rewritten = rawjson.AppendUnique(nil, r.raw), true
	}
	r.index(s.Schema.names)
	changed := false
	if s.fromCatalog {
		changed = extract(r, s.Schema) || changed
	}
	if odd.nonFinite {
		replaced, err := p.replaceNonFinite(r)
		if err != nil {
			return err
		}
		changed = changed || replaced
	}
	coerced, err := p.coerce(r, s)
	if err != nil {
		return err
	}
	changed = changed || coerced
	if err := p.check(r, s); err != nil {
		return err
	}
	if len(p.limits.Streams.Columns) > 0 {
		p.setConstants(r)
		changed = true
	}
	if changed {
		r.rebuild()
	}
	r.settle()
	r.prepared = true
	return nil
}

// replaceNonFinite applies the config key non_finite.
func (p *preparer) replaceNonFinite(r *Record) (changed bool, err error) {
	for i, c := range r.columns {
		finite := rawjson.AppendFinite(nil, c.value)
		if string(finite) == string(c.value) {
			continue
		}
		if p.limits.NonFinite == "error" {
			return false, columnError(c.name, errors.New(
				"NaN and the infinities are no JSON: set non_finite: null to store null instead"))
		}
		r.columns[i].value, changed = finite, true
	}
	return changed, nil
}

// extract keeps the columns of the schema, in its order. Nulls stay: an update
// to null must reach the store.
func extract(r *Record, s *Schema) (changed bool) {
	places := make(map[string]int, len(r.columns))
	for i, c := range r.columns {
		places[c.name] = i
	}
	kept := make([]column, 0, len(r.columns))
	for _, property := range s.properties {
		if i, ok := places[property.Name]; ok {
			changed = changed || i != len(kept)
			kept = append(kept, r.columns[i])
		}
	}
	changed = changed || len(kept) != len(r.columns)
	r.columns = kept
	return changed
}

func (p *preparer) coerce(r *Record, s *Stream) (changed bool, err error) {
	for i, c := range r.columns {
		property, ok := s.Schema.Property(c.name)
		if !ok || !property.acceptArray {
			continue
		}
		value, err := coerceArray(property, c.value, p.strict(s))
		if err != nil {
			return false, columnError(c.name, err)
		}
		if len(value) != len(c.value) || &value[0] != &c.value[0] {
			r.columns[i].value, changed = value, true
		}
	}
	return changed, nil
}

// strict tells whether a value that does not fit its column is an error.
func (p *preparer) strict(s *Stream) bool {
	switch p.limits.Validation {
	case "full":
		return true
	case "off":
		return false
	}
	return !s.DisableColumnTypeCheck
}

func (p *preparer) check(r *Record, s *Stream) error {
	if err := p.prepareToCheck(s); err != nil || s.checker == nil {
		return err
	}
	return s.checker.check(r, s.Schema)
}

// prepareToCheck compiles the stream's schema if its records are to be checked,
// so that a schema that cannot be used is told before the first record.
func (p *preparer) prepareToCheck(s *Stream) error {
	if s.checker != nil || !p.strict(s) {
		return nil
	}
	checker, err := p.compile(s)
	if err != nil {
		return err
	}
	s.checker = checker
	return nil
}

func (p *preparer) compile(s *Stream) (checker, error) {
	if p.limits.Validation == "full" {
		return newFullChecker(s)
	}
	return newMageChecker(s)
}

// setConstants sets the config's columns: in their place where the record has
// them, at its end where it has not.
func (p *preparer) setConstants(r *Record) {
	constants := p.limits.Streams.Columns
	places := make(map[string]int, len(constants))
	for i, c := range constants {
		places[c.name] = i
	}
	for i, c := range r.columns {
		if at, ok := places[c.name]; ok {
			r.columns[i].value = constants[at].value
			delete(places, c.name)
		}
	}
	for i, c := range constants {
		if at, ok := places[c.name]; ok && at == i {
			r.columns = append(r.columns, c)
		}
	}
}

func columnError(name string, err error) error {
	return fmt.Errorf("column %s: %w", name, err)
}
