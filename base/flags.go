package base

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"sort"
	"strings"
)

// flags are the command line: Mage's own (1.1 of its contract), then those that
// base adds.
type flags struct {
	catalogJSON    string
	config         string
	configJSON     string
	debug          bool
	inputFilePath  string
	logToStdout    bool
	settings       string
	showTemplates  bool
	state          string
	runID          string
	dryRun         bool
	testConnection bool

	about   string // "", text, json or markdown
	version bool
	help    bool
}

// parseFlags reads the command line. The error is a *usageError.
func parseFlags(info Info, args []string) (flags, error) {
	var f flags
	set := f.define(info)
	args, err := expand(set, args)
	if err == nil {
		err = set.Parse(args)
	}
	if errors.Is(err, flag.ErrHelp) {
		f.help = true
		return f, nil
	}
	if err == nil && set.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	if err != nil {
		return f, &usageError{fmt.Errorf("%w; %s --help lists the flags", err, info.Name)}
	}
	return f, nil
}

func (f *flags) define(info Info) *flag.FlagSet {
	set := flag.NewFlagSet(info.Name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.catalogJSON, "catalog_json", "", "`JSON` of a catalog whose streams replace the SCHEMA messages")
	set.StringVar(&f.config, "config", "", "`FILE` with the config as JSON")
	set.StringVar(&f.configJSON, "config_json", "", "`JSON` of the config; goes before --config")
	set.BoolVar(&f.debug, "debug", false, "print DEBUG lines too")
	set.StringVar(&f.inputFilePath, "input_file_path", "", "`FILE` to read messages from, instead of stdin")
	set.Func("log_to_stdout", "`true` or false: log to stdout, as bare JSON lines", func(text string) error {
		f.logToStdout = pythonTrue(text)
		return nil
	})
	set.StringVar(&f.settings, "settings", "", "`FILE` with YAML whose key config is the config, if the other two give none")
	set.BoolVar(&f.showTemplates, "show_templates", false, "print the sample config and exit")
	set.StringVar(&f.state, "state", "", "`FILE` the state is written to; without it, stdout")
	set.StringVar(&f.runID, "run_id", "", "`ID` of this load: made again with the same ID over the same input, what is stored already is skipped")
	set.BoolVar(&f.dryRun, "dry_run", false, "read and check all input, export nothing and tell no state; print the statements that would change the store")
	set.BoolVar(&f.testConnection, "test_connection", false, "test the connection to the store and exit")
	set.Func("about", "`text`, json or markdown: tell the settings and capabilities and exit", func(text string) error {
		switch text {
		case "text", "json", "markdown":
			f.about = text
			return nil
		}
		return errors.New("want text, json or markdown")
	})
	set.Func("format", "the same as the value of --about", func(text string) error {
		return set.Set("about", text)
	})
	set.BoolVar(&f.version, "version", false, "print name and version and exit")
	set.BoolVar(&f.help, "help", false, "print this and exit")
	if info.Engine != nil {
		info.Engine.DefineFlags(set)
	}
	return set
}

// role is what the flags ask for. What is asked for besides, such as a test of the
// connection, goes before.
func (i Info) role(f flags) (Role, error) {
	if i.Engine == nil {
		return RoleLoad, nil
	}
	role, err := i.Engine.Role()
	if err != nil {
		return role, &usageError{err}
	}
	if f.testConnection || f.showTemplates {
		return RoleLoad, nil
	}
	return role, nil
}

// pythonTrue is what a switch with a value means. Mage's base takes every text
// for true, "0" and "false" too; here those mean what they say.
func pythonTrue(text string) bool {
	switch strings.ToLower(text) {
	case "", "0", "f", "false", "n", "no", "off":
		return false
	}
	return true
}

// expand writes the arguments in the form that package flag wants: any unique
// prefix becomes the whole name, as in Python's argparse, and --about without a
// value becomes --about=text.
func expand(set *flag.FlagSet, args []string) ([]string, error) {
	var out []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" || arg == "--" {
			return nil, fmt.Errorf("unexpected argument %q", arg)
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		full, err := complete(set, name)
		if err != nil {
			return nil, err
		}
		switch {
		case hasValue:
			out = append(out, "--"+full+"="+value)
		case full == "about":
			if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
				i++
				out = append(out, "--about="+args[i])
			} else {
				out = append(out, "--about=text")
			}
		case isSwitch(set, full):
			out = append(out, "--"+full)
		case i+1 < len(args) && !strings.HasPrefix(args[i+1], "--"):
			i++
			out = append(out, "--"+full+"="+args[i])
		default:
			return nil, fmt.Errorf("--%s needs a value", full)
		}
	}
	return out, nil
}

func isSwitch(set *flag.FlagSet, name string) bool {
	found := set.Lookup(name)
	boolean, ok := found.Value.(interface{ IsBoolFlag() bool })
	return ok && boolean.IsBoolFlag()
}

// complete finds the one flag that starts with prefix.
func complete(set *flag.FlagSet, prefix string) (string, error) {
	if prefix == "h" {
		return "help", nil
	}
	if set.Lookup(prefix) != nil {
		return prefix, nil
	}
	var found []string
	set.VisitAll(func(f *flag.Flag) {
		if prefix != "" && strings.HasPrefix(f.Name, prefix) {
			found = append(found, f.Name)
		}
	})
	sort.Strings(found)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("unknown flag --%s", prefix)
	}
	return "", fmt.Errorf("--%s could be --%s", prefix, strings.Join(found, " or --"))
}

// usage prints the flags for people.
func usage(out io.Writer, info Info) {
	var f flags
	set := f.define(info)
	fmt.Fprintf(out, "%s reads Singer messages from stdin and writes their records to its store.\n", info.Name)
	if info.Description != "" {
		fmt.Fprintln(out, info.Description)
	}
	fmt.Fprintf(out, "\nUsage: tap | %s --config FILE [--state FILE]\n\n", info.Name)
	set.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		fmt.Fprintf(out, "  %-26s %s\n", "--"+f.Name+value, text)
	})
	fmt.Fprintln(out, "\nAny unique prefix of a flag will do. --about tells the config keys.")
}
