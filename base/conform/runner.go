package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how the list is gone through.
type Options struct {
	// Only lists the numbers of the tests to make. Default: all.
	Only []int

	// Dir is the folder in which inputs, configs and journals are left, one folder for
	// each test that failed. It must be there.
	Dir string

	// Jobs is how many tests are made side by side. Default: 1. Several begin with the
	// last, which take longest.
	Jobs int

	// Records is the length of the input that test 44 runs through. Default: a million.
	Records int

	// Done is called after each test, from one goroutine at a time. May be nil.
	Done func(Result)
}

// Session is a program that is about to be tried.
type Session struct {
	target  Target
	options Options
	about   *about
	claims  []string
}

// Open asks the program what it claims. The error is of the place, not of the program.
func Open(ctx context.Context, target Target, o Options) (*Session, error) {
	if target.Timeout == 0 {
		target.Timeout = time.Minute
	}
	s := &Session{target: target, options: o}
	var err error
	if s.about, err = s.ask(ctx); err != nil {
		return nil, err
	}
	s.claims = s.target.claims(s.about)
	return s, nil
}

// Run makes the tests of the list.
func (s *Session) Run(ctx context.Context) (Report, error) {
	report := Report{
		Target: nameOf(s.target.Command), Command: s.target.Command, Claims: s.claims, ReadBack: s.target.ReadBack != nil,
	}
	if s.about != nil {
		report.Target, report.Version = s.about.Name, s.about.Version
	}
	var cases []Case
	for _, c := range Cases() {
		if len(s.options.Only) == 0 || slices.Contains(s.options.Only, c.Number) {
			cases = append(cases, c)
		}
	}
	report.Results = make([]Result, len(cases))
	order := slices.All(cases)
	if s.options.Jobs > 1 {
		order = slices.Backward(cases)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, max(s.options.Jobs, 1))
	for i, c := range order {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			result := s.Try(ctx, c)
			mu.Lock()
			defer mu.Unlock()
			report.Results[i] = result
			if s.options.Done != nil {
				s.options.Done(result)
			}
		})
	}
	all.Wait()
	return report, ctx.Err()
}

// nameOf is a name for a program that does not tell one: its file's, behind that of an
// interpreter.
func nameOf(command []string) string {
	name := filepath.Base(command[0])
	if len(command) > 1 {
		if info, err := os.Stat(command[1]); err == nil && info.Mode().IsRegular() {
			name += " " + filepath.Base(command[1])
		}
	}
	return name
}

// ask reads --about of a program, nil if it has none.
func (s *Session) ask(ctx context.Context) (*about, error) {
	p := &probe{ctx: ctx, target: &s.target, dir: filepath.Join(s.options.Dir, "about"), patience: s.target.Timeout}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	defer os.RemoveAll(p.dir) //nolint:errcheck // it is scratch
	var out outcome
	if err := p.guard(func() { out = p.run(options{noConfig: true, args: []string{"--about", "--format=json"}}) }); err != nil {
		return nil, err
	}
	if out.exit != 0 {
		return nil, nil
	}
	said, err := parseAbout(strings.Join(out.lines, "\n"))
	if err != nil {
		return nil, nil //nolint:nilerr // then it has none
	}
	return said, nil
}

// guard runs a test to its end; the error is that the program cannot be started.
func (p *probe) guard(f func()) (err error) {
	defer func() {
		cause := recover()
		if _, given := cause.(abort); cause != nil && !given {
			panic(cause)
		}
		if cause != nil && len(p.faults) > 0 && p.runs <= 1 {
			err = fmt.Errorf("%s", p.faults[0].What)
		}
	}()
	f()
	return nil
}

// Try makes one test; several may be made at the same time.
func (s *Session) Try(ctx context.Context, c Case) Result {
	began := time.Now()
	result := Result{Number: c.Number, Name: c.Name, Status: Passed}
	p := &probe{
		ctx: ctx, target: &s.target, about: s.about, claims: s.claims, suffix: newSuffix(),
		dir: filepath.Join(s.options.Dir, fmt.Sprintf("%02d", c.Number)), patience: s.target.Timeout, records: s.options.Records,
	}
	if why := p.unclaimed(c); why != "" {
		result.Status, result.Note = NotClaimed, why
		return result
	}
	_ = p.guard(func() {
		p.must(os.MkdirAll(p.dir, 0o700))
		p.readConfig()
		c.run(p)
	})
	result.Note, result.Faults = p.note, p.faults
	switch {
	case len(p.faults) > 0:
		result.Status = Failed
	case p.vacuous != "":
		result.Status, result.Note = NotClaimed, p.vacuous
	case p.needs:
		result.Status = NoReadBack
	}
	if result.Status != Failed {
		_ = os.RemoveAll(p.dir)
	}
	result.Seconds = time.Since(began).Seconds()
	return result
}

// unclaimed tells why a test is not made, "" if it is.
func (p *probe) unclaimed(c Case) string {
	if c.Inside && !p.target.Inside {
		return "its store must be made to fail from inside: basetest does"
	}
	for _, either := range c.Claims {
		if !p.claimed(either...) {
			return "does not claim " + strings.Join(either, " or ")
		}
	}
	return ""
}

func (p *probe) readConfig() {
	p.base = settings{}
	if p.target.Config == nil {
		return
	}
	text, err := p.target.Config(p.dir)
	p.must(err)
	if err := json.Unmarshal(text, &p.base); err != nil {
		p.give("the config is no JSON object: %v", err)
	}
}
