package jsonschema

import (
	"encoding/json"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// translator turns compiled schemas into nodes, each once: schemas may lead back
// to themselves.
type translator struct {
	exactInt  bool // numbers with a fraction or an exponent are no integers
	nodes     map[*jsonschema.Schema]*node
	objects   int
	fallbacks int
}

func newTranslator() *translator {
	return &translator{nodes: map[*jsonschema.Schema]*node{}}
}

// node is the node of a schema; nil, for none, takes anything.
func (t *translator) node(s *jsonschema.Schema) *node {
	if s == nil {
		return nil
	}
	s = resolve(s)
	if n, ok := t.nodes[s]; ok {
		return n
	}
	n := &node{types: anything}
	t.nodes[s] = n
	if t.library(s) {
		t.fallbacks++
		n.more = &more{library: s}
		return n
	}
	t.fill(n, s)
	return n
}

// nodesOf are the nodes of several schemas.
func (t *translator) nodesOf(schemas []*jsonschema.Schema) (nodes []*node) {
	for _, s := range schemas {
		nodes = append(nodes, t.node(s))
	}
	return nodes
}

// library tells whether a schema has a keyword that has no node.
func (t *translator) library(s *jsonschema.Schema) bool {
	return s.UnevaluatedItems != nil || s.UnevaluatedProperties != nil
}

func (t *translator) fill(n *node, s *jsonschema.Schema) {
	if s.Bool != nil {
		if !*s.Bool {
			n.types = 0
		}
		return
	}
	n.types, n.exactInt = kindsOf(s.Types), t.exactInt
	n.number, n.text, n.array = numberRulesOf(s), textRulesOf(s), t.arrayRules(s)
	if restrictsObjects(s) {
		n.object = t.objectRules(s, nil)
	}
	n.more = t.moreOf(s)
	n.byKind = n.split()
}

func kindsOf(types *jsonschema.Types) kinds {
	if types == nil {
		return anything
	}
	all := kinds(0)
	for _, name := range types.ToStrings() {
		switch name {
		case "null":
			all |= null
		case "boolean":
			all |= boolean
		case "integer":
			all |= whole
		case "number":
			all |= number
		case "string":
			all |= text
		case "array":
			all |= array
		case "object":
			all |= object
		}
	}
	return all
}

func (t *translator) moreOf(s *jsonschema.Schema) *more {
	m := more{
		allOf: t.nodesOf(s.AllOf), anyOf: t.nodesOf(s.AnyOf), oneOf: t.nodesOf(s.OneOf),
		condition: t.node(s.If), then: t.node(s.Then), otherwise: t.node(s.Else),
	}
	if s.Not != nil {
		m.not = nodeOr(t.node(s.Not), &anyValue)
	}
	if s.Ref != nil {
		m.allOf = append(m.allOf, t.node(s.Ref))
	}
	if s.Enum != nil {
		m.values = append(m.values, newValueSet(s.Enum.Values))
	}
	if s.Const != nil {
		m.values = append(m.values, newValueSet([]any{*s.Const}))
	}
	m.onlyValues = len(m.allOf)+len(m.anyOf)+len(m.oneOf) == 0 && m.not == nil && m.condition == nil
	if m.onlyValues && len(m.values) == 0 {
		return nil
	}
	return &m
}

func newValueSet(values []any) *valueSet {
	set := &valueSet{texts: map[string]struct{}{}, others: map[string]struct{}{}}
	for _, value := range values {
		if text, ok := value.(string); ok {
			set.texts[text] = struct{}{}
			continue
		}
		spelled, err := json.Marshal(value)
		if err != nil {
			continue // it was read from JSON
		}
		var digests digests
		canonical, _ := digests.appendCanonical(nil, spelled, 0)
		set.others[string(canonical)] = struct{}{}
	}
	return set
}

// either is the node of what may be a schema, true, false or left out.
func (t *translator) either(value any) *node {
	switch value := value.(type) {
	case *jsonschema.Schema:
		return t.node(value)
	case bool:
		if !value {
			return &node{}
		}
	}
	return nil
}

func numberOrZero(value *int) int { return numberOr(value, 0) }

func numberOr(value *int, or int) int {
	if value == nil {
		return or
	}
	return *value
}

func nodeOr(n, or *node) *node {
	if n == nil {
		return or
	}
	return n
}
