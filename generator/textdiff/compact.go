package textdiff

// group is a run of changed lines, or the empty run between two lines that are
// not: as many as there are unchanged lines, and one.
type group struct {
	file       *file
	start, end int
}

func firstGroup(f *file) group {
	g := group{file: f}
	for f.isChanged(g.end) {
		g.end++
	}
	return g
}

func (g *group) empty() bool { return g.start == g.end }

func (g *group) next() bool {
	if g.end == len(g.file.lines) {
		return false
	}
	g.start = g.end + 1
	for g.end = g.start; g.file.isChanged(g.end); g.end++ {
	}
	return true
}

func (g *group) previous() {
	g.end = g.start - 1
	for g.start = g.end; g.file.isChanged(g.start - 1); g.start-- {
	}
}

// slideDown moves a group by a line: its first line is the same as the one after
// it. A group that it bumps into becomes part of it.
func (g *group) slideDown() bool {
	f := g.file
	if g.end == len(f.lines) || f.lines[g.start] != f.lines[g.end] {
		return false
	}
	f.changed[g.start], f.changed[g.end] = false, true
	for g.start, g.end = g.start+1, g.end+1; f.isChanged(g.end); g.end++ {
	}
	return true
}

func (g *group) slideUp() bool {
	f := g.file
	if g.start == 0 || f.lines[g.start-1] != f.lines[g.end-1] {
		return false
	}
	f.changed[g.start-1], f.changed[g.end-1] = true, false
	for g.start, g.end = g.start-1, g.end-1; f.isChanged(g.start - 1); g.start-- {
	}
	return true
}

// compact gives each group of f that could stand at several places its place: where
// it faces a group of the other file if there is such a place, the last of these,
// else as far down as it can be.
func compact(f, other *file) {
	g, facing := firstGroup(f), firstGroup(other)
	for {
		if !g.empty() {
			place(&g, &facing)
		}
		if !g.next() {
			return
		}
		facing.next()
	}
}

func place(g, facing *group) {
	var highest int
	faced := false
	for size := -1; size != g.end-g.start; {
		size = g.end - g.start
		for g.slideUp() {
			facing.previous()
		}
		highest, faced = g.end, !facing.empty()
		for g.slideDown() {
			facing.next()
			faced = faced || !facing.empty()
		}
	}
	if g.end == highest || !faced {
		return
	}
	for facing.empty() {
		g.slideUp()
		facing.previous()
	}
}
