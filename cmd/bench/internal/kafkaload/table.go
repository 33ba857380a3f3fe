package kafkaload

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
	fmt.Fprintf(out, "%s, broker and store on the same machine\n", r.Environment)
	fmt.Fprintf(out, "%s records of 14 columns with a key (%s bytes of Singer), %d partitions, full check; median wall time of %d runs\n\n",
		figures.Whole(float64(r.Records)), figures.Whole(float64(r.Bytes)), r.Partitions, r.Runs)
	fmt.Fprintln(out, "STORE\tWAY\tRECORDS/S\tOF THE PIPE\tSPREAD\tS CPU")
	row := func(store string, way result, ratio string) {
		fmt.Fprintln(out, strings.Join([]string{
			store, way.Way, figures.Whole(way.Records), ratio, fmt.Sprintf("%.0f %%", 100*figures.Spread(way.Samples, figures.Wall)),
			figures.Short(figures.Median(way.Samples, figures.CPU).Seconds()),
		}, "\t"))
	}
	row("topic", r.Feed, "-")
	for _, store := range r.Stores {
		for _, way := range store.Ways {
			row(store.Store, way, figures.Short(way.Ratio))
		}
	}
	return out.Flush()
}
