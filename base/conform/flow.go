package conform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rowsLimit is the setting that limits the records of a batch, "" if there is none
// that is known.
func (p *probe) rowsLimit() string {
	return p.setting("maximum_batch_rows", "batch_size_rows", "max_batch_rows", "batch_size", "batch_rows")
}

// smallBatches is a run whose batches are cut early, where that can be asked for.
func (p *probe) smallBatches(rows int) options {
	if name := p.rowsLimit(); name != "" {
		return options{config: map[string]any{name: rows}}
	}
	return options{}
}

// soon is how long a state may take that is due.
func (p *probe) soon() time.Duration { return min(20*time.Second, p.patience) }

func limits() Case {
	return Case{
		Number: 33, Name: "limits by rows and time",
		Asserts: "Records leave when a batch has as many rows as the settings allow, and a lone record leaves in time, without further input; no batch is larger than allowed.",
		Why:     "A tap that sends a record a minute would wait for ever; a batch that grows with the input takes all memory.",
		Mend:    "Look at the clock while the input is silent, too.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			rows, age := p.rowsLimit(), p.setting("maximum_batch_age", "batch_wait_limit_seconds")
			if rows == "" && age == "" {
				p.nothing("no setting limits batches")
			}
			if rows != "" {
				p.limitedByRows()
			}
			if age != "" {
				p.limitedByTime(age)
			}
		},
	}
}

func (p *probe) limitedByRows() {
	s := p.stream("rows")
	process := p.start(p.smallBatches(10))
	process.feed(schemaLine(s, idText, nil))
	for id := 1; id <= 40; id++ {
		process.feed(counted(s, id, id), stateLine(bookmarks(s, id)))
	}
	if !process.awaitLine(func(line string) bool { return bookmark(line, s) >= 10 }, p.soon()) {
		// A program may store and tell its states later: that is slow, but right.
		if rows, ok := p.rows(s); ok && len(rows) < 10 {
			p.fail("with %s: 10, of 40 records %d are stored before the input ends", p.rowsLimit(), len(rows))
		}
	}
	p.done(process.end())
	p.wantIDs(s, span(1, 40))
	for _, call := range p.calls() {
		if call.Stream == s && len(call.Records) > 10 {
			p.fail("with %s: 10, a batch has %d records", p.rowsLimit(), len(call.Records))
		}
	}
}

func (p *probe) limitedByTime(setting string) {
	s := p.stream("age")
	age := any("200ms")
	if setting != "maximum_batch_age" {
		age = 1
	}
	process := p.start(options{config: map[string]any{setting: age}})
	process.feed(schemaLine(s, idText, nil), counted(s, 1, 1), stateLine(bookmarks(s, 1)))
	if !process.awaitLine(func(line string) bool { return bookmark(line, s) == 1 }, p.soon()) {
		if rows, ok := p.rows(s); ok && len(rows) == 0 || p.onBase() {
			p.fail("with %s: %v, a lone record has not left within %s while the input is silent", setting, age, p.soon())
		}
	}
	p.done(process.end())
	p.wantIDs(s, []int{1})
}

func manyStreams() Case {
	return Case{
		Number: 34, Name: "fifty streams, interleaved",
		Asserts: "Records of 50 streams that come one by one in turns are stored each in its own, none is lost.",
		Why:     "Buffers that are shared, or cleared together, mix streams up.",
		Mend:    "Hold a batch for each stream.",
		run: func(p *probe) {
			const streams, each = 50, 20
			var lines strings.Builder
			var done []any
			for i := range streams {
				s := p.stream(fmt.Sprintf("s%d", i))
				done = append(done, s, each)
				lines.WriteString(schemaLine(s, idText, nil))
			}
			for id := 1; id <= each; id++ {
				for i := range streams {
					lines.WriteString(counted(p.stream(fmt.Sprintf("s%d", i)), id, id))
				}
			}
			out := p.good(options{}, lines.String(), stateLine(bookmarks(done...)))
			if bookmark(out.last(), p.stream("s49")) != each {
				p.fail("the last state is not told")
			}
			for i := range streams {
				p.wantIDs(p.stream(fmt.Sprintf("s%d", i)), span(1, each))
			}
		},
	}
}

func stateFollowsData() Case {
	return Case{
		Number: 35, Name: "a state follows its data",
		Asserts: "At the moment at which a state is told the store holds all records that it covers.",
		Why:     "What is told and not stored is lost when the program dies in between: the tap never sends it again.",
		Mend:    "Tell a state when every record that was read before it is durable; not when it is read.",
		run: func(p *probe) {
			s := p.stream("follows")
			const n, looks = 300, 8
			process := p.start(p.smallBatches(20))
			go func() {
				process.feed(schemaLine(s, idText, nil))
				for id := 1; id <= n; id++ {
					process.feed(counted(s, id, id), stateLine(bookmarks(s, id)))
					if id%20 == 0 {
						time.Sleep(5 * time.Millisecond)
					}
				}
				_ = process.stdin.Close()
			}()
			told := 0
			for range looks {
				if !process.awaitLine(func(line string) bool { return bookmark(line, s) > told }, p.patience) {
					break
				}
				for _, line := range process.told() {
					told = max(told, bookmark(line, s))
				}
				p.holds(s, told)
			}
			out := p.done(process.wait())
			if out.exit != 0 || bookmark(out.last(), s) != n {
				p.fail("exit code %d, and the last state is %q", out.exit, shorten(out.last()))
			}
			p.wantIDs(s, span(1, n))
		},
	}
}

// holds wants the records of a stream up to one in the store.
func (p *probe) holds(stream string, upTo int) {
	rows, ok := p.rows(stream)
	if !ok {
		return
	}
	missing, _, _ := compare(slices.Compact(ids(rows)), span(1, upTo))
	if len(missing) > 0 {
		p.lose("a state says that %s is stored up to id %d, and %d of these records are not: id %s", stream, upTo, len(missing), few(missing))
	}
}

func stateOrder() Case {
	return Case{
		Number: 36, Name: "order and form of states",
		Asserts: "States are told in the order in which they were read, each as it was sent or joined with those before; the last one is told last; values of any form survive. On base an empty one never replaces a good one, and those of several streams are joined.",
		Why:     "An older state that is told later makes the tap send everything again; a form that is not kept makes it start anew.",
		Mend:    "Pass values on as they were read, in order.",
		run: func(p *probe) {
			s := p.stream("order")
			var lines strings.Builder
			lines.WriteString(schemaLine(s, idText, nil))
			for id := 1; id <= 50; id++ {
				lines.WriteString(counted(s, id, id) + stateLine(fmt.Sprintf(`{"bookmarks":{%q:{"id":%d,"at":"2026-01-01T00:00:00Z","big":12345678901234567890,"deep":[{"a":null}]}},"extra":{"ümlaut":"😀"}}`, s, id)))
			}
			out := p.good(p.smallBatches(10), lines.String())
			before := 0
			for _, line := range out.lines {
				if at := bookmark(line, s); at < before {
					p.fail("a state with id %d is told after one with id %d", at, before)
				} else {
					before = at
				}
			}
			want := fmt.Sprintf(`{"bookmarks":{%q:{"id":50,"at":"2026-01-01T00:00:00Z","big":12345678901234567890,"deep":[{"a":null}]}},"extra":{"ümlaut":"😀"}}`, s)
			if !sameValue(json.RawMessage(want), json.RawMessage(out.last())) {
				p.fail("the last state is %q, want %s", shorten(out.last()), want)
			}
			if p.onBase() {
				p.joined(s)
			}
		},
	}
}

// joined are base's own promises: an empty state says nothing, and bookmarks of
// several states are joined. To others a state is what the tap says it is.
func (p *probe) joined(s string) {
	out := p.good(options{}, schemaLine(s, idText, nil), counted(s, 51, 51), stateLine(bookmarks(s, 51)), stateLine(`{}`))
	if bookmark(out.last(), s) != 51 {
		p.fail("an empty state has replaced a good one: %q", shorten(out.last()))
	}
	a, b := p.stream("a"), p.stream("b")
	out = p.good(options{}, schemaLine(a, idText, nil), schemaLine(b, idText, nil), counted(a, 1, 1), stateLine(bookmarks(a, 1)),
		counted(b, 1, 2), stateLine(bookmarks(b, 2)), counted(a, 2, 3), stateLine(bookmarks(a, 3)))
	if want := bookmarks(a, 3, b, 2); !sameValue(json.RawMessage(want), json.RawMessage(out.last())) {
		p.fail("the states of two streams are told as %q, want %s", shorten(out.last()), want)
	}
}

func stateOnly() Case {
	return Case{
		Number: 37, Name: "states without records",
		Asserts: "A stream that sends states and no records has its state told.",
		Why:     "A day without changes still moves the bookmark; else the tap asks for all days again.",
		Mend:    "Tell states also when nothing was held.",
		run: func(p *probe) {
			s := p.stream("stateonly")
			out := p.good(options{}, schemaLine(s, idText, nil), stateLine(bookmarks(s, 7)), stateLine(bookmarks(s, 8)))
			if bookmark(out.last(), s) != 8 {
				p.fail("the last state is %q, want that with id 8", shorten(out.last()))
			}
		},
	}
}
