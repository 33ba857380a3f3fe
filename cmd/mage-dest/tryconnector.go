package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
)

// connectorTrial is what try DIR prints with --json.
type connectorTrial struct {
	OK        bool   `json:"ok"`
	Connector string `json:"connector"`
	Version   string `json:"version"`
	Dir       string `json:"dir"`
	Input     string `json:"input"`
	Config    string `json:"config"` // "" when there is none
	Kept      string `json:"kept"`   // folder of what try wrote, "" when it is gone
	*trial.Report
}

// connector tries the connector that stands in dir.
func (o tryOptions) connector(ctx context.Context, dir string) error {
	t, err := o.connectorFiles(dir)
	if err != nil {
		return err
	}
	scratch, err := o.scratch(trial.Binary, trial.StateFile, trial.LettersFile)
	if err != nil {
		return err
	}
	if o.Dir == "" {
		defer os.RemoveAll(scratch)
	} else {
		t.Kept = scratch
	}
	if err := o.feedConnector(ctx, &t, scratch); err != nil {
		return err
	}
	if err := o.printConnector(t); err != nil {
		return err
	}
	if !t.OK {
		return errNotAll
	}
	return nil
}

// connectorFiles finds the connector, its input and its config.
func (o tryOptions) connectorFiles(dir string) (connectorTrial, error) {
	var t connectorTrial
	if !isConnector(dir) {
		return t, usageErrorf("%s holds no .mage-dest.yaml and no go.mod, so no connector; make one with mage-dest new", dir)
	}
	var err error
	if t.Dir, err = filepath.Abs(dir); err != nil {
		return t, err
	}
	if t.Input, err = o.inputFile(filepath.Join(dir, "testdata", "sample.singer")); err != nil {
		return t, err
	}
	config := o.Config
	if config == "" {
		config = filepath.Join(dir, "templates", "config.json")
		if _, err := os.Stat(config); err != nil {
			return t, nil // the environment may give it
		}
	}
	t.Config, err = existing(config, "--config")
	return t, err
}

func (o tryOptions) feedConnector(ctx context.Context, t *connectorTrial, scratch string) error {
	binary := filepath.Join(scratch, trial.Binary)
	err := o.step("building "+shown(t.Dir), func(words io.Writer) error {
		return trial.Build(ctx, t.Dir, binary, words)
	})
	if err != nil {
		return err
	}
	about, err := trial.Describe(ctx, binary, t.Dir)
	if err != nil {
		return err
	}
	t.Connector, t.Version = about.Name, about.Version
	t.Report, err = o.feed(ctx, trial.Feed{
		Binary: binary, About: about, Dir: t.Dir, Config: t.Config, Input: t.Input, Out: scratch,
	})
	if err != nil {
		return err
	}
	t.OK = t.Report.OK()
	return nil
}

// feed runs the connector; on a terminal the calls are counted as they end.
func (o tryOptions) feed(ctx context.Context, f trial.Feed) (*trial.Report, error) {
	var report *trial.Report
	err := o.step("feeding it "+shown(f.Input), func(words io.Writer) (err error) {
		calls, records := 0, 0
		f.OnCall = func(c trial.Call) {
			calls, records = calls+1, records+c.Records
			fmt.Fprintf(words, "%d calls, %d records\n", calls, records)
		}
		report, err = f.Run(ctx)
		return err
	})
	return report, err
}

func (o tryOptions) printConnector(t connectorTrial) error {
	if o.JSON {
		return printJSON(o.Out, t)
	}
	p := newPainter(o.Out)
	config := "no config file"
	if t.Config != "" {
		config = shown(t.Config)
	}
	p.line(plain, "%s %s, fed %s with %s", t.Connector, t.Version, shown(t.Input), config)
	printReport(p, t.Report)
	return nil
}

// mostShown bounds what is printed of a list for people; --json has all of it.
const mostShown = 30

func printReport(p painter, r *trial.Report) {
	printCalls(p, r.Calls)
	printStreams(p, r.Streams)
	printList(p, yellow, "Refused", rejectLines(r.Rejects))
	printList(p, plain, "The connector said", r.Said)
	p.line(plain, "")
	if string(r.State) == "null" {
		p.line(yellow, "State     none was told")
	} else {
		p.line(plain, "State     %s", printable(string(r.State)))
	}
	printOutcome(p, r)
}

func printCalls(p painter, calls []trial.Call) {
	p.line(plain, "")
	if len(calls) == 0 {
		p.line(yellow, "ExportBatchData was not called.")
		return
	}
	var rows []row
	for i, c := range calls[:min(len(calls), mostShown)] {
		result, colour := "stored", green
		if !c.Stored {
			result, colour = "failed", red
		}
		rows = append(rows, row{colour, []string{
			fmt.Sprint(i + 1), c.Stream, fmt.Sprint(c.Batch), fmt.Sprint(c.Records), fmt.Sprintf("%.1f", c.Millis), result,
		}})
	}
	p.table([]string{"CALL", "STREAM", "BATCH", "RECORDS", "MS", "RESULT"}, rows)
	printRest(p, len(calls))
}

func printStreams(p painter, streams []trial.StreamCounts) {
	if len(streams) == 0 {
		return
	}
	p.line(plain, "")
	var rows []row
	for _, s := range streams[:min(len(streams), mostShown)] {
		colour := plain
		if s.Exported < s.Read {
			colour = red
		}
		rows = append(rows, row{colour, []string{
			s.Stream, fmt.Sprint(s.Read), fmt.Sprint(s.Exported), fmt.Sprint(s.Rejected), s.Validation,
		}})
	}
	p.table([]string{"STREAM", "READ", "STORED", "REFUSED", "VALIDATION"}, rows)
	printRest(p, len(streams))
}

func rejectLines(rejects []trial.Reject) []string {
	var lines []string
	for _, r := range rejects {
		line := r.Reason
		if !strings.Contains(line, fmt.Sprintf("line %d", r.Line)) {
			line = fmt.Sprintf("line %d: %s", r.Line, line)
		}
		lines = append(lines, line)
	}
	return lines
}

func printList(p painter, c colour, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.line(plain, "\n%s", title)
	for _, line := range lines[:min(len(lines), mostShown)] {
		p.line(c, "  %s", printable(line))
	}
	printRest(p, len(lines))
}

func printRest(p painter, count int) {
	if rest := count - mostShown; rest > 0 {
		p.line(dim, "and %d more; --json lists all", rest)
	}
}

func printOutcome(p painter, r *trial.Report) {
	if r.OK() {
		p.line(green, "Exit code 0: all that was read is stored (%.2f s)", r.Seconds)
		return
	}
	if r.Unwritten() { // one word for it: every stream fails with the same
		p.line(red, "Error     ExportBatchData is still a stub: nothing was stored and no state was told")
	} else {
		printErrors(p, r.Errors)
	}
	if len(r.Rejects) > 0 {
		p.line(red, "%d lines were refused; a run whose config does not set on_invalid: dead_letter fails at the first", len(r.Rejects))
	}
	p.line(red, "Exit code %d of the connector (%.2f s)", r.ExitCode, r.Seconds)
}

// printErrors prints errors, of which a panic's has many lines.
func printErrors(p painter, faults []string) {
	for _, fault := range faults {
		title := "Error"
		for line := range strings.Lines(strings.TrimSpace(fault)) {
			line = strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "  ")
			p.line(red, "%-9s %s", title, printable(line))
			title = ""
		}
	}
}
