package jsonschema

import "slices"

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
