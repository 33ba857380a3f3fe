package base

import (
	"fmt"
	"slices"
	"strings"
)

// Column is what code that was generated for a stream knows of one of its columns.
type Column struct {
	Name     string
	Types    []string // JSON Schema types, "null" among them, that the field can hold; nil: any
	Required bool     // the field has no place for null or nothing
}

// CheckColumns holds a stream's schema to the columns that code was generated for. The
// error tells, as a difference of columns, what that code cannot hold: a column that may
// have a type which it had not, or one that is required there and gone, or may now be
// missing. notes tell what differs and does no harm: new columns, which are kept as
// additional properties, and optional ones that are gone. A column that has fewer types
// than it had is no difference.
//
// Mage's internal columns and those that the config adds are left out.
func CheckColumns(stream Stream, columns []Column) (notes []string, err error) {
	if stream.Schema == nil {
		return nil, nil
	}
	var clashes []string
	required := requiredColumns(stream.Schema)
	for _, c := range columns {
		p, ok := stream.Schema.Property(c.Name)
		switch {
		case !ok && c.Required:
			clashes = append(clashes, fmt.Sprintf("column %s: is gone, and was required", c.Name))
		case !ok:
			notes = append(notes, fmt.Sprintf("column %s: is gone", c.Name))
		case !c.holds(p.Types):
			clashes = append(clashes, fmt.Sprintf("column %s: was %s, is %s", c.Name, typeWords(c.Types), typeWords(p.Types)))
		case c.Required && !slices.Contains(required, c.Name):
			clashes = append(clashes, fmt.Sprintf("column %s: was required, is not", c.Name))
		}
	}
	for _, p := range stream.Schema.Properties() {
		known := slices.ContainsFunc(columns, func(c Column) bool { return c.Name == p.Name })
		if !known && !p.constant && p.Name != CreatedAtColumn && p.Name != UpdatedAtColumn {
			notes = append(notes, fmt.Sprintf("column %s: is new, %s", p.Name, typeWords(p.Types)))
		}
	}
	if len(clashes) == 0 {
		return notes, nil
	}
	return notes, fmt.Errorf("stream %s: the schema no longer fits the code that was generated for it: %s; run mage-dest generate --streams FILE with a stream or catalog of today",
		stream.Name, strings.Join(append(clashes, notes...), "; "))
}

// holds reports whether the column's field can hold values of those types.
func (c Column) holds(types []string) bool {
	if c.Types == nil {
		return true
	}
	if len(types) == 0 {
		return false // any
	}
	for _, t := range types {
		// A number may be a whole one.
		if !slices.Contains(c.Types, t) && (t != "integer" || !slices.Contains(c.Types, "number")) {
			return false
		}
	}
	return true
}

// requiredColumns reads `required`.
func requiredColumns(s *Schema) []string {
	var schema struct{ Required []string }
	if decode(s.source, &schema) != nil {
		return nil // Draft 3 has true and false there
	}
	return schema.Required
}

func typeWords(types []string) string {
	if len(types) == 0 {
		return "any type"
	}
	return strings.Join(types, " or ")
}
