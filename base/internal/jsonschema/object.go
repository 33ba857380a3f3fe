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
	quoted   string // the spelling that its key has most of the time, "" if there is none
	node     *node
	required bool
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

// members walks over the members of the object at i. record tells that they are
// columns, to be noted.
func (p *Pass) members(rules *objectRules, i int, record bool) (end int, ok bool) {
	b, start := p.text, i
	if i >= len(b) || b[i] != '{' {
		return -1, false
	}
	seen := p.enter(len(rules.properties))
	frame := p.keys.enter()
	follow := p.followOf(rules)
	count, required, ok := 0, 0, true
	likely := 0
	i = rawjson.SkipSpace(b, i+1)
	for more := i >= len(b) || b[i] != '}'; more; {
		key, place := i, int32(-1)
		if follow != nil {
			place = follow[likely]
		}
		if place >= 0 && hasPrefix(b, i, rules.properties[place].quoted) {
			i += len(rules.properties[place].quoted)
		} else {
			if i, place = p.key(rules, i, &frame); i < 0 {
				return -1, false
			}
			if place >= 0 {
				follow[likely] = place
			}
		}
		var n *node
		if place >= 0 {
			likely = int(place) + 1
			property := &rules.properties[place]
			n = property.node
			if property.required {
				required++
			}
			if seen.add(p, place) {
				p.Repeated = true
			}
		} else if ok {
			n, ok = p.unlisted(rules, key, i)
		}
		count++
		if i = afterColon(b, i); i < 0 {
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
			p.leave(seen, frame)
			return i, false
		case record:
			p.Columns = append(p.Columns, Column{place, uint32(key), uint32(value), uint32(i)})
		}
		if i, more = next(b, i, '}'); i < 0 {
			return -1, false
		}
	}
	ok = ok && required == rules.required && count >= rules.least && (rules.most < 0 || count <= rules.most)
	if ok && rules.dependencies != nil {
		ok = p.dependenciesFit(rules, seen, start)
	}
	p.leave(seen, frame)
	return i + 1, ok
}

// hasPrefix tells whether a key, which is "" if unknown, stands at i.
func hasPrefix(b []byte, i int, key string) bool {
	return key != "" && len(b)-i >= len(key) && string(b[i:i+len(key)]) == key
}

// afterColon steps over what stands between a key and its value.
func afterColon(b []byte, i int) int {
	if i = rawjson.SkipSpace(b, i); i >= len(b) || b[i] != ':' {
		return -1
	}
	return rawjson.SkipSpace(b, i+1)
}

// next steps from a member or an element to what follows: to the next one, or to
// the closing bracket.
func next(b []byte, i int, closing byte) (at int, more bool) {
	if i = rawjson.SkipSpace(b, i); i >= len(b) {
		return -1, false
	}
	switch b[i] {
	case ',':
		return rawjson.SkipSpace(b, i+1), true
	case closing:
		return i, false
	}
	return -1, false
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

// key walks over the key at i and finds its property, or -1.
func (p *Pass) key(rules *objectRules, i int, frame *frame) (end int, place int32) {
	b := p.text
	if i >= len(b) || b[i] != '"' {
		return -1, -1
	}
	end, plain := rawjson.ScanString(b, i)
	if end < 0 {
		return -1, -1
	}
	name := b[i+1 : end-1]
	if !plain {
		name = p.unescaped(name)
	}
	if place, ok := rules.places[string(name)]; ok {
		return end, place
	}
	switch {
	case p.known > 0:
	case !plain:
		p.Unsure = true
	case p.keys.add(frame, b, i+1, end-1):
		p.Repeated = true
	}
	return end, -1
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

func (p *Pass) dependenciesFit(rules *objectRules, seen seen, start int) bool {
	for _, dependency := range rules.dependencies {
		if !seen.has(p, dependency.place) {
			continue
		}
		for _, place := range dependency.required {
			if !seen.has(p, place) {
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
