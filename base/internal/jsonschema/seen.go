package jsonschema

// seen tells which properties of an object were there: the first of them in a word
// of its own, the others in bits on the stack of the pass.
type seen struct {
	low   uint64
	first int // of the words on the stack
}

const wordBits = 64

// enter makes room for an object with that many properties.
func (p *Pass) enter(properties int) seen {
	first := len(p.seen)
	for properties -= wordBits; properties > 0; properties -= wordBits {
		p.seen = append(p.seen, 0)
	}
	return seen{first: first}
}

// add notes a property and tells whether it was there already.
func (s *seen) add(p *Pass, place int32) (before bool) {
	word := &s.low
	if place >= wordBits {
		word = &p.seen[s.first+int(place/wordBits)-1]
	}
	bit := uint64(1) << (place % wordBits)
	before = *word&bit != 0
	*word |= bit
	return before
}

func (s *seen) has(p *Pass, place int32) bool {
	word := s.low
	if place >= wordBits {
		word = p.seen[s.first+int(place/wordBits)-1]
	}
	return word>>(place%wordBits)&1 != 0
}

// leave gives back what the walk over an object took.
func (p *Pass) leave(w *objectWalk) {
	p.seen = p.seen[:w.seen.first]
	p.keys.leave(w.keys)
}
