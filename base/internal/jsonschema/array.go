package jsonschema

import (
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

type arrayRules struct {
	prefix      []*node
	items       *node // of the elements after the prefix
	least, most int   // elements; most is negative for no limit
	unique      bool
	contains    *node
	containsMin int
	containsMax int // negative for no limit
}

// array walks over the array at i.
func (p *Pass) array(n *node, i int) (end int, ok bool) {
	rules, ok := n.array, n.types&array != 0
	if !ok && p.known > 0 {
		return i, false
	}
	if rules == nil || !ok {
		rules = &anyArray
	}
	if !p.deeper() {
		return -1, false
	}
	end, fits := p.elements(rules, i)
	p.depth--
	return end, ok && fits
}

func (p *Pass) elements(rules *arrayRules, i int) (end int, ok bool) {
	b, start := p.text, i
	count, contained, ok := 0, 0, true
	i = rawjson.SkipSpace(b, i+1)
	for more := i >= len(b) || b[i] != ']'; more; count++ {
		element := i
		if ok {
			i, ok = p.value(rules.item(count), i)
		} else {
			i, _ = p.value(nil, i)
		}
		switch {
		case i < 0:
			return -1, false
		case !ok && p.known > 0:
			return i, false
		case ok && rules.contains != nil && p.takes(rules.contains, element):
			contained++
		}
		if rawjson.Tight(b, i, ',') {
			i++
		} else if i, more = rawjson.Next(b, i, ']'); i < 0 {
			return -1, false
		}
	}
	end = i + 1
	ok = ok && count >= rules.least && (rules.most < 0 || count <= rules.most)
	if ok && rules.contains != nil {
		ok = contained >= rules.containsMin && (rules.containsMax < 0 || contained <= rules.containsMax)
	}
	if ok && rules.unique && count > 1 && p.Plain() {
		ok = p.distinct(start)
	}
	return end, ok
}

func (r *arrayRules) item(i int) *node {
	if i < len(r.prefix) {
		return r.prefix[i]
	}
	return r.items
}

// takes tells whether a node takes the value at i, which has been walked over.
func (p *Pass) takes(n *node, i int) bool {
	if !p.Plain() {
		return true // it is not judged
	}
	p.known++
	_, ok := p.value(n, i)
	p.known--
	return ok
}
