// Bench measures whole processes side by side on the same generated input: our
// connector that does nothing, the way one writes first in Go, Mage's Python base,
// Meltano's SDK, and what reading and checking the syntax alone must cost.
//
//	go run ./cmd/bench
//	go run ./cmd/bench --shapes flat14,nested --records 50000 --runs 3
//	go run ./cmd/bench --python venv/bin/python --mage mage-ai --svg bench.svg
//	go run ./cmd/bench scaffold --venv venv
//	go run ./cmd/bench postgres
//
// Every contender is a process of its own that reads the same file on stdin. They run
// in turn, round after round; the first round only warms up. What counts is the median
// of the CPU time (user and system) of the whole process, less the median of the same
// process on an input of one record, over the records: what a record costs, without
// the start. Ratios travel from machine to machine, absolute figures do not. A
// contender that does not report the right number of records fails the run.
//
// With the word scaffold it measures mage-dest beside other scaffolders instead: see
// package scaffold. With the word postgres it measures a connector of pack postgres beside
// psql: see package pgload. With the word kafka it measures loads by way of Kafka beside
// the plain pipe: see package kafkaload.
//
// Results go to stdout, words for people to stderr. Exit code 0: done; 1: failed;
// 2: wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/cli"
	"github.com/mage-dest/mage-dest/cmd/bench/internal/kafkaload"
	"github.com/mage-dest/mage-dest/cmd/bench/internal/pgload"
	"github.com/mage-dest/mage-dest/cmd/bench/internal/scaffold"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// childVerb is how the program starts itself as a contender: child NAME SHAPE WORKERS.
const childVerb = "child"

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 4 && args[0] == childVerb {
		s, err := shapeNamed(args[2])
		workers, werr := strconv.Atoi(args[3])
		if err = errors.Join(err, werr); err != nil {
			fmt.Fprintln(stderr, err)
			return 2
		}
		return child(args[1], job{shape: s, workers: workers, stdin: stdin, stdout: stdout, stderr: stderr})
	}
	if len(args) > 1 && args[0] == kafkaload.SinkVerb {
		return kafkaload.Sink(args[1:], stdin, stdout, stderr)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(args) > 0 && args[0] == scaffold.Verb {
		return scaffold.Run(ctx, args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == pgload.Verb {
		return pgload.Run(ctx, args[1:], generateOrders, stdout, stderr)
	}
	if len(args) > 0 && args[0] == kafkaload.Verb {
		return kafkaload.Run(ctx, args[1:], generateOrders, stdout, stderr)
	}
	o, err := parse(args, stderr)
	if err == nil {
		err = bench(ctx, o, stdout, stderr)
	}
	return cli.ExitCode(err, stderr)
}

// options are what the command line says.
type options struct {
	records, peerRecords, runs, workers int
	seed                                uint64
	shapes                              []shape
	contenders                          []contender
	python, mage                        string
	json, wall                          bool
	svg                                 string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := cli.Flags("bench", stderr)
	flags.IntVar(&o.records, "records", 200_000, "`records` of the 14-column shapes; the others get so many that the input is as large")
	flags.IntVar(&o.peerRecords, "python-records", 10_000, "the same for contenders in Python")
	flags.IntVar(&o.runs, "runs", 5, "`runs` of each contender, beside the warm-up")
	flags.IntVar(&o.workers, "workers", 0, "the setting workers of our connector; 0 leaves it alone")
	flags.Uint64Var(&o.seed, "seed", 3, "seed of the input")
	shapeList := flags.String("shapes", "", "`names` of shapes, separated by commas; all if empty")
	contenderList := flags.String("contenders", "", "`names` of contenders, separated by commas; all if empty")
	flags.StringVar(&o.python, "python", "python3", "Python `interpreter` for Mage's base and Meltano's SDK")
	flags.StringVar(&o.mage, "mage", "", "`folder` with a checkout of mage-ai/mage-ai; without it Mage's base is skipped")
	flags.BoolVar(&o.wall, "wall", false, "compare the wall time of one worker and two")
	flags.BoolVar(&o.json, "json", false, "print the result, each sample of it, as JSON")
	flags.StringVar(&o.svg, "svg", "", "`file` to write the chart to")
	if err := cli.Parse(flags, args, "records", "python-records", "runs"); err != nil {
		return o, err
	}
	var err, cerr error
	o.shapes, err = chosen(*shapeList, shapes(), shapeNamed)
	o.contenders, cerr = chosen(*contenderList, contenders(), contenderNamed)
	if err := errors.Join(err, cerr); err != nil {
		return o, cli.Usagef("%w", err)
	}
	return o, nil
}

// chosen is what a list of names stands for.
func chosen[T any](list string, all []T, named func(string) (T, error)) ([]T, error) {
	if list == "" {
		return all, nil
	}
	var out []T
	for name := range strings.SplitSeq(list, ",") {
		it, err := named(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, nil
}

// bench measures, and tells the result in every form that is asked for.
func bench(ctx context.Context, o options, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := measure(ctx, o, dir, stderr)
	if err != nil {
		return err
	}
	if o.svg != "" {
		if err := os.WriteFile(o.svg, chart(r), 0o644); err != nil {
			return fmt.Errorf("--svg: %w", err)
		}
	}
	return cli.Print(stdout, o.json, r, func() error { return table(stdout, r) })
}
