package jsonschema

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mage-dest/mage-dest/base/internal/decimal"
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
		m.not = cmpOr(t.node(s.Not), &anyValue)
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
	if len(m.values)+len(m.allOf)+len(m.anyOf)+len(m.oneOf) == 0 && m.not == nil && m.condition == nil {
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
		canonical, _ := appendCanonical(nil, spelled, 0)
		set.others[string(canonical)] = struct{}{}
	}
	return set
}

func numberRulesOf(s *jsonschema.Schema) *numberRules {
	r := numberRules{least: newBound(s.Minimum, false), most: newBound(s.Maximum, false)}
	if b := newBound(s.ExclusiveMinimum, true); b != nil && (r.least == nil || r.least.value.Compare(b.value) <= 0) {
		r.least = b
	}
	if b := newBound(s.ExclusiveMaximum, true); b != nil && (r.most == nil || r.most.value.Compare(b.value) >= 0) {
		r.most = b
	}
	if s.MultipleOf != nil {
		divisor := decimal.NewDivisor(decimalOf(s.MultipleOf))
		r.divisor = &divisor
	}
	if r.least == nil && r.most == nil && r.divisor == nil {
		return nil
	}
	r.small = r.divisor == nil && r.least.isSmall() && r.most.isSmall()
	return &r
}

func newBound(value *big.Rat, exclusive bool) *bound {
	if value == nil {
		return nil
	}
	b := &bound{value: decimalOf(value), exclusive: exclusive}
	if value.IsInt() && value.Num().IsInt64() {
		b.small = value.Num().Int64()
	}
	return b
}

// isSmall tells whether there is no bound or small is all of it.
func (b *bound) isSmall() bool {
	return b == nil || b.small != 0 || b.value.Digits() == 0
}

// decimalOf is a number that was written as a decimal.
func decimalOf(value *big.Rat) decimal.Decimal {
	digits, _ := value.FloatPrec()
	return decimal.Parse([]byte(value.FloatString(digits)))
}

func textRulesOf(s *jsonschema.Schema) *textRules {
	r := textRules{least: number0(s.MinLength), most: numberOr(s.MaxLength, -1), pattern: regexpOf(s.Pattern)}
	if s.Format != nil {
		r.format, _ = formatOf(s.Format.Name)
	}
	if r.least == 0 && r.most < 0 && r.pattern == nil && r.format == nil {
		return nil
	}
	return &r
}

// regexpOf is the expression that the library uses, but over bytes.
func regexpOf(pattern jsonschema.Regexp) *regexp.Regexp {
	if pattern == nil {
		return nil
	}
	return regexp.MustCompile(pattern.String())
}

func (t *translator) arrayRules(s *jsonschema.Schema) *arrayRules {
	r := arrayRules{
		least: number0(s.MinItems), most: numberOr(s.MaxItems, -1), unique: s.UniqueItems,
		containsMin: numberOr(s.MinContains, 1), containsMax: numberOr(s.MaxContains, -1),
	}
	if s.Contains != nil {
		r.contains = cmpOr(t.node(s.Contains), &anyValue)
	}
	r.prefix, r.items = t.nodesOf(s.PrefixItems), t.node(s.Items2020)
	switch items := s.Items.(type) {
	case *jsonschema.Schema:
		r.items = t.node(items)
	case []*jsonschema.Schema:
		r.prefix, r.items = t.nodesOf(items), t.either(s.AdditionalItems)
	}
	if r.least == 0 && r.most < 0 && !r.unique && r.contains == nil && r.prefix == nil && r.items == nil {
		return nil
	}
	return &r
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

func number0(value *int) int { return numberOr(value, 0) }

func numberOr(value *int, or int) int {
	if value == nil {
		return or
	}
	return *value
}

func cmpOr(n, or *node) *node {
	if n == nil {
		return or
	}
	return n
}

// resolve follows a schema that says nothing but what another says.
func resolve(s *jsonschema.Schema) *jsonschema.Schema {
	for range 100 { // a circle ends here, and circular finds it
		next := s.Ref
		if next == nil && len(s.AllOf) == 1 {
			next = s.AllOf[0]
		}
		if next == nil || saysMore(s) {
			break
		}
		s = next
	}
	return s
}

// saysMore tells whether a schema with a Ref, or with one schema in AllOf, says
// something beside it.
func saysMore(s *jsonschema.Schema) bool {
	return s.Ref != nil && len(s.AllOf) > 0 || s.Bool != nil || s.Types != nil || s.Enum != nil || s.Const != nil || s.Not != nil ||
		len(s.AnyOf)+len(s.OneOf) > 0 || s.If != nil ||
		s.RecursiveRef != nil || s.DynamicRef != nil || s.UnevaluatedItems != nil || s.UnevaluatedProperties != nil ||
		numberRulesOf(s) != nil || textRulesOf(s) != nil || restrictsObjects(s) ||
		s.MinItems != nil || s.MaxItems != nil || s.UniqueItems || s.Contains != nil || s.Items != nil || s.PrefixItems != nil || s.Items2020 != nil
}

// split makes a node for the values of each kind, if all that the node asks for is
// one of several schemas: most of them are out of question once the kind is known.
func (n *node) split() *[classes]*node {
	m := n.more
	if m == nil || n.number != nil || n.text != nil || n.array != nil || n.object != nil {
		return nil
	}
	branches := m.anyOf
	if m.oneOf != nil {
		branches = m.oneOf
	}
	if m.anyOf != nil && m.oneOf != nil || branches == nil || len(m.allOf)+len(m.values) > 0 || m.not != nil || m.condition != nil {
		return nil
	}
	var byKind [classes]*node
	for c := range classes {
		byKind[c] = n.splitFor(c, branches)
	}
	return &byKind
}

func (n *node) splitFor(c class, branches []*node) *node {
	possible := slices.DeleteFunc(slices.Clone(branches), func(branch *node) bool {
		return branch != nil && branch.types&c.kinds() == 0
	})
	all := n.types&c.kinds() == c.kinds()
	switch {
	case len(possible) == 0 || n.types&c.kinds() == 0:
		return &node{}
	case len(possible) == 1 && all:
		return cmpOr(possible[0], &anyValue)
	}
	m := &more{anyOf: possible}
	if n.more.oneOf != nil {
		m = &more{oneOf: possible}
	}
	return &node{types: n.types, exactInt: n.exactInt, more: m}
}

// circular tells whether a node, or one that it leads to, leads back to itself
// without a step into the value: to walk by it would never end.
func circular(n *node) bool {
	const open, done = 1, 2
	states := map[*node]int{}
	later := []*node{n} // nodes of what is in the value
	var visit func(n *node) bool
	visit = func(n *node) bool {
		if n == nil || states[n] == done {
			return false
		}
		if states[n] == open {
			return true
		}
		states[n] = open
		here, inside := n.successors()
		later = append(later, inside...)
		if slices.ContainsFunc(here, visit) {
			return true
		}
		states[n] = done
		return false
	}
	for len(later) > 0 {
		next := later[len(later)-1]
		later = later[:len(later)-1]
		if visit(next) {
			return true
		}
	}
	return false
}

// successors are the nodes that judge the same value, and those that judge what is
// in it.
func (n *node) successors() (here, inside []*node) {
	if n.byKind != nil {
		return n.byKind[:], nil
	}
	if m := n.more; m != nil {
		here = slices.Concat(m.allOf, m.anyOf, m.oneOf, []*node{m.not, m.condition, m.then, m.otherwise})
	}
	if r := n.array; r != nil {
		inside = append(slices.Clone(r.prefix), r.items, r.contains)
	}
	if r := n.object; r != nil {
		inside = append(inside, r.additional, r.names)
		for _, p := range r.properties {
			inside = append(inside, p.node)
		}
		for _, p := range r.patterns {
			inside = append(inside, p.node)
		}
		for _, d := range r.dependencies {
			here = append(here, d.node)
		}
	}
	return here, inside
}
