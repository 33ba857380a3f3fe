package jsonschema

import "slices"

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
		return nodeOr(possible[0], &anyValue)
	}
	m := &more{anyOf: possible}
	if n.more.oneOf != nil {
		m = &more{oneOf: possible}
	}
	return &node{types: n.types, exactInt: n.exactInt, more: m}
}
