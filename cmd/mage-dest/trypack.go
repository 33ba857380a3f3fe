package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/mage-dest/facts"
	"github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
	"github.com/mage-dest/mage-dest/generator"
)

// packTrial is what try PACK prints with --json.
type packTrial struct {
	OK        bool            `json:"ok"`
	Pack      string          `json:"pack"`
	Folder    string          `json:"folder"`    // kept
	Connector string          `json:"connector"` // folder of the connector in it
	Database  string          `json:"database"`  // "" where the store cannot be read back
	Records   int             `json:"records"`
	Landed    []trial.Landing `json:"landed"` // null where the store cannot be read back
	Faults    []string        `json:"faults"`
	Run       *trial.Report   `json:"run"`

	server bool // the store is a server
}

// connectorName is what the tried connector is called.
const connectorName = "world"

// pack tries what a pack makes.
func (o tryOptions) pack(ctx context.Context, pack string) error {
	loaded, err := packs().Load(ctx, pack)
	if err != nil {
		return err
	}
	server := loaded.Server
	switch {
	case o.Config != "" && !server:
		return usageErrorf("--config goes with a DIR: a connector made from pack %s is tried with the pack's own config", pack)
	case o.Config == "" && server:
		return usageErrorf("pack %s stores in a server, and nobody knows which: name a config with --config FILE; mage-dest templates show %s tells its settings", pack, pack)
	}
	input, err := o.packInput()
	if err != nil {
		return err
	}
	sent, err := trial.ReadSent(bytes.NewReader(input))
	if err != nil {
		return fmt.Errorf("read the stream: %w", err)
	}
	request := generator.Request{Name: connectorName, Library: packs(), Template: pack, Base: ownBase(), NoTypeCheck: true}
	if _, err := generator.Prepare(ctx, request); err != nil { // before a folder is made
		return err
	}
	t := packTrial{Pack: pack, server: server, Records: sent.Records, Faults: []string{}}
	if t.Folder, err = o.scratch(); err != nil {
		return err
	}
	t.Connector = filepath.Join(t.Folder, connectorName)
	request.Dir = t.Connector
	if err := o.runPack(ctx, &t, request, input, sent); err != nil {
		fmt.Fprintf(o.Err, "what was made so far is in %s\n", t.Folder)
		return err
	}
	if err := o.printPack(t); err != nil {
		return err
	}
	if !t.OK {
		return errNotAll
	}
	return nil
}

// packInput is --input or the bundled stream.
func (o tryOptions) packInput() ([]byte, error) {
	if o.Input == "" {
		return facts.World(), nil
	}
	file, err := o.inputFile("")
	if err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

func (o tryOptions) runPack(ctx context.Context, t *packTrial, request generator.Request, input []byte, sent *trial.Sent) error {
	inputFile := filepath.Join(t.Folder, "input.singer")
	if err := os.WriteFile(inputFile, input, 0o644); err != nil {
		return fmt.Errorf("write the stream: %w", err)
	}
	err := o.step("making a connector from pack "+t.Pack, func(io.Writer) error {
		plan, err := generator.Prepare(ctx, request)
		if err != nil {
			return err
		}
		return plan.Apply()
	})
	if err != nil {
		return err
	}
	if err := o.tidied(ctx, t.Connector); err != nil {
		return err
	}
	binary := filepath.Join(t.Folder, trial.Binary)
	err = o.step("building it", func(words io.Writer) error { return trial.Build(ctx, t.Connector, binary, words) })
	if err != nil {
		return err
	}
	about, err := trial.Describe(ctx, binary, t.Connector)
	if err != nil {
		return err
	}
	config := filepath.Join(t.Connector, "templates", "config.json")
	if o.Config != "" {
		if config, err = filepath.Abs(o.Config); err != nil {
			return fmt.Errorf("--config: %w", err)
		}
	}
	t.Run, err = o.feed(ctx, trial.Feed{
		Binary: binary, About: about, Dir: t.Folder, Config: config, Input: inputFile, Out: t.Folder,
	})
	if err != nil {
		return err
	}
	return o.judge(ctx, t, config, sent)
}

// judge finds out whether everything is in the store.
func (o tryOptions) judge(ctx context.Context, t *packTrial, config string, sent *trial.Sent) error {
	if t.Run.Unwritten() {
		t.Faults = append(t.Faults, "ExportBatchData is to be written in "+filepath.Join(connectorName, "internal", connectorName, "destination.go"))
		return nil
	}
	if !t.Run.OK() {
		t.Faults = append(t.Faults, t.Run.Errors...)
		t.Faults = append(t.Faults, rejectLines(t.Run.Rejects)...)
		return nil
	}
	if t.server {
		t.OK = true
		return nil
	}
	if !trial.ReadsBack(t.Pack) {
		t.Faults = append(t.Faults, "the store of pack "+t.Pack+" cannot be read back, so nobody knows what landed")
		return nil
	}
	var err error
	if t.Database, err = databaseOf(config, t.Folder); err != nil {
		return err
	}
	err = o.step("reading the database back", func(words io.Writer) error {
		store := trial.Store{Connector: t.Connector, File: t.Database, Scratch: t.Folder}
		tables, err := store.Tables(ctx, words)
		t.Landed = trial.Compare(sent, tables)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range t.Landed {
		for _, fault := range l.Faults {
			t.Faults = append(t.Faults, l.Stream+": "+fault)
		}
	}
	if o.Input == "" && !trial.SameJSON(t.Run.State, sent.State) {
		t.Faults = append(t.Faults, "the state that was told is not the last one of the stream")
	}
	t.OK = len(t.Faults) == 0
	return nil
}

// databaseOf is the file that a config's key path names; a relative one starts
// where the connector was run.
func databaseOf(config, dir string) (string, error) {
	var c struct {
		Path string `json:"path"`
	}
	text, err := os.ReadFile(config)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err == nil && c.Path == "" {
		err = fmt.Errorf("it names no path")
	}
	if err != nil {
		return "", fmt.Errorf("find the database by %s: %w", config, err)
	}
	if filepath.IsAbs(c.Path) {
		return c.Path, nil
	}
	return filepath.Join(dir, c.Path), nil
}

func (o tryOptions) printPack(t packTrial) error {
	if o.JSON {
		return printJSON(o.Out, t)
	}
	p := newPainter(o.Out)
	if t.Landed == nil {
		printReport(p, t.Run)
	} else {
		printLanded(p, t)
	}
	printList(p, red, "What is wrong", t.Faults)
	p.line(plain, "")
	switch {
	case t.OK && t.server:
		p.line(green, "All %d records are in the server, the connector says; they were not read back.", t.Records)
	case t.OK:
		p.line(green, "All %d records are in the database%s.", t.Records, howFar(t.Landed))
	}
	printWhere(p, t)
	return nil
}

func printLanded(p painter, t packTrial) {
	p.line(plain, "What the database holds")
	p.line(plain, "")
	var rows []row
	for _, l := range t.Landed {
		colour := green
		if !l.OK() {
			colour = red
		}
		compared := fmt.Sprintf("%d values", l.Values)
		if l.Compared == "count" {
			compared = "rows only"
		}
		rows = append(rows, row{colour, []string{l.Stream, fmt.Sprint(l.Sent), fmt.Sprint(l.Rows), compared, sample(l)}})
	}
	p.table([]string{"STREAM", "SENT", "ROWS", "COMPARED", "LAST ROW"}, rows)
	p.line(plain, "\nState  %s", printable(string(t.Run.State)))
}

// howFar says how sure that is.
func howFar(landed []trial.Landing) string {
	if slices.ContainsFunc(landed, func(l trial.Landing) bool { return l.Compared == "count" }) {
		return ": the rows were counted and, where they have a key, compared value by value"
	}
	return ", every value as it was sent"
}

// sample is a row in one line, its key first: what came with the record, not
// what the store added.
func sample(l trial.Landing) string {
	columns := slices.Clone(l.Keys)
	for _, column := range slices.Sorted(maps.Keys(l.Sample)) {
		if !slices.Contains(columns, column) && !strings.HasPrefix(column, "_") {
			columns = append(columns, column)
		}
	}
	var parts []string
	for _, column := range columns {
		if value := l.Sample[column]; value != nil {
			parts = append(parts, column+"="+trial.Clip(fmt.Sprint(value), 66))
		}
	}
	return trial.Clip(strings.Join(parts, " "), 120)
}

func printWhere(p painter, t packTrial) {
	p.line(plain, "Folder %s", t.Folder)
	p.line(dim, "  %-14s the connector, a Go module of its own", connectorName+"/")
	if t.Database != "" {
		p.line(dim, "  %-14s the database", filepath.Base(t.Database))
	}
	p.line(dim, "  %-14s what it was fed", "input.singer")
	p.line(plain, "Next")
	p.line(plain, "  go -C %s test ./...", t.Connector)
	p.line(plain, "  mage-dest try %s --input FILE", t.Connector)
	p.line(plain, "  mage-dest new NAME --template %s", t.Pack)
}
