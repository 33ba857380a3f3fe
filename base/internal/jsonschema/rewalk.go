package jsonschema

// rewalks are the arrays and objects of a text that were walked over again, each by
// the node of another branch. Where a schema with branches leads back to itself, one
// place may be come to by one node on as many ways as there are powers of two, so
// what was found there is kept once more was walked over than any common text takes.
type rewalks struct {
	bytes int // walked over again so far
	found map[place]found
}

// place is an array or an object and the node that it is judged by.
type place struct {
	node *node
	at   int
}

type found struct {
	end int
	ok  bool
}

// patience is how many times the length of a text is walked over again before
// anything is kept of it, and mostFound how much is kept at once.
const (
	patience  = 64
	mostFound = 1 << 20
)

// again judges the array or the object at i in text that is known to be JSON.
func (p *Pass) again(n *node, i int) (end int, ok bool) {
	r := &p.rewalks
	keep := p.eager || r.bytes > patience*len(p.text)
	if keep {
		if f, before := r.found[place{n, i}]; before {
			return f.end, f.ok
		}
	}
	end, ok = p.container(n, i)
	r.bytes += end - i
	if keep {
		if r.found == nil || len(r.found) >= mostFound {
			r.found = map[place]found{}
		}
		r.found[place{n, i}] = found{end, ok}
	}
	return end, ok
}

// container judges the array or the object at i.
func (p *Pass) container(n *node, i int) (end int, ok bool) {
	if p.text[i] == '{' {
		end, ok = p.object(n, i)
	} else {
		end, ok = p.array(n, i)
	}
	if n.more != nil && ok && end >= 0 {
		ok = p.fits(n.more, i, end)
	}
	return end, ok
}
