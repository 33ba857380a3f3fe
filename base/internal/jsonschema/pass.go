package jsonschema

import (
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Pass walks over texts by plans: in one go it finds out whether a text is JSON,
// whether it fits, and where the columns of a record stand. It keeps its memory
// from one walk to the next and belongs to one goroutine.
//
// Columns is where a walk by Record appends what it finds; the caller sets it.
type Pass struct {
	Columns []Column

	facts
	text    []byte
	depth   int
	known   int // above 0 the text is known to be JSON, and a walk may end at the first fault
	seen    []uint64
	keys    spans
	rewalks rewalks
	digests digests
	eager   bool // tests find more this way: whatever may be asked for again is kept from the first
	scratch []byte
	plan    *Plan
	follow  [][]int32
	follows map[*planKey][][]int32
}

// Column is where a column stands in the text of a record.
type Column struct {
	Place      int32  // among the plan's columns, -1 for one that it has not
	Key        uint32 // where the key's quote is
	Start, End uint32 // of the value
}

// Verdict is what a walk found.
type Verdict struct {
	// End is the position after the value, -1 if the text is no JSON. Then nothing
	// else is said; rawjson.Check tells what is wrong.
	End int

	// Valid tells that the value fits, if it is plain.
	Valid bool

	facts
}

// facts are what a value may hold beside plain JSON. The value is then not judged:
// it has to be made plain first.
type facts struct {
	Repeated  bool // an object with a key twice
	Unsure    bool // keys spelled with escapes, of which one may come twice
	NonFinite bool // NaN, Infinity or -Infinity
}

// Plain tells that there is nothing to be made plain.
func (f facts) Plain() bool { return f == facts{} }

// Record walks over the object that starts at i in text, at the given depth of
// nesting, and appends where its columns stand.
func (p *Pass) Record(plan *Plan, text []byte, i, depth int) Verdict {
	p.begin(plan, text, depth+1)
	end, valid := p.members(plan.columns, i, true)
	if end < 0 {
		return Verdict{End: -1}
	}
	if valid && plan.more != nil && p.Plain() {
		valid = p.fits(plan.more, i, end)
	}
	return Verdict{End: end, Valid: valid, facts: p.facts}
}

// KnownRecord does the same for a text that is known to be an object with unique
// keys and nothing round it. It may end at the first fault.
func (p *Pass) KnownRecord(plan *Plan, text []byte) (valid bool) {
	p.begin(plan, text, 0)
	p.known = 1
	_, valid = p.members(plan.columns, 0, true)
	if valid && plan.more != nil {
		valid = p.fits(plan.more, 0, len(text))
	}
	return valid
}

// Skip walks over any value.
func (p *Pass) Skip(text []byte, i, depth int) (end int) {
	p.begin(nil, text, depth)
	end, _ = p.value(nil, i)
	return end
}

// value judges the whole of a text by a node.
func (p *Pass) whole(plan *Plan, n *node, text []byte) Verdict {
	p.begin(plan, text, 0)
	end, valid := p.value(n, rawjson.SkipSpace(text, 0))
	if end < 0 || rawjson.SkipSpace(text, end) < len(text) {
		return Verdict{End: -1}
	}
	return Verdict{End: end, Valid: valid, facts: p.facts}
}

func (p *Pass) begin(plan *Plan, text []byte, depth int) {
	p.text, p.depth, p.known, p.facts = text, depth, 0, facts{}
	p.seen = p.seen[:0]
	p.keys.reset()
	p.rewalks = rewalks{}
	p.digests = digests{eager: p.eager}
	if plan == nil || plan == p.plan {
		return
	}
	p.plan = plan
	if p.follow = p.follows[plan.key]; p.follow != nil {
		return
	}
	const most = 4096 // plans of schemas that were replaced are never seen again
	if p.follows == nil || len(p.follows) > most {
		p.follows = map[*planKey][][]int32{}
	}
	p.follow = make([][]int32, plan.objects)
	p.follows[plan.key] = p.follow
}

// value walks over the value at i and judges it; a nil node takes anything. Where
// it is not known yet that the text is JSON, the walk goes to the end of the value
// whatever the verdict.
func (p *Pass) value(n *node, i int) (end int, ok bool) {
	b := p.text
	if i >= len(b) {
		return -1, false
	}
	if n == nil {
		n = &anyValue
	}
	if n.byKind != nil {
		n = n.byKind[classOf(b[i])]
	}
	switch b[i] {
	case '"':
		var plain bool
		if end, plain = rawjson.ScanString(b, i); end < 0 {
			return -1, false
		}
		ok = n.types&text != 0 && (n.text == nil || p.textFits(n.text, b[i+1:end-1], plain))
	case '{', '[':
		if p.known > 0 {
			return p.again(n, i)
		}
		return p.container(n, i)
	case 't':
		end, ok = rawjson.ScanWord(b, i, "true"), n.types&boolean != 0
	case 'f':
		end, ok = rawjson.ScanWord(b, i, "false"), n.types&boolean != 0
	case 'n':
		end, ok = rawjson.ScanWord(b, i, "null"), n.types&null != 0
	default:
		end, ok = p.number(n, i)
	}
	if n.more != nil && ok && end >= 0 {
		ok = p.fits(n.more, i, end)
	}
	return end, ok
}

func (p *Pass) number(n *node, i int) (end int, ok bool) {
	b := p.text
	end, isWhole := rawjson.ScanNumber(b, i)
	if end < 0 {
		return p.nonFinite(i), true
	}
	switch {
	case n.types&number == number:
	case n.types&whole == 0:
		return end, false
	case !isWhole && !n.integral(b[i:end]):
		return end, false
	}
	return end, n.number == nil || n.number.fits(b[i:end])
}

func (p *Pass) nonFinite(i int) (end int) {
	for _, word := range [...]string{"NaN", "Infinity", "-Infinity"} {
		if end = rawjson.ScanWord(p.text, i, word); end >= 0 {
			p.NonFinite = true
			return end
		}
	}
	return -1
}

// deeper enters an array or an object; false if it is nested too deep, which what was
// walked over before is not.
func (p *Pass) deeper() bool {
	p.depth++
	return p.depth <= rawjson.MaxDepth || p.known > 0
}

// fits looks at what is asked of the value between i and end whatever its kind.
func (p *Pass) fits(m *more, i, end int) bool {
	if !p.Plain() {
		return true // it is not judged
	}
	ok := p.fitsValues(m, i, end)
	if m.onlyValues || !ok {
		return ok
	}
	p.known++
	ok = p.fitsAll(m, i) && p.fitsCondition(m, i)
	p.known--
	return ok && (m.library == nil || judge(m.library, p.text[i:end]))
}

func (p *Pass) fitsValues(m *more, i, end int) bool {
	for _, set := range m.values {
		if !p.isOneOf(set, i, end) {
			return false
		}
	}
	return true
}

func (p *Pass) fitsAll(m *more, i int) bool {
	for _, n := range m.allOf {
		if _, ok := p.value(n, i); !ok {
			return false
		}
	}
	if m.not != nil {
		if _, ok := p.value(m.not, i); ok {
			return false
		}
	}
	if m.anyOf != nil && p.count(m.anyOf, i, 1) == 0 {
		return false
	}
	return m.oneOf == nil || p.count(m.oneOf, i, 2) == 1
}

// count is how many of the nodes take the value, counted up to most.
func (p *Pass) count(nodes []*node, i, most int) (n int) {
	for _, branch := range nodes {
		if _, ok := p.value(branch, i); ok {
			if n++; n == most {
				break
			}
		}
	}
	return n
}

func (p *Pass) fitsCondition(m *more, i int) bool {
	if m.condition == nil {
		return true
	}
	next := m.otherwise
	if _, ok := p.value(m.condition, i); ok {
		next = m.then
	}
	_, ok := p.value(next, i)
	return ok
}
