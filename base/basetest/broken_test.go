package basetest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/basetest"
	"github.com/mage-dest/mage-dest/base/conform"
)

// breakVariable names the way in which the reference is broken, in its process.
const breakVariable = "BASETEST_BROKEN"

// broken is one way to be wrong.
type broken struct {
	name  string
	fails []int // the tests of the list that have to see it
	also  []int // those that see it, too
	grows bool  // in memory

	perhaps []int // those that see it if it comes to that

	// Each changes what the process takes in or gives out; nil changes nothing.
	args   func(args []string) []string
	in     func(line string) string // a line with its end; "" drops it
	out    func(line string) string
	log    func(line string) string
	export exporter
	code   func(code int) int
	only   func(args []string) bool // runs to which out and code apply; nil: all
	read   func(rows []map[string]json.RawMessage) []map[string]json.RawMessage
	around func(run func() int) int
}

type exporter func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error

// TestMain is the broken program where a test has started it as one.
func TestMain(m *testing.M) {
	name, isBroken := os.LookupEnv(breakVariable)
	text, isPlayed := os.LookupEnv(conform.ScriptVariable)
	if !isBroken || !isPlayed {
		os.Exit(m.Run())
	}
	for _, b := range ways() {
		if b.name == name {
			os.Exit(b.run(text))
		}
	}
	fmt.Fprintln(os.Stderr, "nothing is broken in the way of", name)
	os.Exit(3)
}

// run is the process of the broken program.
func (b broken) run(text string) int {
	var script conform.Script
	if err := json.Unmarshal([]byte(text), &script); err != nil {
		return 3
	}
	if b.args != nil {
		script.Args = b.args(script.Args)
	}
	applies := b.only == nil || b.only(script.Args)
	changed, err := json.Marshal(script)
	if err != nil {
		return 3
	}
	run := func() int { return basetest.Play(string(changed), newReference(), referenceInfo(), b.change(applies)) }
	if b.around != nil {
		return b.around(run)
	}
	code := run()
	if b.code != nil && applies {
		code = b.code(code)
	}
	return code
}

// change breaks what goes in and out.
func (b broken) change(applies bool) func(*base.Env) {
	return func(e *base.Env) {
		if b.in != nil {
			e.Stdin = &filter{from: e.Stdin, change: b.in}
		}
		if b.out != nil && applies {
			e.Stdout = lineWriter{os.Stdout, b.out}
		}
		if b.log != nil && applies {
			e.Stderr = lineWriter{os.Stderr, b.log}
		}
		if b.export == nil {
			return
		}
		played := e.Export
		e.Export = func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			return b.export(ctx, over(func(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
				return played(ctx, d, recordData, stream, tags)
			}), recordData, stream, tags)
		}
	}
}

// over is a function as an Exporter.
type over func(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error

func (o over) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	return o(ctx, recordData, stream, tags)
}

// Every test of the list fails for a program that is broken in the way that it is
// about. With MAGE_DEST_BROKEN=all all tests are made of each of them, and no other may
// fail than those that are told.
func TestEveryTestOfTheListCanFail(t *testing.T) {
	all := os.Getenv("MAGE_DEST_BROKEN") == "all"
	seen := map[int]bool{}
	verdicts := judgeAll(t, all)
	for _, b := range ways() {
		for _, number := range b.fails {
			seen[number] = true
		}
		t.Run(b.name, func(t *testing.T) {
			v, want := <-verdicts[b.name], b.fails
			if b.grows && basetest.Race {
				t.Skip("the race detector takes memory itself, so that is not looked at with it")
			}
			if all {
				want = slices.Sorted(slices.Values(slices.Concat(b.fails, b.also)))
			}
			if v.err != nil {
				t.Fatal(v.err)
			}
			failed := slices.DeleteFunc(v.failed, func(number int) bool { return slices.Contains(b.perhaps, number) })
			if !slices.Equal(failed, want) {
				t.Errorf("the tests %v fail, want %v\n%s", v.failed, want, strings.Join(v.told, "\n"))
			}
		})
	}
	for _, c := range conform.Cases() {
		if !seen[c.Number] {
			t.Errorf("no broken program is there to fail test %d, %s", c.Number, c.Name)
		}
	}
}

// verdict is which tests a broken program fails, and what they say.
type verdict struct {
	failed []int
	told   []string
	err    error
}

// judgeAll judges all broken programs, several at a time: most of the time they wait.
func judgeAll(t *testing.T, all bool) map[string]chan verdict {
	t.Helper()
	verdicts := map[string]chan verdict{}
	free := make(chan struct{}, 12)
	for _, b := range ways() {
		told, dir := make(chan verdict, 1), t.TempDir()
		verdicts[b.name] = told
		go func() {
			free <- struct{}{}
			defer func() { <-free }()
			told <- b.judge(t.Context(), dir, all)
		}()
	}
	return verdicts
}

// judge makes the tests of a broken program.
func (b broken) judge(ctx context.Context, dir string, all bool) (v verdict) {
	target := conform.Target{
		Command: []string{os.Args[0]}, Env: []string{breakVariable + "=" + b.name}, Inside: true, Timeout: 30 * time.Second, // more than any test waits for
		Config: func(dir string) ([]byte, error) { return []byte(configOf(dir)), nil },
		BadConfig: func(dir string) ([]byte, error) {
			return []byte(configOf(filepath.Join(dir, "no", "such", "folder"))), nil
		},
		ReadBack: func(ctx context.Context, dir, stream string) ([]conform.Row, error) {
			found, err := readReference(ctx, configOf(dir), stream)
			if b.read != nil {
				found = b.read(found)
			}
			rows := make([]conform.Row, len(found))
			for i := range found {
				rows[i] = found[i]
			}
			return rows, err
		},
	}
	options := conform.Options{Dir: dir, Records: 100_000}
	if !all {
		options.Only, options.Jobs, target.Timeout = b.fails, 3, 3*time.Second // what is to fail may do so by taking long
	}
	session, err := conform.Open(ctx, target, options)
	if err != nil {
		return verdict{err: err}
	}
	report, err := session.Run(ctx)
	v.err = err
	for _, result := range report.Results {
		if result.Status == conform.Failed {
			v.failed = append(v.failed, result.Number)
			v.told = append(v.told, fmt.Sprintf("%d: %s", result.Number, result.Faults[0].What))
		} else if slices.Contains(b.fails, result.Number) {
			v.told = append(v.told, fmt.Sprintf("%d: %s %s", result.Number, result.Status, result.Note))
		}
	}
	return v
}

func asked(words ...string) func([]string) bool {
	return func(args []string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(args, word) })
	}
}

func running(args []string) bool {
	return !slices.ContainsFunc(args, func(arg string) bool {
		return strings.HasPrefix(arg, "--about") || arg == "--version" || arg == "--show_templates" || arg == "--test_connection"
	})
}

func replace(pattern, with string) func(string) string {
	compiled := regexp.MustCompile(pattern)
	return func(line string) string { return compiled.ReplaceAllString(line, with) }
}

// dropping leaves lines out.
func dropping(pattern string) func(string) string {
	compiled := regexp.MustCompile(pattern)
	return func(line string) string {
		if compiled.MatchString(line) {
			return ""
		}
		return line
	}
}

// swallow stores what it can and says that all is well.
func swallow(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
	_ = d.ExportBatchData(ctx, recordData, stream, tags)
	return nil
}

// forget says that records of a kind are stored, and they are not.
func forget(these func(record string) bool) exporter {
	return func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
		kept := slices.DeleteFunc(slices.Clone(recordData), func(item base.RecordData) bool { return these(string(item.Record.Raw())) })
		if len(kept) == 0 {
			return nil
		}
		return d.ExportBatchData(ctx, kept, stream, tags)
	}
}

func always(code int) func(int) int { return func(int) int { return code } }

// withConfig changes the config of a run.
func withConfig(change func(config map[string]any)) func([]string) []string {
	return func(args []string) []string {
		i := slices.Index(args, "--config")
		if i < 0 {
			return args
		}
		text, err := os.ReadFile(args[i+1])
		if err != nil {
			return args
		}
		config := map[string]any{}
		if json.Unmarshal(text, &config) != nil {
			return args
		}
		change(config)
		changed, err := json.Marshal(config)
		if err != nil {
			return args
		}
		return slices.Concat(args[:i], []string{"--config_json", string(changed)}, args[i+2:])
	}
}

func idOf(record string) int {
	found := regexp.MustCompile(`"id": ?(\d+)`).FindStringSubmatch(record)
	if found == nil {
		return 0
	}
	id, _ := strconv.Atoi(found[1])
	return id
}

var errLost = errors.New("lost")
