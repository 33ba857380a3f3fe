package textdiff

import (
	"bytes"
	"slices"
)

// Labels name the three texts in the marks of a conflict.
type Labels struct{ Ours, Base, Theirs string }

// Merged is what Merge makes.
type Merged struct {
	Text      []byte
	Conflicts int // each between marks in Text, with all three texts
}

// Merge makes the changes from base to theirs in ours. Changes that touch each
// other and are not the same are a conflict: both stand in the text, and what was
// there before, between the marks of git's style diff3.
func Merge(base, ours, theirs []byte, labels Labels) Merged {
	b, o, t := splitLines(base), splitLines(ours), splitLines(theirs)
	toOurs, toTheirs := diff(b, o), diff(b, t)
	switch {
	case len(toOurs) == 0:
		return Merged{Text: theirs}
	case len(toTheirs) == 0:
		return Merged{Text: ours}
	}
	w := mergeWriter{base: b, ours: o, theirs: t, labels: labels}
	for _, r := range regionsOf(toOurs, toTheirs, b, o, t) {
		w.write(r)
	}
	w.copy(o[w.done:])
	return Merged{Text: w.out.Bytes(), Conflicts: w.conflicts}
}

// side says which text a region is taken from.
type side int8

const (
	conflict side = iota
	fromOurs
	fromTheirs
)

// span is a stretch of lines.
type span struct{ from, to int }

// region is a stretch of all three texts that at least one of two has changed.
type region struct {
	side               side
	base, ours, theirs span
}

// regionsOf joins the changes of two sides. Changes that touch are one region; one
// that both have made alike is in no region, for ours has it already.
func regionsOf(toOurs, toTheirs []change, base, ours, theirs [][]byte) []region {
	var list regions
	for len(toOurs) > 0 && len(toTheirs) > 0 {
		o, t := toOurs[0], toTheirs[0]
		endOurs, endTheirs := o.fromA+o.lenA, t.fromA+t.lenA
		switch {
		case endOurs < t.fromA:
			list.add(onlyOurs(o, t.fromB-t.fromA))
			toOurs = toOurs[1:]
			continue
		case endTheirs < o.fromA:
			list.add(onlyTheirs(t, o.fromB-o.fromA))
			toTheirs = toTheirs[1:]
			continue
		case !alike(o, t, ours, theirs):
			list.add(clash(o, t))
		}
		if endOurs >= endTheirs {
			toTheirs = toTheirs[1:]
		}
		if endTheirs >= endOurs {
			toOurs = toOurs[1:]
		}
	}
	for _, o := range toOurs {
		list.add(onlyOurs(o, len(theirs)-len(base)))
	}
	for _, t := range toTheirs {
		list.add(onlyTheirs(t, len(ours)-len(base)))
	}
	return list
}

// onlyOurs is a change of ours where theirs has the lines of base, moved by shift.
func onlyOurs(c change, shift int) region {
	return region{
		side: fromOurs, base: span{c.fromA, c.fromA + c.lenA}, ours: span{c.fromB, c.fromB + c.lenB},
		theirs: span{c.fromA + shift, c.fromA + c.lenA + shift},
	}
}

func onlyTheirs(c change, shift int) region {
	return region{
		side: fromTheirs, base: span{c.fromA, c.fromA + c.lenA}, theirs: span{c.fromB, c.fromB + c.lenB},
		ours: span{c.fromA + shift, c.fromA + c.lenA + shift},
	}
}

func alike(o, t change, ours, theirs [][]byte) bool {
	return o.fromA == t.fromA && o.lenA == t.lenA &&
		slices.EqualFunc(ours[o.fromB:o.fromB+o.lenB], theirs[t.fromB:t.fromB+t.lenB], bytes.Equal)
}

// clash is the stretch that two changes cover together: each text begins and ends
// where the change that reaches further does.
func clash(o, t change) region {
	from, to := min(o.fromA, t.fromA), max(o.fromA+o.lenA, t.fromA+t.lenA)
	within := func(c change) span {
		return span{c.fromB - (c.fromA - from), c.fromB + c.lenB + to - (c.fromA + c.lenA)}
	}
	return region{side: conflict, base: span{from, to}, ours: within(o), theirs: within(t)}
}

type regions []region

// add appends a region, or lets the last one grow if it touches it.
func (list *regions) add(r region) {
	if len(*list) == 0 {
		*list = append(*list, r)
		return
	}
	last := &(*list)[len(*list)-1]
	if r.ours.from > last.ours.to && r.theirs.from > last.theirs.to {
		*list = append(*list, r)
		return
	}
	if r.side != last.side {
		last.side = conflict
	}
	last.base.to, last.ours.to, last.theirs.to = r.base.to, r.ours.to, r.theirs.to
}
