package conform

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func oneStreamFails() Case {
	return Case{
		Number: 38, Name: "one of several streams fails",
		Asserts: "When a stream fails its bookmark is not told, whatever becomes of the others; what is told of those is stored; the exit code is not 0.",
		Why:     "A bookmark that is told with those of the others says that the failed stream's records are stored: they are gone.",
		Mend:    "Hold back the state of what failed; take a state apart by its bookmarks, or do not tell it.",
		run: func(p *probe) {
			good, bad := p.stream("good"), p.stream("bad")
			o, id := options{}, `"id":"no integer"`
			if p.onBase() {
				o.config = map[string]any{"validation": "full"}
			}
			if p.target.Inside {
				o.plays, id = []Play{{Stream: bad, From: 1, Error: "error", Text: "played"}}, `"id":1`
			}
			// Mage's own base looks at types where the schema asks for it.
			checked := `"disable_column_type_check":false`
			out := p.run(o, schemaLine(good, idText, nil), schemaLine(bad, idText, nil, checked), counted(good, 1, 3), recordLine(bad, id),
				stateLine(bookmarks(good, 3, bad, 1)))
			if out.exit == 0 && !p.storedAnyway(bad) {
				p.lose("exit code 0 although a record of %s could not be stored", bad)
			}
			if out.exit != 0 {
				p.toldNothingOf(out, bad)
			}
			p.holds(good, bookmark(out.last(), good))
			if !p.target.Inside {
				return
			}
			p.wantIDs(good, span(1, 3))
			if bookmark(out.last(), good) != 3 {
				p.fail("the other stream is stored and its bookmark is not told: %q", shorten(out.last()))
			}
			if !strings.Contains(out.stderr, bad) {
				p.fail("the error does not name the stream: %s", lastWords(out.stderr))
			}
		},
	}
}

// storedAnyway tells whether a store took a record that is not what its schema says,
// or whether that is not known.
func (p *probe) storedAnyway(stream string) bool {
	if p.target.Inside {
		return false
	}
	rows, ok := p.rows(stream)
	return !ok || len(rows) == 1 && string(rows[0].column("id")) == `"no integer"`
}

func alwaysFailing() Case {
	return Case{
		Number: 39, Name: "a store that takes nothing",
		Asserts: "When nothing can be stored the exit code is not 0 and no state is told.",
		Why:     "An error that is logged and swallowed is an empty table and a bookmark that says all is well.",
		Mend:    "Return the error of the write; wait for what runs beside.",
		run: func(p *probe) {
			if !p.target.Inside && p.target.BadConfig == nil {
				p.nothing("no config is known with which nothing can be stored: give --bad-config")
			}
			s := p.stream("failing")
			lines := []string{schemaLine(s, idText, nil), counted(s, 1, 3), stateLine(bookmarks(s, 3))}
			var all []options
			if p.target.BadConfig != nil {
				all = append(all, p.broken())
			}
			if p.target.Inside {
				for _, kind := range []string{"error", "permanent", "panic"} {
					all = append(all, options{plays: []Play{{From: 1, Error: kind, Text: "played"}}})
				}
			}
			for _, o := range all {
				out := p.run(o, lines...)
				if out.exit == 0 {
					p.lose("exit code 0, and nothing is stored")
				}
				if len(out.lines) > 0 {
					p.lose("a state is told, and nothing is stored: %s", shorten(out.last()))
				}
			}
		},
	}
}

// patient are settings for retries that a test can wait for.
func patient(attempts int, wait string) map[string]any {
	return map[string]any{"maximum_attempts": attempts, "retry_wait": wait}
}

func retries() Case {
	return Case{
		Number: 40, Name: "errors that may be tried again, and others",
		Asserts: "Retryable errors are tried again, with growing waits that differ, as often as allowed and no longer; RetryAfter waits as long as it says; all others are not tried again; a signal ends the waiting.",
		Why:     "A write that is repeated without leave may store twice; one that is never repeated fails each night.",
		Mend:    "Mark errors where it is known that nothing was stored, with base.Retryable or base.RetryAfter.",
		Inside:  true, Claims: [][]string{{ClaimBase}},
		run: func(p *probe) {
			p.attempts("again", options{config: patient(4, "40ms"), plays: []Play{{From: 1, To: 2, Error: "retryable"}}}, 3, true)
			p.attempts("forever", options{config: patient(4, "10ms"), plays: []Play{{From: 1, Error: "retryable"}}}, 4, false)
			p.attempts("permanent", options{config: patient(4, "10ms"), plays: []Play{{From: 1, Error: "permanent"}}}, 1, false)
			p.attempts("unmarked", options{config: patient(4, "10ms"), plays: []Play{{From: 1, Error: "error"}}}, 1, false)
			p.attempts("toolong", options{config: patient(4, "10ms"), plays: []Play{{From: 1, Error: "retry_after", Wait: time.Hour}}}, 1, false)
			calls := p.attempts("after", options{config: patient(4, "10ms"), plays: []Play{{From: 1, To: 1, Error: "retry_after", Wait: 300 * time.Millisecond}}}, 2, true)
			if len(calls) == 2 && calls[1].At.Sub(calls[0].At) < 300*time.Millisecond {
				p.fail("RetryAfter of 300 ms: the next call came after %s", calls[1].At.Sub(calls[0].At))
			}
			p.mixedErrors()
			p.waits()
			p.interruptedWait()
		},
	}
}

// attempts runs a stream of three records whose exports fail as played, and wants so
// many calls.
func (p *probe) attempts(name string, o options, calls int, stored bool) []Call {
	s := p.stream(name)
	out := p.run(o, schemaLine(s, idText, nil), counted(s, 1, 3), stateLine(bookmarks(s, 3)))
	got := slices.DeleteFunc(p.calls(), func(c Call) bool { return c.Stream != s })
	if len(got) != calls {
		p.fail("%s: %d calls, want %d", name, len(got), calls)
	}
	for i, call := range got {
		if call.Attempt != i+1 || call.ID != got[0].ID {
			p.fail("%s: call %d says attempt %d and ID %s", name, i+1, call.Attempt, call.ID)
		}
	}
	if (out.exit == 0) != stored || (bookmark(out.last(), s) == 3) != stored {
		p.fail("%s: exit code %d and state %q", name, out.exit, shorten(out.last()))
	}
	if stored {
		p.wantIDs(s, span(1, 3))
	}
	return got
}

// mixedErrors lets one stream fail for good and another for a while.
func (p *probe) mixedErrors() {
	a, b := p.stream("mixed_a"), p.stream("mixed_b")
	out := p.run(options{config: patient(3, "10ms"), plays: []Play{{Stream: a, From: 1, Error: "retryable"}, {Stream: b, From: 1, To: 1, Error: "retryable"}}},
		schemaLine(a, idText, nil), schemaLine(b, idText, nil), counted(a, 1, 2), counted(b, 1, 2), stateLine(bookmarks(a, 2, b, 2)))
	if out.exit == 0 {
		p.lose("exit code 0, and one of two streams is not stored")
	}
	p.toldNothingOf(out, a)
	p.wantIDs(b, span(1, 2))
}

// waits wants waits that are no shorter than half of what is set and not all alike.
func (p *probe) waits() {
	const streams = 6
	var lines strings.Builder
	for i := range streams {
		s := p.stream(fmt.Sprintf("jitter%d", i))
		lines.WriteString(schemaLine(s, idText, nil) + counted(s, 1, 1))
	}
	p.run(options{config: patient(2, "400ms"), plays: []Play{{From: 1, To: 1, Error: "retryable"}}}, lines.String())
	var gaps []time.Duration
	for i := range streams {
		s := p.stream(fmt.Sprintf("jitter%d", i))
		calls := slices.DeleteFunc(p.calls(), func(c Call) bool { return c.Stream != s })
		if len(calls) != 2 {
			p.fail("a retryable error was followed by %d calls, want 2", len(calls))
			return
		}
		gaps = append(gaps, calls[1].At.Sub(calls[0].At))
	}
	if least := slices.Min(gaps); least < 195*time.Millisecond {
		p.fail("with retry_wait: 400ms the next call came after %s", least)
	}
	if slices.Max(gaps)-slices.Min(gaps) < 20*time.Millisecond {
		p.fail("the waits are all alike, %v: many runs would come again at the same time", gaps)
	}
}

func (p *probe) interruptedWait() {
	s := p.stream("interrupted")
	config := patient(5, "10ms")
	config["maximum_batch_rows"] = 2
	process := p.start(options{config: config, plays: []Play{{From: 1, Error: "retry_after", Wait: 5 * time.Minute}}})
	process.feed(schemaLine(s, idText, nil), counted(s, 1, 2), stateLine(bookmarks(s, 2)))
	p.awaitCall(s)
	process.signal(terminate())
	out := p.done(process.wait())
	if out.took > 15*time.Second || out.exit == 0 {
		p.fail("told to stop while it waits for the next attempt: exit code %d after %.1f s", out.exit, out.took.Seconds())
	}
	p.toldNothingOf(out, s)
}

// awaitCall waits until a call for a stream has ended.
func (p *probe) awaitCall(stream string) {
	for end := time.Now().Add(p.soon()); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if slices.ContainsFunc(p.calls(), func(c Call) bool { return c.Stream == stream }) {
			return
		}
	}
	p.give("no call for %s within %s", stream, p.soon())
}

func partialFailures() Case {
	return Case{
		Number: 41, Name: "records that fail alone, and dead letters",
		Asserts: "Of a batch in which single records fail exactly those become dead letters, with line, reason and the original, before a state passes them; all others are stored once. A batch that is too large is halved. Fed back as input the file of letters loads exactly those. Too many letters stop the run.",
		Why:     "One bad record must neither stop a million others nor vanish.",
		Mend:    "Return a base.BatchError that lists exactly the records which are not durable.",
		Inside:  true, Claims: [][]string{{ClaimBase}},
		run: func(p *probe) {
			p.letters("partial", Play{From: 1, Error: "partial", IDs: []int{2, 4}, Text: "odd record"}, []int{2, 4})
			p.fedBack("partial", 9)
			p.letters("bisected", Play{From: 1, Error: "permanent", IDs: []int{7}, Text: "odd record"}, []int{7})
			p.letters("toolarge", Play{From: 1, Error: "too_large", Most: 3, Text: "odd record"}, nil)
			p.letters("again", Play{From: 1, To: 1, Error: "partial_retryable", IDs: []int{3}, Text: "odd record"}, nil)
			s := p.stream("threshold")
			config := map[string]any{"on_invalid": "dead_letter", "dead_letter_path": filepath.Join(p.dir, "threshold.jsonl"), "maximum_dead_letters": 2}
			out := p.run(options{config: config, plays: []Play{{From: 1, Error: "partial", IDs: span(1, 5)}}},
				schemaLine(s, idText, nil), counted(s, 1, 9), stateLine(bookmarks(s, 9)))
			if out.exit == 0 || bookmark(out.last(), s) == 9 {
				p.fail("with maximum_dead_letters: 2 and 5 of 9 records refused: exit code %d and state %q", out.exit, shorten(out.last()))
			}
		},
	}
}

// fedBack reads the dead letters of a run whose store takes all records by now.
func (p *probe) fedBack(name string, n int) {
	content, err := os.ReadFile(filepath.Join(p.dir, name+".jsonl"))
	if err != nil {
		return // they were missed before
	}
	out := p.good(options{}, string(content))
	if len(out.lines) > 0 {
		p.fail("dead letters that are fed back tell the state %s", shorten(out.last()))
	}
	p.wantIDs(p.stream(name), span(1, n))
}

// letters runs nine records of which some fail, with dead letters.
func (p *probe) letters(name string, play Play, refused []int) {
	s := p.stream(name)
	path := filepath.Join(p.dir, name+".jsonl")
	config := patient(3, "10ms")
	config["on_invalid"], config["dead_letter_path"] = "dead_letter", path
	out := p.good(options{config: config, plays: []Play{play}}, schemaLine(s, idText, nil), counted(s, 1, 9), stateLine(bookmarks(s, 9)))
	if bookmark(out.last(), s) != 9 {
		p.fail("%s: the state is not told: %q", name, shorten(out.last()))
	}
	var set []int
	for _, l := range readLetters(path) {
		id := l.Line - 1 // the first line is the schema
		set = append(set, id)
		if l.Original != strings.TrimSpace(counted(s, id, id)) || l.Stream != s || !strings.Contains(l.Reason, play.Text) {
			p.lose("%s: a dead letter is not the record of its line, or has another reason: %+v", name, l)
		}
	}
	slices.Sort(set)
	if !slices.Equal(set, refused) {
		p.lose("%s: records %v are dead letters, want %v", name, set, refused)
	}
	p.wantIDs(s, slices.DeleteFunc(span(1, 9), func(id int) bool { return slices.Contains(refused, id) }))
	for _, call := range p.calls() {
		if play.Most > 0 && call.Stream == s && len(call.Stored) > play.Most {
			p.fail("%s: %d records were taken at once, of %d that may be", name, len(call.Stored), play.Most)
		}
	}
}
