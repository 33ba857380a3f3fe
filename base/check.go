package base

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// checker holds a prepared record against its schema.
type checker interface {
	check(r *Record, s *Schema) error
}

// mageChecker is Mage's check (9.4 of its contract) without its faults: each
// column by itself against its own property, by Draft 4, without formats; where
// a column may be an object any object or array will do, where it may be an
// array any array.
type mageChecker struct {
	columns map[string]*jsonschema.Schema
}

func newMageChecker(s *Stream) (checker, error) {
	columns, err := jsonschema.CompileColumns(s.Schema.Raw())
	if err != nil {
		return nil, fmt.Errorf("the schema cannot be used to check records: %w", err)
	}
	return &mageChecker{columns}, nil
}

func (c *mageChecker) check(r *Record, s *Schema) error {
	for _, column := range r.columns {
		property, ok := s.Property(column.name)
		if !ok {
			return columnError(column.name, errors.New("the schema has no such column"))
		}
		if property.constant || shallow(property, column.value) {
			continue
		}
		value, err := column.value.Any()
		if err != nil {
			return columnError(column.name, err)
		}
		if violations := c.columns[column.name].Validate(value); len(violations) > 0 {
			return columnError(column.name, violationError(violations))
		}
	}
	return nil
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
	if err != nil {
		return nil, fmt.Errorf("the schema cannot be used to check records: %w", err)
	}
	return &fullChecker{schema}, nil
}

func (c *fullChecker) check(r *Record, _ *Schema) error {
	value := make(map[string]any, len(r.columns))
	for _, column := range r.columns {
		decoded, err := column.value.Any()
		if err != nil {
			return columnError(column.name, err)
		}
		value[column.name] = decoded
	}
	if violations := c.schema.Validate(value); len(violations) > 0 {
		return violationError(violations)
	}
	return nil
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
