package sqldest

import (
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// Type is what a column is for, as its JSON Schema has it.
type Type byte

// The types of columns. null is allowed in each.
const (
	// Mixed is a column of more than one of the other types, or of none: whatever
	// comes is stored so that nothing of it is lost.
	Mixed Type = iota
	Boolean
	Integer
	// Number is a column for integers and fractions.
	Number
	Text
	// JSON is a column for objects and arrays, which are stored as JSON text.
	JSON
)

// TypeOf is the type of a property's column.
func TypeOf(p base.Property) Type {
	types := slices.DeleteFunc(slices.Clone(p.Types), func(name string) bool { return name == "null" })
	if len(types) == 0 {
		return Mixed
	}
	joined := typeNamed(types[0])
	for _, name := range types[1:] {
		joined = join(joined, typeNamed(name))
	}
	return joined
}

func typeNamed(name string) Type {
	switch name {
	case "boolean":
		return Boolean
	case "integer":
		return Integer
	case "number":
		return Number
	case "string":
		return Text
	case "object", "array":
		return JSON
	}
	return Mixed
}

// join is the narrowest type that holds both.
func join(a, b Type) Type {
	switch {
	case a == b:
		return a
	case a == Integer && b == Number, a == Number && b == Integer:
		return Number
	}
	return Mixed
}
