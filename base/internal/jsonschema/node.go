package jsonschema

import (
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// kinds is a set of kinds of JSON values.
type kinds uint8

// The kinds. A number is whole or has a fraction.
const (
	null kinds = 1 << iota
	boolean
	whole
	fraction
	text
	array
	object

	number   = whole | fraction
	anything = null | boolean | number | text | array | object
)

// node is what one schema asks of a value, taken apart by the kind of the value.
// Rules that are nil ask nothing. Nodes are not changed once they are compiled,
// and serve any number of passes at once.
type node struct {
	types    kinds
	exactInt bool // 1.0 and 1e2 are no integers: Mage's way
	number   *numberRules
	text     *textRules
	array    *arrayRules
	object   *objectRules
	more     *more // what concerns values of every kind

	// byKind, if not nil, replaces this node by the one that says the same of
	// values of one kind; its index is a class.
	byKind *[classes]*node
}

// class is the kind of a value as far as its first byte tells.
type class uint8

const (
	noValue class = iota
	nullClass
	booleanClass
	numberClass
	textClass
	arrayClass
	objectClass
	classes
)

// kinds are those that values of the class can have.
func (c class) kinds() kinds {
	return [classes]kinds{0, null, boolean, number, text, array, object}[c]
}

func classOf(first byte) class {
	switch first {
	case '"':
		return textClass
	case '{':
		return objectClass
	case '[':
		return arrayClass
	case 't', 'f':
		return booleanClass
	case 'n':
		return nullClass
	}
	return numberClass // or nothing, which the walk finds out
}

// more is what a node asks of values of every kind. It is looked at after the walk
// over the value has found it to be JSON, so that these walks may stop early.
type more struct {
	values     []*valueSet // of enum and const
	onlyValues bool        // there is nothing else
	allOf      []*node
	anyOf      []*node
	oneOf      []*node
	not        *node
	condition  *node // if
	then       *node
	otherwise  *node              // else
	library    *jsonschema.Schema // what has no node: the library judges the value
}

// What asks nothing.
var (
	anyValue  = node{types: anything}
	anyObject = objectRules{most: -1}
	anyArray  = arrayRules{most: -1}
)

// joined is a node that takes what both nodes take; nil takes anything.
func joined(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &node{types: anything, more: &more{allOf: []*node{a, b}}}
}
