package packtest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/generator"
)

// testCase is a set of answers and, if it has one, the golden file.
type testCase struct {
	name    string
	answers []string // key=value; parameters that are not named have their default
	golden  *txtar.Archive
}

// choice is one value of one parameter.
type choice struct{ parameter, value string }

// choices lists the values of each parameter that has few.
func choices(p *generator.Pack) [][]choice {
	var all [][]choice
	for _, q := range p.Parameters {
		values := q.Values
		if q.Type == "bool" {
			values = []string{"true", "false"}
		}
		var of []choice
		for _, v := range values {
			of = append(of, choice{q.Name, v})
		}
		if len(of) > 0 {
			all = append(all, of)
		}
	}
	return all
}

// pairwise makes cases in which every value of every parameter meets every value of
// every other. It takes, again and again, for one parameter after the other the value
// that adds most pairs; the result is the same on every run.
func pairwise(all [][]choice) []testCase {
	missing := map[[2]choice]bool{}
	for i, a := range all {
		for _, b := range all[i+1:] {
			for _, x := range a {
				for _, y := range b {
					missing[[2]choice{x, y}] = true
				}
			}
		}
	}
	var cases []testCase
	for len(missing) > 0 || len(cases) == 0 {
		picked := pickCase(all, missing, len(cases))
		for i, x := range picked {
			for _, y := range picked[i+1:] {
				delete(missing, [2]choice{x, y})
			}
		}
		c := testCase{name: fmt.Sprintf("%02d", len(cases)+1)}
		for _, x := range picked {
			c.answers = append(c.answers, x.parameter+"="+x.value)
		}
		cases = append(cases, c)
	}
	return cases
}

// pickCase begins with a pair that is still missing, so that each case adds one.
func pickCase(all [][]choice, missing map[[2]choice]bool, number int) []choice {
	seed := firstMissing(all, missing)
	picked := make([]choice, 0, len(all))
	for i, of := range all {
		best, gain := of[number%len(of)], -1
		for _, x := range of {
			if fixed := slices.Contains(seed, x); fixed {
				best = x
				break
			}
			if slices.ContainsFunc(seed, func(s choice) bool { return s.parameter == x.parameter }) {
				continue
			}
			if g := gainOf(x, picked, all[i+1:], seed, missing); g > gain {
				best, gain = x, g
			}
		}
		picked = append(picked, best)
	}
	return picked
}

func firstMissing(all [][]choice, missing map[[2]choice]bool) []choice {
	for i, a := range all {
		for _, b := range all[i+1:] {
			for _, x := range a {
				for _, y := range b {
					if missing[[2]choice{x, y}] {
						return []choice{x, y}
					}
				}
			}
		}
	}
	return nil
}

// gainOf counts the missing pairs that a value makes with those picked and, for a
// later turn, with those of the seed.
func gainOf(x choice, picked []choice, later [][]choice, seed []choice, missing map[[2]choice]bool) int {
	gain := 0
	for _, y := range picked {
		if missing[[2]choice{y, x}] {
			gain++
		}
	}
	for _, of := range later {
		for _, y := range of {
			if slices.Contains(seed, y) && missing[[2]choice{x, y}] {
				gain++
			}
		}
	}
	return gain
}

// readCases reads the golden files of a pack's folder; it is nil without any.
func readCases(dir string) ([]testCase, error) {
	files, err := filepath.Glob(filepath.Join(dir, generator.CasesFolder, "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("look for cases: %w", err)
	}
	var cases []testCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read case: %w", err)
		}
		golden := txtar.Parse(text)
		cases = append(cases, testCase{
			name: strings.TrimSuffix(filepath.Base(file), ".txtar"), answers: answersOf(golden.Comment), golden: golden,
		})
	}
	return cases, nil
}

// answersOf reads the lines of a case's comment; those that begin with # are words.
func answersOf(comment []byte) []string {
	var answers []string
	for line := range strings.Lines(string(comment)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			answers = append(answers, line)
		}
	}
	return answers
}

// uncovered lists the values that no case has. A parameter that a case does not name
// has its default there.
func uncovered(p *generator.Pack, cases []testCase) []string {
	var faults []string
	for _, q := range p.Parameters {
		for _, of := range choices(&generator.Pack{Parameters: []generator.Parameter{q}}) {
			for _, x := range of {
				if !slices.ContainsFunc(cases, func(c testCase) bool { return c.value(q) == x.value }) {
					faults = append(faults, fmt.Sprintf("no case has %s=%s; add one, or make them anew: remove %s and run with --update", x.parameter, x.value, generator.CasesFolder))
				}
			}
		}
	}
	return faults
}

func (c testCase) value(q generator.Parameter) string {
	for _, a := range c.answers {
		if value, ok := strings.CutPrefix(a, q.Name+"="); ok {
			return value
		}
	}
	return fmt.Sprint(q.Default)
}
