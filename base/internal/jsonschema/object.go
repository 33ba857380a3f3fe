package jsonschema

import (
	"regexp"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

type objectRules struct {
	id           int // among the objects of its plan
	properties   []property
	places       map[string]int32 // of the properties, by name
	patterns     []pattern
	additional   *node // of members that are no property and match no pattern
	names        *node // of the keys of members that are no property
	required     int   // how many properties have to be there
	least, most  int   // members; most is negative for no limit
	dependencies []dependency
}

// property is a name that the rules mention. Its node joins all that is said of
// the member: as a property, by patterns, as an additional one, of its name.
type property struct {
	name     string
	key      spelling
	node     *node
	required int // 1 if it has to be there
}

type pattern struct {
	match *regexp.Regexp
	node  *node
}

// dependency is what the presence of a property, by its place, asks for.
type dependency struct {
	place    int32
	required []int32 // places of other properties
	node     *node   // of the whole object, or nil
}

// object walks over the object at i.
func (p *Pass) object(n *node, i int) (end int, ok bool) {
	rules, ok := n.object, n.types&object != 0
	if !ok && p.known > 0 {
		return i, false
	}
	if rules == nil || !ok {
		rules = &anyObject
	}
	if !p.deeper() {
		return -1, false
	}
	end, fits := p.members(rules, i, false)
	p.depth--
	return end, ok && fits
}

// objectWalk is how far a walk over an object has come.
type objectWalk struct {
	rules  *objectRules
	follow []int32
	seen   seen
	keys   frame
	likely int32 // where in follow the next property should be
	place  int32 // of the member at hand, -1 if it is no property

	count, required int // members and required ones that were there
}

// members walks over the members of the object at i. record tells that they are
// columns, to be noted.
func (p *Pass) members(rules *objectRules, i int, record bool) (end int, ok bool) {
	b, start := p.text, i
	if i >= len(b) || b[i] != '{' {
		return -1, false
	}
	w := objectWalk{rules: rules, follow: p.followOf(rules), seen: p.enter(len(rules.properties)), keys: p.keys.enter()}
	ok = true
	i = rawjson.SkipSpace(b, i+1)
	for more := i >= len(b) || b[i] != '}'; more; w.count++ {
		key := i
		if i = p.key(&w, i); i < 0 {
			return -1, false
		}
		var n *node
		switch {
		case w.place >= 0:
			n = rules.properties[w.place].node
		case ok:
			n, ok = p.unlisted(rules, key, i)
		}
		if rawjson.Tight(b, i, ':') {
			i++
		} else if i = rawjson.AfterColon(b, i); i < 0 {
			return -1, false
		}
		value := i
		if ok {
			i, ok = p.value(n, i)
		} else {
			i, _ = p.value(nil, i)
		}
		switch {
		case i < 0:
			return -1, false
		case !ok && p.known > 0:
			p.leave(&w)
			return i, false
		case record:
			p.Columns = append(p.Columns, Column{w.place, uint32(key), uint32(value), uint32(i)})
		}
		if rawjson.Tight(b, i, ',') {
			i++
		} else if i, more = rawjson.Next(b, i, '}'); i < 0 {
			return -1, false
		}
	}
	ok = ok && p.complete(&w, start)
	p.leave(&w)
	return i + 1, ok
}

// complete tells whether all members together are what the rules ask for.
func (p *Pass) complete(w *objectWalk, start int) bool {
	r := w.rules
	return w.required == r.required && w.count >= r.least && (r.most < 0 || w.count <= r.most) &&
		(r.dependencies == nil || p.dependenciesFit(w, start))
}

// followOf holds, for each property, which one came after it the last time, and
// first of all which one came first. A tap spells all records of a stream alike,
// so that a key need only be compared with one name.
func (p *Pass) followOf(rules *objectRules) []int32 {
	if len(rules.properties) == 0 {
		return nil
	}
	follow := p.follow[rules.id]
	if follow == nil {
		follow = make([]int32, len(rules.properties)+1)
		for i := range rules.properties {
			follow[i] = int32(i)
		}
		p.follow[rules.id] = follow
	}
	return follow
}

// key walks over the key at i and finds its property, which it counts.
func (p *Pass) key(w *objectWalk, i int) (end int) {
	if w.follow == nil {
		return p.lookUp(w, i)
	}
	w.place = w.follow[w.likely]
	property := &w.rules.properties[w.place]
	if property.key.standsAt(p.text, i) {
		end = i + len(property.key.quoted)
	} else {
		if end = p.lookUp(w, i); w.place < 0 {
			return end
		}
		w.follow[w.likely] = w.place
		property = &w.rules.properties[w.place]
	}
	w.likely = w.place + 1
	w.required += property.required
	if w.seen.add(p, w.place) {
		p.Repeated = true
	}
	return end
}

// lookUp walks over the key at i and finds its property by name.
func (p *Pass) lookUp(w *objectWalk, i int) (end int) {
	b := p.text
	w.place = -1
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	end, plain := rawjson.ScanString(b, i)
	if end < 0 {
		return -1
	}
	name := b[i+1 : end-1]
	if !plain {
		name = p.unescaped(name)
	}
	if place, ok := w.rules.places[string(name)]; ok {
		w.place = place
		return end
	}
	switch {
	case p.known > 0:
	case !plain:
		p.Unsure = true
	case p.keys.add(&w.keys, b, i+1, end-1):
		p.Repeated = true
	}
	return end
}

// unlisted is the node of a member that is no property, whose key stands between i
// and end; ok is false if its name is not allowed.
func (p *Pass) unlisted(rules *objectRules, i, end int) (n *node, ok bool) {
	if rules.names != nil {
		p.known++
		_, ok := p.value(rules.names, i)
		p.known--
		if !ok {
			return nil, false
		}
	}
	if rules.patterns == nil {
		return rules.additional, true
	}
	name := p.unescaped(p.text[i+1 : end-1])
	n = rules.additional
	matched := false
	for _, pattern := range rules.patterns {
		switch {
		case !pattern.match.Match(name):
		case matched:
			n = joined(n, pattern.node)
		default:
			n, matched = pattern.node, true
		}
	}
	return n, true
}

func (p *Pass) dependenciesFit(w *objectWalk, start int) bool {
	for _, dependency := range w.rules.dependencies {
		if !w.seen.has(p, dependency.place) {
			continue
		}
		for _, place := range dependency.required {
			if !w.seen.has(p, place) {
				return false
			}
		}
		if dependency.node == nil || !p.Plain() {
			continue
		}
		p.known++
		_, ok := p.value(dependency.node, start)
		p.known--
		if !ok {
			return false
		}
	}
	return true
}
