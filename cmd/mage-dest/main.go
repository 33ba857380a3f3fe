// Command mage-dest makes destinations for Mage: programs that read Singer
// messages and load their records into a store.
//
//	mage-dest new acme          a connector in ./acme, with one method to write
//	mage-dest templates list    what connectors can be made from
//
// Results go to stdout and words for people to stderr. It exits with 0 when done,
// 1 when something failed, 2 on wrong usage and 3 when drift, conflicts or mistakes were found.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/mattn/go-isatty"
)

func main() { os.Exit(mainCode()) }

func mainCode() int {
	if speaksVet(os.Args[1:]) {
		vetTool()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:], streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Interactive: isatty.IsTerminal(os.Stdin.Fd()) && isatty.IsTerminal(os.Stderr.Fd()),
	})
}
