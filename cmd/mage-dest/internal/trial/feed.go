package trial

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What a trial writes to its folder.
const (
	Binary      = "connector.exe" // so called everywhere: Windows runs nothing else
	StateFile   = "state.json"
	LettersFile = "dead_letters.jsonl"
)

// Feed is one run of a connector.
type Feed struct {
	Binary string
	About  About
	Dir    string // working folder: relative paths of the config start there
	Config string // "" leaves the config to the environment
	Input  string
	Out    string // folder for state and dead letters

	// OnCall is told of each call when it is over; nil is not.
	OnCall func(Call)
}

// Report is what a run showed.
type Report struct {
	ExitCode int             `json:"exit_code"`
	Seconds  float64         `json:"seconds"`
	Calls    []Call          `json:"calls"`
	Streams  []StreamCounts  `json:"streams"`
	Rejects  []Reject        `json:"rejects"`
	Errors   []string        `json:"errors"`
	Said     []string        `json:"said"`  // the connector's own words, in their order
	State    json.RawMessage `json:"state"` // null when none was told
}

// Call is one call of ExportBatchData.
type Call struct {
	Stream  string  `json:"stream"`
	Batch   int     `json:"batch"`
	Records int     `json:"records"`
	Millis  float64 `json:"ms"`
	Stored  bool    `json:"stored"`
}

// StreamCounts is a stream's part of the closing summary.
type StreamCounts struct {
	Stream     string `json:"stream"`
	Read       int    `json:"read"`
	Exported   int    `json:"exported"`
	Rejected   int    `json:"rejected"`
	Validation string `json:"validation"`
}

// Reject is a dead letter without the record.
type Reject struct {
	Line   int64  `json:"line"`
	Stream string `json:"stream,omitempty"`
	Reason string `json:"reason"`
}

// OK reports whether all that was read is stored.
func (r *Report) OK() bool { return r.ExitCode == 0 && len(r.Rejects) == 0 }

// unwritten is how base.ErrNotImplemented begins. Base itself is not linked into
// mage-dest: its start-up would be that of every verb.
const unwritten = "ExportBatchData is not implemented"

// Unwritten reports whether the connector's ExportBatchData is still the stub.
func (r *Report) Unwritten() bool {
	return slices.ContainsFunc(r.Errors, func(fault string) bool { return strings.Contains(fault, unwritten) })
}

// Run feeds the connector. The error is of the machinery; a run that failed is a
// Report that says so.
func (f Feed) Run(ctx context.Context) (*Report, error) {
	state, letters := filepath.Join(f.Out, StateFile), filepath.Join(f.Out, LettersFile)
	for _, left := range []string{state, letters} {
		if err := os.Remove(left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("remove what an earlier run left: %w", err)
		}
	}
	r := &Report{Calls: []Call{}, Streams: []StreamCounts{}, Rejects: []Reject{}, Errors: []string{}, Said: []string{}}
	started := time.Now()
	err := f.run(ctx, f.command(ctx, state, letters), r)
	r.Seconds = time.Since(started).Seconds()
	if err != nil {
		return nil, err
	}
	if r.State, err = readState(state); err != nil {
		return nil, err
	}
	r.Rejects, err = readRejects(letters)
	return r, err
}

// command is the connector as Mage would start it.
func (f Feed) command(ctx context.Context, state, letters string) *exec.Cmd {
	args := []string{"--log_to_stdout", "1", "--state", state, "--input_file_path", f.Input}
	if f.Config != "" {
		args = append(args, "--config", f.Config)
	}
	cmd := exec.CommandContext(ctx, f.Binary, args...)
	cmd.Dir = f.Dir
	// The environment fills what the config leaves open: every reject is shown,
	// not only the first, unless the config itself says what to do with them.
	cmd.Env = append(os.Environ(), f.About.EnvPrefix+"ON_INVALID=dead_letter", f.About.EnvPrefix+"DEAD_LETTER_PATH="+letters)
	// Ctrl-C reaches the connector from the terminal too; two signals make it give
	// up what it holds, which is as well: nobody is interested any more.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second // more than shutdown_timeout
	return cmd
}

func (f Feed) run(ctx context.Context, cmd *exec.Cmd, r *Report) error {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start the connector: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the connector: %w", err)
	}
	reader := logReader{report: r, onCall: f.OnCall, now: time.Now}
	readErr := eachLine(stdout, reader.line)
	reader.end()
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("the trial was stopped: %w", context.Cause(ctx))
	}
	if _, exited := errors.AsType[*exec.ExitError](waitErr); waitErr != nil && !exited {
		return fmt.Errorf("run the connector: %w", waitErr)
	}
	if readErr != nil {
		return fmt.Errorf("read what the connector says: %w", readErr)
	}
	r.ExitCode = cmd.ProcessState.ExitCode()
	for line := range strings.Lines(stderr.String()) {
		r.Said = append(r.Said, strings.TrimRight(line, "\r\n"))
	}
	if r.ExitCode != 0 && len(r.Errors) == 0 {
		r.Errors = append(r.Errors, fmt.Sprintf("the connector ended with %v and named no error", cmd.ProcessState))
	}
	return nil
}

// eachLine reads lines of any length.
func eachLine(in io.Reader, do func(string)) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			do(strings.TrimRight(line, "\r\n"))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readState(path string) (json.RawMessage, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(bytes.TrimSpace(text)) == 0 {
		return json.RawMessage("null"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	text = bytes.TrimSpace(text)
	if !json.Valid(text) {
		return nil, fmt.Errorf("the state in %s is not one JSON value", path)
	}
	return text, nil
}

func readRejects(path string) ([]Reject, error) {
	rejects := []Reject{}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return rejects, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the dead letters: %w", err)
	}
	defer file.Close()
	letters := json.NewDecoder(file)
	for letters.More() {
		var one Reject
		if err := letters.Decode(&one); err != nil {
			return nil, fmt.Errorf("read the dead letters in %s: %w", path, err)
		}
		rejects = append(rejects, one)
	}
	return rejects, nil
}
