package conform

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// probe makes one test: it starts the program as often as the test wants and notes
// what is wrong.
type probe struct {
	ctx      context.Context
	target   *Target
	about    *about
	claims   []string
	dir      string // the test's own, for config, inputs and journal
	suffix   string // of stream names, so that no other run shares a table
	base     settings
	runs     int
	last     outcome
	faults   []Fault
	note     string
	needs    bool // the store was to be read back and cannot be
	vacuous  string
	patience time.Duration
	records  int
}

// settings is a config, by key.
type settings map[string]json.RawMessage

// abort ends a test that cannot go on.
type abort struct{}

func newSuffix() string {
	var text [4]byte
	_, _ = rand.Read(text[:]) // never fails, by its contract
	return hex.EncodeToString(text[:])
}

// claimed tells whether the program claims one of some things.
func (p *probe) claimed(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(p.claims, name) })
}

func (p *probe) onBase() bool { return p.claimed(ClaimBase) }

// setting returns the first of some settings that the program has, or "".
func (p *probe) setting(names ...string) string {
	if p.about == nil {
		return ""
	}
	for _, name := range names {
		if _, ok := p.about.Settings.Properties[name]; ok {
			return name
		}
	}
	return ""
}

// fail notes what is wrong, with the last run as evidence.
func (p *probe) fail(format string, args ...any) {
	p.faults = append(p.faults, Fault{What: fmt.Sprintf(format, args...), Again: p.last.again})
}

// lose is fail for what means that data is lost or changed, or acknowledged and not
// stored.
func (p *probe) lose(format string, args ...any) {
	p.fail(format, args...)
	p.faults[len(p.faults)-1].Loses = true
}

// acknowledged tells whether the last run has said of anything that it is stored.
func (p *probe) acknowledged() bool { return p.last.exit == 0 || len(p.last.lines) > 0 }

// give ends the test: it cannot go on.
func (p *probe) give(format string, args ...any) {
	p.fail(format, args...)
	panic(abort{})
}

// nothing ends a test for which the program gives no occasion.
func (p *probe) nothing(why string) {
	p.vacuous = why
	panic(abort{})
}

// stream is a stream name that no other run has.
func (p *probe) stream(name string) string { return name + "_" + p.suffix }

// options are what is special about a run.
type options struct {
	config       map[string]any // settings beside, or in the place of, those of the config; nil value: without
	whole        []byte         // the whole config instead
	noConfig     bool
	args         []string
	env          []string
	plays        []Play
	usage        bool
	closedStdout bool
	slowStdout   time.Duration // before which nothing of it is read
	bare         bool          // with next to nothing in the environment
}

// start starts the program.
func (p *probe) start(o options) *process {
	p.runs++
	args := p.arguments(o)
	command := append(slices.Clone(p.target.Command), args...)
	env := append(slices.Clone(p.target.Env), o.env...)
	if p.target.Inside {
		script := Script{Args: args, Journal: p.journal(), Plays: o.plays}
		if o.usage {
			script.Report, script.Journal = filepath.Join(p.dir, "usage.json"), ""
		}
		text, err := json.Marshal(script)
		p.must(err)
		command, env = p.target.Command, append(env, ScriptVariable+"="+string(text))
	}
	around := os.Environ()
	if o.bare {
		around = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "TMPDIR=" + p.dir}
	}
	input := filepath.Join(p.dir, fmt.Sprintf("input-%d.singer", p.runs))
	record, err := os.Create(input)
	p.must(err)
	started, err := start(p.ctx, p.patience, command, append(around, env...), o)
	p.must(err)
	started.record = record
	started.again = retell(append(env, command...), input)
	p.last.again = started.again
	return started
}

// retell is a command line, variables first, that does the same once more.
func retell(words []string, input string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = quote(word)
	}
	return strings.Join(quoted, " ") + " < " + quote(input)
}

// quote writes a word for a POSIX shell.
func quote(word string) string {
	if word != "" && strings.IndexFunc(word, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:,@%+", r)
	}) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// arguments are those of a run, and the config's file.
func (p *probe) arguments(o options) (args []string) {
	if !o.noConfig && p.target.Config != nil {
		text := o.whole
		if text == nil {
			text = p.configWith(o.config)
		}
		path := filepath.Join(p.dir, fmt.Sprintf("config-%d.json", p.runs))
		p.must(os.WriteFile(path, text, 0o600))
		args = append(args, "--config", path)
	}
	return append(args, o.args...)
}

// configWith is the config of the test with some settings changed.
func (p *probe) configWith(changes map[string]any) []byte {
	config := maps.Clone(p.base)
	for key, value := range changes {
		if value == nil {
			delete(config, key)
			continue
		}
		text, err := json.Marshal(value)
		p.must(err)
		config[key] = text
	}
	text, err := json.Marshal(config)
	p.must(err)
	return text
}

// must gives the test up where not the program is at fault but the place.
func (p *probe) must(err error) {
	if err != nil {
		p.give("the test could not be made: %v", err)
	}
}

// run feeds the program lines to the end and returns what it said.
func (p *probe) run(o options, lines ...string) outcome {
	process := p.start(o)
	process.feed(lines...)
	return p.done(process.end())
}

// done looks at what no program may do.
func (p *probe) done(out outcome) outcome {
	p.last = out
	if out.late {
		p.fail("it did not end within %s", p.patience)
	}
	if strings.Contains(out.stderr, "WARNING: DATA RACE") {
		p.fail("it has a data race: run it by itself to see where")
	}
	if strings.Contains(out.stderr, "goroutine 1 [") && strings.Contains(out.stderr, "panic: ") {
		p.fail("it panicked: %s", lineWith(out.stderr, "panic: "))
	}
	return out
}

// good is a run that has to go well.
func (p *probe) good(o options, lines ...string) outcome {
	out := p.run(o, lines...)
	if out.exit != 0 {
		p.fail("exit code %d, want 0: %s", out.exit, lastWords(out.stderr))
	}
	return out
}

// bad is a run that has to fail, and to say all of some words.
func (p *probe) bad(o options, words []string, lines ...string) outcome {
	out := p.run(o, lines...)
	if out.exit == 0 {
		p.fail("exit code 0 after an error")
	}
	for _, word := range words {
		if !strings.Contains(out.stderr+strings.Join(out.lines, "\n"), word) {
			p.fail("the error does not name %s: %s", word, lastWords(out.stderr))
		}
	}
	return out
}

func lastWords(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	return shorten(lines[len(lines)-1])
}

func lineWith(text, word string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			return shorten(strings.TrimSpace(line))
		}
	}
	return ""
}

func shorten(text string) string {
	const most = 300
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
