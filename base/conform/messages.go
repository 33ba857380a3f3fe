package conform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func stdoutIsState() Case {
	return Case{
		Number: 11, Name: "stdout is state only",
		Asserts: "Whatever is read, every line of stdout is a state: an object of JSON that is no log line.",
		Why:     "What runs the program reads states there; a line of something else ends the run, or becomes the next run's state.",
		Mend:    "Write the log to stderr, and keep libraries from printing.",
		run: func(p *probe) {
			s := p.stream("stdout")
			noise := ""
			if p.onBase() { // which passes on to its log what a tap prints
				noise = "a word from the tap\n"
			}
			out := p.good(options{}, schemaLine(s, idText, nil), noise, counted(s, 1, 3), stateLine(bookmarks(s, 3)))
			p.onlyStates(out)
			if len(out.lines) == 0 {
				p.fail("no state was told")
			}
		},
	}
}

func (p *probe) onlyStates(out outcome) {
	for _, line := range out.lines {
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(line), &members) != nil || members["level"] != nil && members["message"] != nil {
			p.fail("stdout has a line that is no state: %q", shorten(line))
		}
	}
}

func recordBeforeSchema() Case {
	return Case{
		Number: 12, Name: "record before its schema",
		Asserts: "A RECORD of a stream without a SCHEMA is an error that names the stream; no state that follows it is told.",
		Why:     "Such a record cannot be stored. If it is dropped and the state goes on, it is gone for good.",
		Mend:    "Fail at it, after what came before is stored.",
		run: func(p *probe) {
			known, unknown := p.stream("known"), p.stream("unknown")
			out := p.bad(options{}, []string{unknown}, schemaLine(known, idText, nil), counted(known, 1, 1), stateLine(bookmarks(known, 1)),
				recordLine(unknown, `"id":1`), stateLine(bookmarks(known, 1, unknown, 1)))
			p.toldNothingOf(out, unknown)
		},
	}
}

// toldNothingOf wants no state that says something of a stream.
func (p *probe) toldNothingOf(out outcome, stream string) {
	for _, line := range out.lines {
		if bookmark(line, stream) > 0 {
			p.lose("a state was told that covers what is not stored: %s", shorten(line))
			return
		}
	}
}

func invalidSchema() Case {
	return Case{
		Number: 13, Name: "invalid schema",
		Asserts: "A SCHEMA that is none is an error that names the stream; no state of it is told, and the program does not crash.",
		Why:     "The records that follow cannot be understood.",
		Mend:    "Check the schema when it is read; catch what the library throws.",
		run: func(p *probe) {
			for i, schema := range []string{`"text"`, `{"type":"object","properties":{"id":{"type":12}}}`, `{"type":"object","properties":[1]}`} {
				s := p.stream(fmt.Sprintf("invalid%d", i))
				out := p.run(options{}, fmt.Sprintf(`{"type":"SCHEMA","stream":%q,"schema":%s,"key_properties":[]}`+"\n", s, schema),
					recordLine(s, `"id":1`), stateLine(bookmarks(s, 1)))
				if out.exit == 0 && bookmark(out.last(), s) > 0 {
					// Some schemas may be borne, if the record is there.
					p.wantIDs(s, []int{1})
					continue
				}
				if out.exit == 0 {
					p.fail("exit code 0 after the schema %s", schema)
				}
				p.toldNothingOf(out, s)
			}
		},
	}
}

func malformedLine() Case {
	return Case{
		Number: 14, Name: "malformed line",
		Asserts: "A line that is cut off in a RECORD is an error; states that follow it are not told, and what precedes it is stored if a state says so. With dead letters the line is among them and the run goes on.",
		Why:     "A line that is skipped is a record that is lost; the state after it says that it was stored.",
		Mend:    "Treat text that begins like a message and cannot be read as an error, not as a log line.",
		run: func(p *probe) {
			s := p.stream("malformed")
			cut := fmt.Sprintf(`{"type":"RECORD","stream":%q,"record":{"id":2,"na`, s) + "\n"
			lines := []string{schemaLine(s, idText, nil), counted(s, 1, 1), stateLine(bookmarks(s, 1)), cut, counted(s, 3, 3), stateLine(bookmarks(s, 3))}
			out := p.run(options{}, lines...)
			if out.exit == 0 {
				p.lose("exit code 0: the line was dropped")
			}
			for _, line := range out.lines {
				switch bookmark(line, s) {
				case 1:
					p.wantIDs(s, []int{1})
				case 3:
					p.lose("record 2, which could not be read, is acknowledged by the state %s", shorten(line))
				}
			}
			if p.onBase() {
				p.malformedLetter(lines, strings.TrimSpace(cut))
			}
		},
	}
}

func (p *probe) malformedLetter(lines []string, cut string) {
	path := filepath.Join(p.dir, "letters.jsonl")
	out := p.good(options{config: map[string]any{"on_invalid": "dead_letter", "dead_letter_path": path}}, lines...)
	if len(out.lines) == 0 {
		p.fail("with dead letters no state was told")
	}
	if letters := readLetters(path); len(letters) != 1 || letters[0].Original != cut || letters[0].Line != 4 {
		p.lose("the dead letters are not the line that was cut: %+v", letters)
	}
}

// letter is a line of a file of dead letters.
type letter struct {
	Line     int    `json:"line"`
	Stream   string `json:"stream"`
	Reason   string `json:"reason"`
	Original string `json:"original"`
}

// readLetters reads the letters of a file, in which there may be SCHEMA messages, too.
func readLetters(path string) (letters []letter) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(content)) {
		var l letter
		if json.Unmarshal([]byte(line), &l) == nil && l.Reason != "" {
			letters = append(letters, l)
		}
	}
	return letters
}

func oddLines() Case {
	return Case{
		Number: 15, Name: "odd lines",
		Asserts: "Lines that end in CRLF are read like others. A blank line, a byte order mark and a message of unknown type are borne, or an error; nothing that follows such an error is acknowledged.",
		Why:     "Files come from other systems, and taps have messages of their own.",
		Mend:    "Strip line ends; decide about unknown messages, and say so.",
		run: func(p *probe) {
			s := p.stream("odd")
			lines := strings.ReplaceAll(schemaLine(s, idText, nil)+counted(s, 1, 2)+stateLine(bookmarks(s, 2)), "\n", "\r\n")
			out := p.good(options{}, lines)
			if bookmark(out.last(), s) != 2 {
				p.fail("with CRLF the last state is not told: %q", shorten(out.last()))
			}
			p.wantIDs(s, span(1, 2))
			for name, odd := range map[string]string{"blank": "\n \n", "bom": "\ufeff", "unknown": `{"type":"CONFORM","stream":"x","value":1}` + "\n"} {
				s := p.stream(name)
				out := p.run(options{}, odd+schemaLine(s, idText, nil)+counted(s, 1, 2)+stateLine(bookmarks(s, 2)))
				if out.exit != 0 && name == "blank" && p.onBase() {
					p.fail("blank lines are an error: %s", lastWords(out.stderr))
				}
				if bookmark(out.last(), s) == 2 {
					p.wantIDs(s, span(1, 2))
				} else if out.exit == 0 {
					p.fail("%s: exit code 0, and the last state is not told", name)
				}
			}
		},
	}
}

func longLine() Case {
	return Case{
		Number: 16, Name: "line of 16 MiB",
		Asserts: "A record of 16 MiB is stored, character for character.",
		Why:     "Documents and blobs come as text; a reader with a limit on lines fails, or cuts.",
		Mend:    "Read lines of any length.",
		run: func(p *probe) {
			const size = 16 << 20
			s := p.stream("long")
			value := strings.Repeat("0123456789abcdef", size/16)
			p.good(options{}, schemaLine(s, idText, nil), recordLine(s, `"id":1,"name":"`+value+`"`), stateLine(bookmarks(s, 1)))
			rows, ok := p.rows(s)
			if !ok || !p.acknowledged() {
				return
			}
			if len(rows) != 1 {
				p.lose("%d rows are stored, want 1", len(rows))
			} else if got := string(rows[0].column("name")); got != `"`+value+`"` {
				p.lose("the value is stored with %d of %d characters", max(len(got)-2, 0), size)
			}
		},
	}
}

func repeatedSchema() Case {
	return Case{
		Number: 17, Name: "schema that is repeated",
		Asserts: "A SCHEMA like the one before changes nothing: no row is lost or doubled, and batches are not cut at it.",
		Why:     "Some taps send it before every record: a batch for each is thousands of times slower, and a table that is made anew is empty.",
		Mend:    "Compare it with the one in force.",
		run: func(p *probe) {
			s := p.stream("repeated")
			var lines strings.Builder
			for id := 1; id <= 100; id++ {
				lines.WriteString(schemaLine(s, idText, nil) + counted(s, id, id))
			}
			out := p.good(options{}, lines.String(), stateLine(bookmarks(s, 100)))
			if bookmark(out.last(), s) != 100 {
				p.fail("the last state is not told")
			}
			p.wantIDs(s, span(1, 100))
			if p.target.Inside && len(p.calls()) != 1 {
				p.fail("100 records with a SCHEMA before each are exported in %d calls, want 1", len(p.calls()))
			}
		},
	}
}

func cutInput() Case {
	return Case{
		Number: 18, Name: "input that is cut off, output that is closed",
		Asserts: "Input that ends in the middle of a line is an error, and no state beyond it is told. A stdout that is closed is an error; one that is read late holds all states.",
		Why:     "A tap that was killed leaves half a line. A state that nobody has read must not count as told.",
		Mend:    "Look at what stands after the last line end; treat EPIPE as a failure.",
		run: func(p *probe) {
			s := p.stream("cut")
			start := []string{schemaLine(s, idText, nil), counted(s, 1, 5), stateLine(bookmarks(s, 5))}
			out := p.run(options{}, append(start, fmt.Sprintf(`{"type":"RECORD","stream":%q,"rec`, s))...)
			if out.exit == 0 {
				p.lose("exit code 0 after input that ends in the middle of a record")
			}
			half := p.stream("half")
			state := stateLine(bookmarks(half, 5))
			out = p.run(options{}, schemaLine(half, idText, nil), counted(half, 1, 5), state[:len(state)/2])
			if out.exit == 0 {
				p.lose("exit code 0 after input that ends in the middle of a state")
			}
			closed := p.stream("closed")
			out = p.run(options{closedStdout: true}, schemaLine(closed, idText, nil), counted(closed, 1, 5), stateLine(bookmarks(closed, 5)))
			if out.exit == 0 {
				p.fail("exit code 0 although nobody could read the state")
			}
			p.slowReader()
		},
	}
}

// slowReader reads the states late, when a pipe is long full of them.
func (p *probe) slowReader() {
	s := p.stream("slow")
	o := p.smallBatches(10)
	o.slowStdout = time.Second
	var lines strings.Builder
	const n, padding = 600, 400
	for id := 1; id <= n; id++ {
		lines.WriteString(counted(s, id, id))
		lines.WriteString(stateLine(fmt.Sprintf(`{"bookmarks":{%q:{"id":%d,"padding":%q}}}`, s, id, strings.Repeat("x", padding))))
	}
	out := p.good(o, schemaLine(s, idText, nil), lines.String())
	if bookmark(out.last(), s) != n {
		p.fail("with a reader that is slow the last state is %q", shorten(out.last()))
	}
	p.wantIDs(s, span(1, n))
}
