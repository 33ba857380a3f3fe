package conform

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// settling is how long a program may take until it reads.
func (p *probe) settling() time.Duration {
	if p.onBase() {
		return 400 * time.Millisecond
	}
	return 3 * time.Second
}

func termination() Case {
	return Case{
		Number: 42, Name: "SIGTERM",
		Asserts: "On SIGTERM the program ends: at once when it is idle; after what it holds is stored, or without having acknowledged it, when it is not. The exit code is not 0 before the end of input was seen. A second signal ends a store that hangs.",
		Why:     "Kubernetes sends it, waits and kills. What was acknowledged then and not stored is lost; an exit code of 0 says that the load is complete.",
		Mend:    "Stop reading, store what was read, tell its state, end with 143.",
		run: func(p *probe) {
			p.termIdle()
			p.termHolding()
			p.termExporting()
			if p.target.Inside {
				p.termTwice()
			}
		},
	}
}

func (p *probe) termIdle() {
	process := p.start(options{})
	time.Sleep(p.settling())
	sent := time.Now()
	process.signal(terminate())
	out := p.done(process.wait())
	limit := 10 * time.Second
	if p.onBase() {
		limit = time.Second
	}
	if took := time.Since(sent); took > limit {
		p.fail("idle, with nothing read, it took %.1f s to end", took.Seconds())
	}
	p.notDone(out, "idle")
}

func (p *probe) notDone(out outcome, when string) {
	if out.exit == 0 {
		p.lose("%s: exit code 0 although the input has not ended", when)
	}
}

func (p *probe) termHolding() {
	s := p.stream("holding")
	process := p.start(options{})
	process.feed(schemaLine(s, idText, nil), counted(s, 1, 10), stateLine(bookmarks(s, 10)))
	time.Sleep(p.settling())
	process.signal(terminate())
	out := p.done(process.wait())
	p.notDone(out, "with records held")
	p.holds(s, bookmark(out.last(), s))
	if p.onBase() {
		p.wantIDs(s, span(1, 10))
		if bookmark(out.last(), s) != 10 {
			p.fail("what it held is stored, and the state is not told")
		}
	}
}

func (p *probe) termExporting() {
	s := p.stream("exporting")
	o := p.smallBatches(5)
	if p.target.Inside {
		o.plays = []Play{{From: 1, To: 1, Error: "slow", Wait: 1500 * time.Millisecond}}
	}
	process := p.start(o)
	process.feed(schemaLine(s, idText, nil))
	for id := 1; id <= 50; id++ {
		process.feed(counted(s, id, id), stateLine(bookmarks(s, id)))
	}
	time.Sleep(p.settling() + rand.N(200*time.Millisecond))
	process.signal(terminate())
	out := p.done(process.wait())
	p.notDone(out, "in the middle of an export")
	told := 0
	for _, line := range out.lines {
		told = max(told, bookmark(line, s))
	}
	p.holds(s, told)
	if rows, ok := p.rows(s); ok {
		if _, double, _ := compare(ids(rows), span(1, 50)); len(double) > 0 {
			p.lose("records are stored twice: id %s", few(double))
		}
	}
}

func (p *probe) termTwice() {
	s := p.stream("hanging")
	process := p.start(options{plays: []Play{{From: 1, Error: "hang"}}, config: p.smallBatches(5).config})
	process.feed(schemaLine(s, idText, nil), counted(s, 1, 5), stateLine(bookmarks(s, 5)))
	time.Sleep(p.settling())
	process.signal(terminate())
	time.Sleep(50 * time.Millisecond) // two of the same can become one
	sent := time.Now()
	process.signal(terminate())
	out := p.done(process.wait())
	if took := time.Since(sent); took > 10*time.Second {
		p.fail("with a store that hangs, a second signal ends it after %.1f s", took.Seconds())
	}
	p.notDone(out, "with a store that hangs")
	p.toldNothingOf(out, s)
}

func kill() Case {
	return Case{
		Number: 43, Name: "kill -9",
		Asserts: "Killed at any moment and run again from the last state, until it is through, the program has stored every record, and with keys none twice; at each kill the store holds what the states cover.",
		Why:     "Machines die. This is what a state is for.",
		Mend:    "Tell a state after its data is durable: after the commit and the fsync, not before.",
		run: func(p *probe) {
			a, b := p.stream("kill_a"), p.stream("kill_b")
			const n, rounds = 600, 6
			done := map[string]int{}
			for round := range rounds + 1 {
				process := p.start(p.smallBatches(25))
				fed := make(chan struct{})
				go func() {
					defer close(fed)
					p.feedFrom(process, a, b, done[a], done[b], n)
				}()
				if round < rounds {
					// After some states, or a while: a program may tell one at its end only.
					seen := 1 + rand.IntN(4)
					process.awaitLine(func(string) bool { seen--; return seen <= 0 }, p.settling()*3)
					time.Sleep(rand.N(5 * time.Millisecond))
					process.signal(os.Kill)
				} else {
					<-fed
					_ = process.stdin.Close()
				}
				out := p.done(process.wait())
				<-fed
				if round == rounds && out.exit != 0 {
					p.fail("the last run, which nobody killed, has exit code %d: %s", out.exit, lastWords(out.stderr))
				}
				for _, line := range out.lines {
					for _, s := range []string{a, b} {
						done[s] = max(done[s], bookmark(line, s))
					}
				}
				p.holds(a, done[a])
				p.holds(b, done[b])
			}
			p.allOnce(a, n)
			p.allOnce(b, n)
		},
	}
}

// feedFrom plays a tap of two streams that goes on behind a state.
func (p *probe) feedFrom(process *process, a, b string, doneA, doneB, n int) {
	keys := []string{"id"}
	process.feed(schemaLine(a, idText, keys), schemaLine(b, idText, keys))
	for id := min(doneA, doneB) + 1; id <= n; id++ {
		var lines strings.Builder
		if id > doneA {
			lines.WriteString(counted(a, id, id))
		}
		if id > doneB {
			lines.WriteString(counted(b, id, id))
		}
		if id%10 == 0 {
			lines.WriteString(stateLine(bookmarks(a, max(id, doneA), b, max(id, doneB))))
			time.Sleep(time.Millisecond)
		}
		process.feed(lines.String())
	}
}

// allOnce wants all records of a stream, once if it keeps rows by key.
func (p *probe) allOnce(stream string, n int) {
	rows, ok := p.rows(stream)
	if !ok {
		return
	}
	missing, double, _ := compare(ids(rows), span(1, n))
	if len(missing) > 0 {
		p.lose("%d of %d records are lost: id %s", len(missing), n, few(missing))
	}
	if len(double) > 0 && p.claimed(ClaimUpsert) && p.target.ReadBack != nil {
		p.lose("%d keys have more than one row: id %s", len(double), few(double))
	}
}

func endurance() Case {
	return Case{
		Number: 44, Name: "memory, leaks, races, speed",
		Asserts: "Over a million records the memory does not grow with the input; nothing runs on at the end; with the race detector on, there is no race.",
		Why:     "A leak of a few bytes a record ends the long loads, the ones that matter.",
		Mend:    "Let go of records when ExportBatchData returns; look at what goroutines hold.",
		Inside:  true, Claims: [][]string{{ClaimBase}},
		run: func(p *probe) {
			records := p.records
			if records == 0 {
				records = 1_000_000
			}
			config := map[string]any{"maximum_batch_size_mb": 20}
			first, _ := p.stretch("short", records/10, config)
			whole, took := p.stretch("long", records, config)
			// What base takes beside the batches, and a client's own, is reached early.
			const usual, slack = 128 << 20, 32 << 20
			if bound := max(first.PeakBytes, usual) + slack; !whole.Race && whole.PeakBytes > bound {
				p.fail("%d records take %d MiB at most, %d take %d MiB: memory grows with the input", records/10, first.PeakBytes>>20, records, whole.PeakBytes>>20)
			}
			p.note = fmt.Sprintf("%d records in %.1f s, %.0f a second, %d MiB at most", records, took.Seconds(), float64(records)/took.Seconds(), whole.PeakBytes>>20)
			if whole.Race {
				p.note += ", race detector on"
			}
		},
	}
}

// stretch runs through so many records and returns what it took.
func (p *probe) stretch(name string, records int, config map[string]any) (used Usage, took time.Duration) {
	s := p.stream(name)
	p.patience *= 10
	defer func() { p.patience /= 10 }()
	process := p.start(options{config: config, usage: true})
	_ = process.record.Close() // a million records are no evidence
	process.record = nil
	process.feed(schemaLine(s, idText, []string{"id"}))
	const block = 1000
	for id := 1; id <= records; id += block {
		last := min(id+block-1, records)
		process.feed(counted(s, id, last), stateLine(bookmarks(s, last)))
	}
	out := p.done(process.end())
	if out.exit != 0 || bookmark(out.last(), s) != records {
		p.fail("%d records: exit code %d and state %q: %s", records, out.exit, shorten(out.last()), lastWords(out.stderr))
	}
	content, err := os.ReadFile(filepath.Join(p.dir, "usage.json"))
	p.must(err)
	p.must(json.Unmarshal(content, &used))
	if used.Leak != "" {
		p.fail("something runs on at the end: %s", shorten(used.Leak))
	}
	return used, out.took
}
