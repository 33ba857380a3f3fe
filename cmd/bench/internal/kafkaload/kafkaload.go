// Package kafkaload measures a load by way of Kafka beside the plain pipe.
//
//	go run ./cmd/bench kafka
//
// All load the same records: into a connector that only counts, and into PostgreSQL. The
// plain pipe is one process that reads them from a file. For the others a feeder has put
// them on a topic before, and one, two, four … workers of a new group take them from there,
// from the start of the first worker until the group has committed all of them. The broker
// and, where it is one, the store are on this machine and share its cores. A way that
// leaves other records than the input fails the run.
package kafkaload

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/cli"
	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
)

// Verb is the word on bench's command line that stands before Run's arguments.
const Verb = "kafka"

// Generate writes so many records of a stream orders, whose key is id, to a file.
type Generate func(file string, records int) error

// Run measures and prints the result to stdout; words for people go to stderr. It
// returns the exit code: 0 for done, or for left out because there is no Kafka; 1 for
// failed, 2 for wrong usage.
func Run(ctx context.Context, args []string, generate Generate, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err == nil {
		err = bench(ctx, o, generate, stdout, stderr)
	}
	return cli.ExitCodeUnless(kafkaserver.ErrNone, err, stderr)
}

// options are what the command line says.
type options struct {
	records, runs, partitions int
	workers                   []int
	postgres                  bool
	json                      bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{workers: []int{1, 2, 4}}
	flags := cli.Flags("bench "+Verb, stderr)
	flags.IntVar(&o.records, "records", 2_000_000, "`records` of the input")
	flags.IntVar(&o.runs, "runs", 3, "`runs` of each way to load")
	flags.IntVar(&o.partitions, "partitions", 8, "`partitions` of the topic")
	flags.BoolVar(&o.postgres, "postgres", true, "load into PostgreSQL, too")
	flags.BoolVar(&o.json, "json", false, "print the result as JSON")
	flags.Func("workers", "`numbers` of workers, with commas (1,2,4)", func(text string) error {
		o.workers = nil
		for part := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 {
				return errors.New("want numbers from 1 on, with commas")
			}
			o.workers = append(o.workers, n)
		}
		return nil
	})
	return o, cli.Parse(flags, args, "records", "runs", "partitions")
}

// bench measures, and tells the result in the form that is asked for.
func bench(ctx context.Context, o options, generate Generate, stdout, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "bench-kafka-")
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
