// Package pgload measures a connector of pack postgres beside psql's \copy.
//
//	go run ./cmd/bench postgres
//
// All load the same rows of 14 columns, whose key is id, over the network of this
// machine into a server that is started for this alone. psql reads rows that are text
// for COPY already and goes through nothing but COPY, so that it is about as fast as this
// server takes rows from one client; the connector reads Singer records, checks each
// against its whole JSON Schema, and stores them exactly once by their key.
//
// The ways to load run in turn, round after round; the first round only warms up. What
// counts is the median of the wall time of the whole process, beside that of psql in the
// same rounds. A load that leaves other rows behind than all others fails the run.
package pgload

import (
	"context"
	"io"
	"os"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/cli"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// Verb is the word on bench's command line that stands before Run's arguments.
const Verb = "postgres"

// Generate writes so many records of a stream orders, whose key is id, to a file.
type Generate func(file string, records int) error

// Run measures and prints the result to stdout; words for people go to stderr. It
// returns the exit code: 0 for done, or for left out because there is no PostgreSQL; 1
// for failed, 2 for wrong usage.
func Run(ctx context.Context, args []string, generate Generate, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err == nil {
		err = bench(ctx, o, generate, stdout, stderr)
	}
	return cli.ExitCodeUnless(pgserver.ErrNone, err, stderr)
}

// options are what the command line says.
type options struct {
	records, runs int
	json          bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := cli.Flags("bench "+Verb, stderr)
	flags.IntVar(&o.records, "records", 200_000, "`records` of the input")
	flags.IntVar(&o.runs, "runs", 5, "`runs` of each way to load, beside the warm-up")
	flags.BoolVar(&o.json, "json", false, "print the result, each sample of it, as JSON")
	return o, cli.Parse(flags, args, "records", "runs")
}

// bench measures, and tells the result in the form that is asked for.
func bench(ctx context.Context, o options, generate Generate, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-postgres-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := measure(ctx, o, generate, dir, stderr)
	if err != nil {
		return err
	}
	return cli.Print(stdout, o.json, r, func() error { return table(stdout, r) })
}
