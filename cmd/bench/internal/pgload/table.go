package pgload

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// table prints the result for people.
func table(w io.Writer, r report) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "%s, server on the same machine: PostgreSQL %s\n", r.Environment, r.Server)
	fmt.Fprintf(out, "%s records of 14 columns with a key (%s bytes of Singer), full check; median wall time of %d runs in turn\n\n",
		figures.Whole(float64(r.Records)), figures.Whole(float64(r.Bytes)), r.Runs)
	fmt.Fprintln(out, "WAY\tROWS/S\tOF PSQL\tSPREAD\tS CPU\tPEAK MIB")
	for _, way := range r.Ways {
		fmt.Fprintln(out, strings.Join([]string{
			way.Way, figures.Whole(way.Rows), figures.Short(way.Ratio), fmt.Sprintf("%.0f %%", 100*figures.Spread(way.Samples, figures.Wall)),
			figures.Short(figures.Median(way.Samples, figures.CPU).Seconds()), figures.Whole(way.PeakMiB),
		}, "\t"))
	}
	return out.Flush()
}
