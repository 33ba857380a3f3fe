package base

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// preparer knows what the config says of records.
type preparer struct {
	limits limits
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

// plan makes the stream's plan, by which its records are walked over and, if they
// are to be, checked. A schema that cannot be used is told before the first record.
func (p *preparer) plan(s *Stream) (err error) {
	s.plan = jsonschema.PlanAny(s.Schema.columnNames())
	full := p.limits.Validation == "full"
	s.coerces = slices.ContainsFunc(s.Schema.properties, func(p Property) bool { return p.mayHoldText(full) })
	if !p.strict(s) {
		return nil
	}
	if full {
		s.checker, err = newFullChecker(s)
	} else {
		s.checker, err = newMageChecker(s)
	}
	if err != nil {
		return fmt.Errorf("the schema cannot be used to check records: %w", err)
	}
	s.plan = s.checker.plan(s.Schema)
	return nil
}

// checker is a way to hold records against their schema.
type checker interface {
	// plan is what tells whether they fit.
	plan(s *Schema) *jsonschema.Plan
	// explain tells why one does not.
	explain(e *entry) error
}

// errUnfit stands for a reason that only the plan knows.
var errUnfit = errors.New("it does not fit the schema")

// mageChecker is Mage's check (9.4 of its contract) without its faults: each
// column by itself against its own property, by Draft 4, without formats; where
// a column may be an object any object or array will do, where it may be an
// array any array.
type mageChecker struct {
	columns map[string]*jsonschema.Schema
}

func newMageChecker(s *Stream) (checker, error) {
	columns, err := jsonschema.CompileColumns(s.Schema.Raw())
	return &mageChecker{columns}, err
}

func (c *mageChecker) plan(s *Schema) *jsonschema.Plan {
	rules := make([]jsonschema.ColumnRule, len(s.properties))
	for i, p := range s.properties {
		object := slices.Contains(p.own, "object")
		rules[i] = jsonschema.ColumnRule{Name: p.Name, Free: p.constant, AnyObject: object, AnyArray: object || slices.Contains(p.own, "array")}
	}
	return jsonschema.PlanColumns(c.columns, rules)
}

func (c *mageChecker) explain(e *entry) error {
	for _, column := range e.columns {
		name, value := e.name(column), e.value(column)
		property := e.property(column)
		if property == nil {
			return columnError(name, errors.New("the schema has no such column"))
		}
		if property.constant || shallow(*property, value) {
			continue
		}
		decoded, err := value.Any()
		if err != nil {
			return columnError(name, err)
		}
		if violations := c.columns[name].Validate(decoded); len(violations) > 0 {
			return columnError(name, violationError(violations))
		}
	}
	return errUnfit
}

// shallow tells whether Mage looks no further than at the kind of the value.
func shallow(p Property, value Value) bool {
	kind := value.Kind()
	if slices.Contains(p.own, "object") {
		return kind == KindObject || kind == KindArray
	}
	return slices.Contains(p.own, "array") && kind == KindArray
}

// fullChecker holds the whole record against the whole schema, by the schema's
// own draft, formats asserted.
type fullChecker struct {
	schema *jsonschema.Schema
}

func newFullChecker(s *Stream) (checker, error) {
	schema, err := jsonschema.Compile(s.Schema.source)
	return &fullChecker{schema}, err
}

func (c *fullChecker) plan(s *Schema) *jsonschema.Plan { return c.schema.Plan(s.columnNames()) }

func (c *fullChecker) explain(e *entry) error {
	value := make(map[string]any, len(e.columns))
	for _, column := range e.columns {
		name := e.name(column)
		decoded, err := e.value(column).Any()
		if err != nil {
			return columnError(name, err)
		}
		value[name] = decoded
	}
	if violations := c.schema.Validate(value); len(violations) > 0 {
		return violationError(violations)
	}
	return errUnfit
}

// mostViolations is how many violations of one record are told one by one.
const mostViolations = 100

// violationError tells every violation in one line.
func violationError(violations []jsonschema.Violation) error {
	var texts []string
	for _, v := range violations[:min(len(violations), mostViolations)] {
		texts = append(texts, singer.Excerpt([]byte(v.String())))
	}
	if more := len(violations) - len(texts); more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(texts, "; "))
}

// checkMode is what the closing summary says of a stream's validation.
func (p *preparer) checkMode(s *Stream) string {
	switch {
	case p.limits.Validation == "full":
		return "checked (full)"
	case p.limits.Validation == "off":
		return "unchecked (validation: off)"
	case !s.DisableColumnTypeCheck:
		return "checked (mage)"
	case s.explicit:
		return "unchecked (disable_column_type_check true)"
	}
	return "unchecked (disable_column_type_check absent)"
}
