package jsonschema

import (
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// valueSet holds the values of an enum, or the one of a const: strings by what
// they say, others in their canonical form.
type valueSet struct {
	texts  map[string]struct{}
	others map[string]struct{}
}

// isOneOf tells whether the value between i and end is in the set.
func (p *Pass) isOneOf(set *valueSet, i, end int) bool {
	if p.text[i] == '"' {
		_, ok := set.texts[string(p.unescaped(p.text[i+1:end-1]))]
		return ok
	}
	p.scratch, _ = p.digests.appendCanonical(p.scratch[:0], p.text, i)
	_, ok := set.others[string(p.scratch)]
	return ok
}

// distinct tells whether the elements of the array at i, of which there are some, are
// all different.
func (p *Pass) distinct(i int) bool {
	p.scratch = p.scratch[:0]
	frame := p.keys.enter()
	defer p.keys.leave(frame)
	i = rawjson.SkipSpace(p.text, i+1)
	for more := true; more; {
		start := len(p.scratch)
		p.scratch, i = p.digests.appendCanonical(p.scratch, p.text, i)
		if p.keys.add(&frame, p.scratch, start, len(p.scratch)) {
			return false
		}
		i, more = rawjson.Next(p.text, i, ']')
	}
	return true
}
