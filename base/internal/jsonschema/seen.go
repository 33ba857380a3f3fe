package jsonschema

// seen tells which properties of an object were there: bits on the stack of the
// pass, from the first word on.
type seen struct{ first int }

// enter makes room for an object with that many properties.
func (p *Pass) enter(properties int) seen {
	first := len(p.seen)
	for range (properties + 63) / 64 {
		p.seen = append(p.seen, 0)
	}
	return seen{first: first}
}

// add notes a property and tells whether it was there already.
func (s seen) add(p *Pass, place int32) (before bool) {
	word, bit := &p.seen[s.first+int(place>>6)], uint64(1)<<(place&63)
	before = *word&bit != 0
	*word |= bit
	return before
}

func (s seen) has(p *Pass, place int32) bool {
	return p.seen[s.first+int(place>>6)]>>(place&63)&1 != 0
}

// leave gives back what an object took.
func (p *Pass) leave(s seen, f frame) {
	p.seen = p.seen[:s.first]
	p.keys.leave(f)
}
