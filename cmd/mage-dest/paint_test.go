package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/cmd/mage-dest/internal/trial"
)

func TestTableStandsInColumns(t *testing.T) {
	var out bytes.Buffer
	painter{out: &out}.table([]string{"STREAM", "ROWS", "LAST"}, []row{
		{green, []string{"länder", "3", "a"}},
		{red, []string{"b", "1000000", ""}},
	})
	want := "STREAM  ROWS     LAST\nländer  3        a\nb       1000000\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

func TestTextFromOutsideCannotSteerTheTerminal(t *testing.T) {
	var out bytes.Buffer
	p := painter{out: &out}
	p.table([]string{"STREAM"}, []row{{plain, []string{"a\x1b[2Jb\r\n\u009bc"}}})
	printReport(p, &trial.Report{State: []byte("\"\x1b[2J\""), Said: []string{"\x1b[2J"}, Errors: []string{"\x1b[2J"}, ExitCode: 1})
	if strings.ContainsAny(out.String(), "\x1b\r\u009b") {
		t.Errorf("control characters reach the terminal: %q", &out)
	}
}

func TestColourIsForTerminalsThatWantIt(t *testing.T) {
	var out bytes.Buffer
	painter{out: &out, colours: true}.line(red, "failed")
	newPainter(&out).line(red, "failed")
	if got, want := out.String(), "\x1b[31mfailed\x1b[0m\nfailed\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
