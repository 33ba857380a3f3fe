package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
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
				row.Contender, short(row.TimesNaive), short(row.TimesMage), short(row.OfSyntax), whole(row.CPU),
				fmt.Sprintf("%.0f %%", 100*row.Spread), whole(row.RecordsPerSecond), whole(row.Start.Seconds() * 1000), whole(row.PeakMiB), row.Title,
			}, "\t"))
		}
		if err := out.Flush(); err != nil { // each shape has columns of its own
			return err
		}
		if s.TwoWorkers > 0 {
			fmt.Fprintf(out, "two workers: %s times one in wall time (%s)\n", short(s.TwoWorkers), noopName)
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

// short is a ratio in three digits; what is not known is a dash.
func short(x float64) string {
	if x <= 0 {
		return "-"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(x))))
	return strconv.FormatFloat(x, 'f', min(digits, 3), 64)
}

// whole is a number without a fraction, its thousands apart; what is not known is a
// dash.
func whole(x float64) string {
	if x <= 0 {
		return "-"
	}
	digits := strconv.FormatFloat(x, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
