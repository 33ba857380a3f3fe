package flow

import (
	"maps"
	"math/bits"
)

// Labels is a set of origins of a value.
type Labels uint64

// sources is where the labels of a Spec's own origins begin; those below stand
// for parameters.
const sources = 48

// Param is the label of a parameter, the receiver being the first. Parameters
// beyond the 48th have none.
func Param(i int) Labels {
	if i >= sources {
		return 0
	}
	return 1 << i
}

// Source is the label of the i-th origin of a Spec, at most 16.
func Source(i int) Labels { return 1 << (sources + i) }

// Sources are the labels that stand for origins of the Spec.
func (l Labels) Sources() Labels { return l &^ (1<<sources - 1) }

// Params are the labels that stand for parameters.
func (l Labels) Params() Labels { return l & (1<<sources - 1) }

// params yields the indexes of the parameters.
func (l Labels) params(yield func(int) bool) {
	for rest := uint64(l.Params()); rest != 0; rest &= rest - 1 {
		if !yield(bits.TrailingZeros64(rest)) {
			return
		}
	}
}

// content is what a value holds: labels that hold for all of it, and those of its
// fields, or of the results of a call.
type content struct {
	all   Labels
	parts map[int]Labels
}

// flat is the content without the distinction of parts.
func (c content) flat() Labels {
	l := c.all
	for _, part := range c.parts {
		l |= part
	}
	return l
}

// part is the content of a field or a result.
func (c content) part(i int) content { return content{all: c.all | c.parts[i]} }

// with is the union of both. The first is not changed.
func (c content) with(other content) content {
	c.all |= other.all
	if len(other.parts) > 0 {
		parts := maps.Clone(c.parts)
		if parts == nil {
			parts = map[int]Labels{}
		}
		for i, l := range other.parts {
			parts[i] |= l
		}
		c.parts = parts
	}
	return c
}

func (c content) equal(other content) bool {
	return c.all == other.all && maps.Equal(c.parts, other.parts)
}
