package scaffold

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
	fmt.Fprintf(out, "%s; median of %d runs in turn; whole processes with all that they start\n", r.Environment, r.Runs)
	fmt.Fprintf(out, "the same connector by each: %d files, %s bytes\n", r.Files, figures.Whole(float64(r.Bytes)))
	var tools []string
	for _, t := range r.Tools {
		tools = append(tools, t.Name+" "+t.Version)
	}
	fmt.Fprintln(out, strings.Join(tools, ", "))
	for _, t := range r.Tasks {
		fmt.Fprintf(out, "\n%s\n", t.Task)
		fmt.Fprintln(out, "COMMAND\tX OURS\tMS\tSPREAD\tMS CPU\tPEAK MIB\tWHAT IT DOES")
		for _, row := range t.Rows {
			fmt.Fprintln(out, strings.Join([]string{
				row.Command, figures.Short(row.TimesOurs), figures.Short(1000 * row.Wall.Seconds()), fmt.Sprintf("%.0f %%", 100*row.Spread),
				figures.Short(1000 * row.CPU.Seconds()), r.peak(row), row.Does,
			}, "\t"))
		}
		if err := out.Flush(); err != nil { // each task has columns of its own
			return err
		}
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(out, "%s is skipped: %s\n", s.Tool, s.Why)
	}
	return out.Flush()
}

// peak is the most memory of a command's largest process; what is not above the floor is
// known to be no more than it.
func (r report) peak(row rowReport) string {
	if 0 < row.PeakMiB && row.PeakMiB <= r.FloorMiB {
		return "<= " + figures.Whole(row.PeakMiB)
	}
	return figures.Whole(row.PeakMiB)
}
