package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// table prints the result for people, the ratios first.
func table(w io.Writer, r report) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "%s; median of %d runs in turn; CPU of the whole process less its start, over its records\n", r.Environment, r.Runs)
	for _, s := range r.Shapes {
		fmt.Fprintf(out, "\n%s: %s, %.0f bytes a line\n", s.Name, s.Title, s.LineBytes)
		fmt.Fprintln(out, "CONTENDER\tX NAIVE\tX MAGE\tOF SYNTAX\tNS CPU/RECORD\tSPREAD\tRECORDS/S\tSTART MS\tPEAK MIB\tWHAT IT IS")
		for _, row := range s.Rows {
			fmt.Fprintln(out, strings.Join([]string{
				row.Contender, figures.Short(row.TimesNaive), figures.Short(row.TimesMage), figures.Short(row.OfSyntax), figures.Whole(row.CPU),
				fmt.Sprintf("%.0f %%", 100*row.Spread), figures.Whole(row.RecordsPerSecond), figures.Whole(row.Start.Seconds() * 1000), figures.Whole(row.PeakMiB), row.Title,
			}, "\t"))
		}
		if err := out.Flush(); err != nil { // each shape has columns of its own
			return err
		}
		if s.TwoWorkers > 0 {
			fmt.Fprintf(out, "two workers: %s times one in wall time (%s)\n", figures.Short(s.TwoWorkers), noopName)
		}
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(out, "%s is skipped: %s\n", s.Contender, s.Why)
	}
	return out.Flush()
}
