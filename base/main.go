package base

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// Env is the world round a run: what Main takes from the process and a test
// gives by itself.
type Env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// LookupEnv reads an environment variable; nil means that none is set.
	LookupEnv func(name string) (value string, ok bool)

	// Signals delivers SIGINT and SIGTERM. The first stops reading, the second
	// ends the author's calls. nil means that none will come.
	Signals <-chan os.Signal

	// Now is the clock of log lines and batch ages; nil means time.Now.
	Now func() time.Time

	// Export, for tests that make a store fail, is called in the place of the
	// connector's ExportBatchData; nil means that the connector is called.
	Export func(ctx context.Context, d Exporter, recordData []RecordData, stream string, tags Tags) error

	chunkBytes int  // how much is read at once, for tests; 0 means defaultChunk
	spoil      bool // overwrite memory that is free, for tests
}

// defaultChunk is what a pipe holds.
const defaultChunk = 64 << 10

func (e Env) withDefaults() Env {
	if e.Stdin == nil {
		e.Stdin = strings.NewReader("")
	}
	if e.Stdout == nil {
		e.Stdout = io.Discard
	}
	if e.Stderr == nil {
		e.Stderr = io.Discard
	}
	if e.LookupEnv == nil {
		e.LookupEnv = func(string) (string, bool) { return "", false }
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	if e.chunkBytes == 0 {
		e.chunkBytes = defaultChunk
	}
	return e
}

// Exit codes of a connector; one that a signal stopped exits with 128 and the
// signal's number.
const (
	exitDone   = 0 // all input was read and is durable
	exitFailed = 1
	exitUsage  = 2
)

// Main is the whole of a connector's main: it runs d over the process's
// arguments, streams and signals, and exits.
func Main(d Connector, info Info) {
	os.Exit(RunProcess(d, info, Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv,
	}))
}

// RunProcess is Main without the exit, for a process that is a connector among other
// things, such as a test: Run with the signals of the process, which it listens to from
// then on. Env.Signals is not used.
func RunProcess(d Connector, info Info, env Env) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	// A reader that is gone shall be an error of the write, not the sudden end of
	// a process that may hold records.
	signal.Ignore(brokenPipeSignals()...)
	passed, ended := make(chan os.Signal, 2), make(chan int, 1)
	env.Signals = passed
	go func() { ended <- Run(context.Background(), d, info, env) }()
	return exitOf(ended, signals, passed)
}

// exitOf passes signals on to a run until it ends, and returns its exit code. A
// run whose log nobody reads, or that hangs in BeforeProcess, does not see them:
// a few seconds after the second it is left alone.
func exitOf(ended <-chan int, signals <-chan os.Signal, passed chan<- os.Signal) int {
	var first os.Signal
	var deadline <-chan time.Time
	for {
		select {
		case code := <-ended:
			return code
		case s := <-signals:
			select {
			case passed <- s:
			default: // the run knows of two already
			}
			if first == nil {
				first = s
			} else if deadline == nil {
				deadline = time.After(3 * grace)
			}
		case <-deadline:
			return signalExit(first)
		}
	}
}

// Run runs a connector in process and returns its exit code. The end of ctx has
// the effect of a first signal. One Destination is good for one run.
func Run(ctx context.Context, d Connector, info Info, env Env) int {
	env = env.withDefaults()
	info = info.withDefaults()
	f, err := parseFlags(info, env.Args)
	switch {
	case err != nil:
		fmt.Fprintf(env.Stderr, "%s: %v\n", info.Name, err)
		return exitUsage
	case f.help:
		usage(env.Stdout, info)
		return exitDone
	case f.version:
		fmt.Fprintln(env.Stdout, info.Name, info.Version)
		return exitDone
	}
	r, err := newRun(d, info, f, env)
	if err != nil {
		fmt.Fprintf(env.Stderr, "%s: %v\n", info.Name, err)
		return exitFailed
	}
	if f.about != "" {
		return r.about(f.about)
	}
	if r.role, err = info.role(f); err != nil {
		fmt.Fprintf(env.Stderr, "%s: %v\n", info.Name, err)
		return exitUsage
	}
	return r.main(ctx)
}

func (i Info) withDefaults() Info {
	if i.Name == "" {
		i.Name = "destination"
	}
	if i.Version == "" {
		i.Version = "0.0.0-dev"
		if build, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(build.Main.Version, "v") {
			i.Version = strings.TrimPrefix(build.Main.Version, "v")
		}
	}
	return i
}

// class is the name as Mage names a class: acme-crm is AcmeCrm.
func (i Info) class() string {
	words := strings.FieldsFunc(i.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for n, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[n] = string(unicode.ToUpper(first)) + word[size:]
	}
	return strings.Join(words, "")
}

// envPrefix is the prefix of environment variables: acme-crm is ACME_CRM_.
func (i Info) envPrefix() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, i.Name) + "_"
}
