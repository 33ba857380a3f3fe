package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mage-dest/mage-dest/generator"
)

// tryOptions is the command line of try.
type tryOptions struct {
	streams
	Input  string
	Config string
	Dir    string
	JSON   bool

	progress *progress
}

func newTryCommand(s streams) *cobra.Command {
	o := tryOptions{streams: s, progress: newProgress(s.Err)}
	cmd := &cobra.Command{
		Use:   "try [PACK | DIR]",
		Short: "See a pack, or your connector, load a stream",
		Long: `See a pack, or your connector, load a stream.

With PACK (default sqlite) it makes a connector from that pack in a scratch
folder, builds it, loads a bundled stream of facts, reads the database back with
a program of its own and shows what landed. It exits with 0 only if every record
is there, value by value. The folder is kept. A PACK that stores in a server (http,
postgres) needs --config, and what is in the server is not read back.

With DIR it builds the connector in that folder, feeds it its testdata/sample.singer
with its templates/config.json, and shows each call of ExportBatchData, what was
refused, the state and the errors. The connector runs in DIR, so relative paths in
the config start there; what try itself writes goes to a temporary folder. Unless
the config sets on_invalid, refused records are shown and the run goes on. It exits
with 0 only if the connector does and nothing was refused.

An argument is DIR if it holds a path separator, is . or .., or names a folder
with a .mage-dest.yaml or a go.mod; anything else is PACK.`,
		Example: `  mage-dest try
  mage-dest try .
  mage-dest try ./acme --input export.singer --config config.json`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return packNames(), cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			target := "sqlite"
			if len(args) > 0 {
				target = args[0]
			}
			if isConnectorDir(target) {
				return o.connector(cmd.Context(), target)
			}
			return o.pack(cmd.Context(), target)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Input, "input", "", "file of Singer messages to feed (default the bundled stream, or DIR's testdata/sample.singer)")
	f.StringVar(&o.Config, "config", "", "config of the connector in DIR (default DIR's templates/config.json), or of a PACK that needs a server")
	f.StringVar(&o.Dir, "dir", "", "folder for all that try writes, empty or new; it is kept (default a temporary one)")
	f.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	return cmd
}

// isConnectorDir tells a DIR from a PACK.
func isConnectorDir(target string) bool {
	return target == "." || target == ".." || strings.ContainsAny(target, `/\`) || isConnector(target)
}

// isConnector tells whether a folder may hold a connector: one of ours, or any module.
func isConnector(dir string) bool {
	for _, mark := range []string{".mage-dest.yaml", "go.mod"} {
		if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
			return true
		}
	}
	return false
}

// scratch makes the folder that try writes to. One that is given may hold what an
// earlier trial left, by its names, and nothing else: try overwrites.
func (o tryOptions) scratch(left ...string) (string, error) {
	if o.Dir == "" {
		return os.MkdirTemp("", "mage-dest-try-")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return "", fmt.Errorf("--dir: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("--dir: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("--dir: %w", err)
	}
	for _, e := range entries {
		if !slices.Contains(left, e.Name()) {
			return "", usageErrorf("--dir: %s holds %s, which is not of an earlier trial; give an empty or a new folder", o.Dir, e.Name())
		}
	}
	return dir, nil
}

// step does one thing that takes a while. What it says is shown only when it fails.
func (o tryOptions) step(what string, do func(words io.Writer) error) error {
	words, err := o.progress.during(what, do)
	if err != nil && len(words) > 0 {
		fmt.Fprintf(o.Err, "%s\n", words)
	}
	return err
}

// errNotAll is a trial in which not everything was stored; the report has told
// why.
var errNotAll = errors.New("not every record was stored")

// inputFile resolves --input, or gives the file that stands for it.
func (o tryOptions) inputFile(otherwise string) (string, error) {
	if o.Input == "" {
		return existing(otherwise, "the sample stream, or give another with --input")
	}
	return existing(o.Input, "--input")
}

func existing(file, what string) (string, error) {
	info, err := os.Stat(file)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", file)
	}
	if err != nil {
		return "", usageErrorf("%s: %v", what, err)
	}
	return filepath.Abs(file)
}

// tidied runs go mod tidy, whose words are shown only when it fails.
func (o tryOptions) tidied(ctx context.Context, dir string) error {
	return o.step("fetching what it needs (go mod tidy)", func(words io.Writer) error {
		return generator.Tidy(ctx, dir, words)
	})
}
