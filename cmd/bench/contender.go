package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// contender is a program that reads the input on stdin.
type contender struct {
	name, label, title string // for a command line, a chart, a table
	kind               kind
	counts             counted

	// run is the program itself, in a process of its own; nil for a peer, which is
	// written in Python.
	run func(job) (int, error)

	// peer is such a program; nil for those of Go.
	peer *peer
}

// kind is what a contender is to us.
type kind string

const (
	ours    kind = "ours"
	another kind = "another"
	floor   kind = "floor"
)

// counted is what a contender says the number of.
type counted string

const (
	recordsCounted counted = "records"
	linesCounted   counted = "lines"
)

// job is what a contender of ours is told.
type job struct {
	shape   shape
	workers int // 0 leaves it to the connector
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
}

// The contenders that others are held against.
const (
	naiveName  = "naive"
	syntaxName = "syntax"
	noopName   = "noop"
	mageName   = "mage"
)

// contenders are all of them, in the order in which they run and are told of.
func contenders() []contender {
	mage, singerSDK := peers()
	return []contender{
		{name: mageName, label: "Mage (Python)", title: "Mage's Python base, check on", kind: another, counts: recordsCounted, peer: mage},
		{name: "singer-sdk", label: "Meltano SDK (Python)", title: "Meltano's SDK (Python)", kind: another, counts: recordsCounted, peer: singerSDK},
		{name: naiveName, label: "naive Go", title: "encoding/json to map, and santhosh", kind: another, counts: recordsCounted, run: runNaive},
		{name: "map", label: "with Map()", title: "ours, full check, Map() of each", kind: ours, counts: recordsCounted, run: runMap},
		{name: "decode", label: "with Decode", title: "ours, full check, Decode of each", kind: ours, counts: recordsCounted, run: runDecode},
		{name: noopName, label: "no-op", title: "ours, full check", kind: ours, counts: recordsCounted, run: runNoop},
		{name: "noop-mage", label: "no-op, Mage's check", title: "ours, Mage's check", kind: ours, counts: recordsCounted, run: runNoopMage},
		{name: "json.Valid", label: "json.Valid", title: "encoding/json.Valid", kind: floor, counts: linesCounted, run: runJSONValid},
		{name: syntaxName, label: "strict syntax check", title: "strict syntax check", kind: floor, counts: linesCounted, run: runSyntax},
		{name: "lines", label: "split lines", title: "split into lines", kind: floor, counts: linesCounted, run: runLines},
	}
}

// contenderNamed finds a contender.
func contenderNamed(name string) (contender, error) {
	var names []string
	for _, c := range contenders() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	return contender{}, fmt.Errorf("contender %q is not known; there are %s", name, strings.Join(names, ", "))
}

// want is the number that the contender has to say of an input.
func (c contender) want(in input) int {
	if c.counts == linesCounted {
		return in.lines
	}
	return in.records
}

// child is the program of a contender: it reads all input, says how much that was and
// what memory it took, and returns the exit code.
func child(name string, j job) int {
	c, err := contenderNamed(name)
	if err == nil && c.run == nil {
		err = fmt.Errorf("contender %s is no Go program", name)
	}
	n := 0
	if err == nil {
		n, err = c.run(j)
	}
	if err != nil {
		fmt.Fprintln(j.stderr, err)
		return 1
	}
	fmt.Fprintf(j.stdout, "\n%s %d peak %d\n", c.counts, n, figures.OwnPeakKiB())
	return 0
}

// errStopped is the failure of a connector, which has said why on stderr.
var errStopped = errors.New("the connector failed")
