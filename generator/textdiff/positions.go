package textdiff

// Positions carries places over from one text to another. A place is a number of lines
// that stand before it.
type Positions struct{ changes []change }

// NewPositions compares two texts.
func NewPositions(a, b []byte) Positions { return Positions{diff(splitLines(a), splitLines(b))} }

// First returns where in b the lines begin that stand after a place in a. Lines that
// are changed belong together: inside of such a stretch it is where that begins.
func (p Positions) First(place int) int {
	shift := 0
	for _, c := range p.changes {
		if c.fromA+c.lenA > place {
			if c.fromA < place {
				return c.fromB
			}
			break
		}
		shift = c.fromB + c.lenB - (c.fromA + c.lenA)
	}
	return place + shift
}

// Last returns where in b the lines end that stand before a place in a: inside of a
// stretch of changed lines it is where that ends.
func (p Positions) Last(place int) int {
	shift := 0
	for _, c := range p.changes {
		if c.fromA >= place {
			break
		}
		if c.fromA+c.lenA > place {
			return c.fromB + c.lenB
		}
		shift = c.fromB + c.lenB - (c.fromA + c.lenA)
	}
	return place + shift
}

// Reverse carries places over the other way.
func (p Positions) Reverse() Positions {
	list := make([]change, len(p.changes))
	for i, c := range p.changes {
		list[i] = change{fromA: c.fromB, lenA: c.lenB, fromB: c.fromA, lenB: c.lenA}
	}
	return Positions{list}
}
