//go:build unix

package base_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// connectorVariable makes the test binary a connector: what its exports do is the
// value.
const connectorVariable = "BASE_TEST_CONNECTOR"

// runAsConnector is the main of a connector in a process that startConnector
// started.
func runAsConnector() {
	behaviour, ok := os.LookupEnv(connectorVariable)
	if !ok {
		return
	}
	if behaviour == "count" {
		code := base.Run(context.Background(), &counting{}, tracedInfo(), base.Env{
			Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		})
		reportPeak()
		os.Exit(code)
	}
	d := &plain{export: func(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
		// The test reads this from a pipe of its own, for stderr may be closed.
		report(os.Getenv("BASE_TEST_REPORT"), "exporting "+stream+" "+joinRecords(recordData))
		switch behaviour {
		case "slow":
			select {
			case <-time.After(400 * time.Millisecond):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		case "until told to stop":
			<-ctx.Done()
			return ctx.Err()
		case "hang":
			select {}
		case "busy":
			return base.RetryAfter(errors.New("the store is busy"), 5*time.Minute)
		case "fail":
			return errors.New("boom " + stream)
		}
		report(os.Getenv("BASE_TEST_REPORT"), "exported "+stream)
		return nil
	}}
	base.Main(d, tracedInfo())
}

// reportPeak tells how much memory this process had at the most. What the system
// says of a child that has ended counts the memory of its parent, too.
func reportPeak() {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return // there is none on this system, and no test that asks
	}
	for line := range strings.Lines(string(status)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			report(os.Getenv("BASE_TEST_REPORT"), "peak "+strings.TrimSpace(peak))
		}
	}
}

func report(path, line string) {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = io.WriteString(file, line+"\n")
	_ = file.Close()
}

// process is a connector that runs by itself.
type process struct {
	*exec.Cmd
	t              *testing.T
	stdin          io.WriteCloser
	stdout, stderr bytes.Buffer
	dir            string
}

func startConnector(t *testing.T, behaviour, config string, prepare ...func(*process)) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{
		t: t, dir: dir,
		Cmd: exec.Command(os.Args[0], "--config_json", config, "--state", filepath.Join(dir, "state")),
	}
	p.Env = append(os.Environ(), connectorVariable+"="+behaviour, "BASE_TEST_REPORT="+filepath.Join(dir, "report"))
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	for _, f := range prepare {
		f(p)
	}
	if p.Stdin == nil {
		var err error
		if p.stdin, err = p.StdinPipe(); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

func (p *process) send(lines ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, strings.Join(lines, "")); err != nil {
		p.t.Fatal(err)
	}
}

// await waits until a file of the process holds the text.
func (p *process) await(file, text string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(p.file(file), text) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s never holds %q, only %q", file, text, p.file(file))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (p *process) file(name string) string {
	text, _ := os.ReadFile(filepath.Join(p.dir, name))
	return string(text)
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code and how long it took.
func (p *process) exit() (code int, took time.Duration) {
	p.t.Helper()
	started := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case <-ended:
		return p.ProcessState.ExitCode(), time.Since(started)
	case <-time.After(30 * time.Second):
		_ = p.Process.Kill()
		<-ended
		p.t.Fatalf("the process did not end\n%s", p.stderr.String())
	}
	return 0, 0
}

func (p *process) exitsWith(want int) time.Duration {
	p.t.Helper()
	code, took := p.exit()
	if code != want {
		p.t.Errorf("exit code %d, want %d\n%s", code, want, p.stderr.String())
	}
	return took
}

const (
	idle = 128 + int(syscall.SIGTERM)
)

// userLines are a schema, a record and a state of the stream users.
func userLines() []string {
	return []string{schemaLine("users"), recordLine("users", `{"id": 1}`), stateLine(usersState)}
}

func TestSignalWhileIdleEndsTheProcessAtOnce(t *testing.T) {
	for signal, want := range map[os.Signal]int{syscall.SIGTERM: 143, os.Interrupt: 130} {
		p := startConnector(t, "", `{"table": "t"}`, stderrToFile)
		p.send("the tap says hello\n")
		p.awaitStderr("Unable to parse")
		p.signal(signal)
		if took := p.exitsWith(want); took > time.Second {
			t.Errorf("%v took %v to end an idle process, want less than a second", signal, took)
		}
		if state := p.file("state"); state != "" {
			t.Errorf("state %q, want none", state)
		}
	}
}

// awaitStderr reads stderr through a file, for the buffer is filled by another
// goroutine.
func (p *process) awaitStderr(text string) {
	p.t.Helper()
	p.await("stderr", text)
}

func TestSignalWhileBufferingExportsWhatWasRead(t *testing.T) {
	p := startConnector(t, "", `{"table": "t"}`, stderrToFile)
	p.send(userLines()...)
	p.send("the tap says hello\n")
	p.awaitStderr("Unable to parse")
	p.signal(syscall.SIGTERM)
	p.exitsWith(idle)
	if state := strings.TrimSpace(p.file("state")); state != usersState {
		t.Errorf("state %q, want %q", state, usersState)
	}
	if got := strings.Count(p.file("report"), "exported users"); got != 1 {
		t.Errorf("exported %d times, want once", got)
	}
}

func TestSignalDuringAnExportLetsItEnd(t *testing.T) {
	p := startConnector(t, "slow", `{"maximum_batch_rows": 1}`)
	p.send(userLines()...)
	p.await("report", "exporting users")
	p.signal(syscall.SIGTERM)
	p.exitsWith(idle)
	if !strings.Contains(p.file("report"), "exported users") {
		t.Error("the export was cut short")
	}
}

func TestSignalStopsBetweenTheExportsOfOneChunk(t *testing.T) {
	p := startConnector(t, "slow", `{"maximum_batch_rows": 1}`)
	p.send(schemaLine("users") + strings.Repeat(recordLine("users", `{"id": 1}`), 100))
	p.await("report", "exporting users")
	p.signal(syscall.SIGTERM)
	p.exitsWith(idle)
	if got := strings.Count(p.file("report"), "exporting"); got > 10 {
		t.Errorf("%d exports after the signal, want it to stop soon", got)
	}
}

func TestSignalAfterTheEndOfInputChangesNothing(t *testing.T) {
	p := startConnector(t, "slow", `{"table": "t"}`)
	p.send(userLines()...)
	_ = p.stdin.Close()
	p.await("report", "exporting users")
	p.signal(syscall.SIGTERM)
	p.exitsWith(0)
	if state := strings.TrimSpace(p.file("state")); state != usersState {
		t.Errorf("state %q, want %q", state, usersState)
	}
}

// Whichever is seen first, the exit code and the state fit together.
func TestSignalAtTheEndOfInputIsEitherOfThem(t *testing.T) {
	for range 10 {
		p := startConnector(t, "", `{"table": "t"}`, stderrToFile)
		p.send(userLines()...)
		p.awaitStderr("process started")
		_ = p.stdin.Close()
		p.signal(syscall.SIGTERM)
		code, _ := p.exit()
		state := strings.TrimSpace(p.file("state"))
		exported := strings.Contains(p.file("report"), "exported users")
		if code != 0 && code != idle || state != "" && !exported || code == 0 && state != usersState {
			t.Errorf("exit code %d with state %q and report %q", code, state, p.file("report"))
		}
	}
}

func TestSecondSignalEndsTheExport(t *testing.T) {
	for _, behaviour := range []string{"until told to stop", "hang"} {
		p := startConnector(t, behaviour, `{"maximum_batch_rows": 1}`)
		p.send(userLines()...)
		p.await("report", "exporting users")
		p.signal(syscall.SIGTERM)
		p.signal(syscall.SIGINT)
		code, took := p.exit()
		if code != idle && code != 130 {
			t.Errorf("%s: exit code %d, want that of a signal", behaviour, code)
		}
		if took > 5*time.Second {
			t.Errorf("%s: took %v", behaviour, took)
		}
		if state := p.file("state"); state != "" {
			t.Errorf("%s: state %q, want none", behaviour, state)
		}
	}
}

func TestExportThatHangsIsGivenUpAfterTheShutdownTimeout(t *testing.T) {
	p := startConnector(t, "hang", `{"maximum_batch_rows": 1, "shutdown_timeout": "200ms"}`)
	p.send(userLines()...)
	p.await("report", "exporting users")
	p.signal(syscall.SIGTERM)
	if took := p.exitsWith(idle); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if state := p.file("state"); state != "" {
		t.Errorf("state %q, want none", state)
	}
	if !strings.Contains(p.stderr.String(), "did not return within shutdown_timeout") {
		t.Errorf("stderr does not say why:\n%s", p.stderr.String())
	}
}

// A wait between two attempts is not longer than what is left of shutdown_timeout.
func TestSignalEndsTheWaitForAnotherAttempt(t *testing.T) {
	for _, timeout := range []string{"1m", "0"} {
		p := startConnector(t, "busy", `{"maximum_batch_rows": 1, "shutdown_timeout": "`+timeout+`"}`, stderrToFile)
		p.send(userLines()...)
		p.awaitStderr("The next one is made in 5m")
		p.signal(syscall.SIGTERM)
		if timeout == "0" { // as long as it takes, until a second signal
			p.signal(syscall.SIGINT)
		}
		if code, took := p.exit(); code != idle && code != 130 || took > 10*time.Second {
			t.Errorf("exit code %d after %v", code, took)
		}
		if state := p.file("state"); state != "" {
			t.Errorf("state %q, want none", state)
		}
	}
}

func TestOtherStreamsAreNotExportedBesideOneThatHangs(t *testing.T) {
	p := startConnector(t, "hang", `{"maximum_batch_rows": 2, "shutdown_timeout": "100ms"}`)
	p.send(schemaLine("orders"), recordLine("orders", `{"id": 1}`), schemaLine("users"),
		recordLine("users", `{"id": 1}`), recordLine("users", `{"id": 2}`))
	p.await("report", "exporting orders")
	p.signal(syscall.SIGTERM)
	p.exitsWith(idle)
	if report := p.file("report"); strings.Contains(report, "exporting users") {
		t.Errorf("a second export began while the first hung:\n%s", report)
	}
}

func TestExitCodes(t *testing.T) {
	t.Run("failed export", func(t *testing.T) {
		p := startConnector(t, "fail", `{"table": "t"}`)
		p.send(userLines()...)
		_ = p.stdin.Close()
		p.exitsWith(1)
	})
	t.Run("wrong flag", func(t *testing.T) {
		p := startConnector(t, "", `{"table": "t"}`, func(p *process) { p.Args = append(p.Args, "--no_such_flag") })
		p.exitsWith(2)
	})
	t.Run("all durable", func(t *testing.T) {
		p := startConnector(t, "", `{"table": "t"}`)
		p.send(userLines()...)
		_ = p.stdin.Close()
		p.exitsWith(0)
	})
}

func TestBatchLimitMustFitTheMemory(t *testing.T) {
	p := startConnector(t, "", `{"table": "t"}`, func(p *process) { p.Env = append(p.Env, "GOMEMLIMIT=64MiB") })
	_ = p.stdin.Close()
	p.exitsWith(1)
	if want := "maximum_batch_size_mb: 100 MiB of records do not fit in the memory limit of 64 MiB: lower the one or raise the other"; !strings.Contains(p.stderr.String(), want) {
		t.Errorf("stderr does not say %q:\n%s", want, p.stderr.String())
	}
}

func TestBrokenStdoutIsAnError(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	p := startConnector(t, "", `{"table": "t"}`, func(p *process) {
		p.Stdout = writer
		p.Args = p.Args[:3] // without --state: the state goes to stdout
	})
	_ = writer.Close()
	p.send(userLines()...)
	_ = p.stdin.Close()
	p.exitsWith(1)
	if !strings.Contains(p.stderr.String(), "write the state to stdout") {
		t.Errorf("stderr does not name the fault:\n%s", p.stderr.String())
	}
}

func TestClosedStderrDoesNotStopTheData(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	p := startConnector(t, "", `{"table": "t"}`, func(p *process) { p.Stderr = writer })
	_ = writer.Close()
	p.send(userLines()...)
	_ = p.stdin.Close()
	p.exitsWith(0)
	if state := strings.TrimSpace(p.file("state")); state != usersState {
		t.Errorf("state %q, want %q", state, usersState)
	}
}

// Nobody reads the log and the pipe is full: two signals still end the process.
func TestFullLogPipeDoesNotOutlastTwoSignals(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only kept open
	p := startConnector(t, "", `{"table": "t"}`, func(p *process) { p.Stderr = writer })
	_ = writer.Close()
	go func() {
		for {
			if _, err := io.WriteString(p.stdin, strings.Repeat("noise ", 100)+"\n"); err != nil {
				return
			}
		}
	}()
	time.Sleep(300 * time.Millisecond) // for the pipe to fill
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGINT) // another: two of the same can become one
	if code, took := p.exit(); code != idle && code != 130 || took > 10*time.Second {
		t.Errorf("exit code %d after %v", code, took)
	}
	_ = p.stdin.Close()
}

func TestStateOnAFullDiskIsAnError(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full here")
	}
	p := startConnector(t, "", `{"table": "t"}`, func(p *process) { p.Args[4] = "/dev/full" })
	p.send(userLines()...)
	_ = p.stdin.Close()
	p.exitsWith(1)
	if !strings.Contains(p.stderr.String(), "no space left on device") {
		t.Errorf("stderr does not name the fault:\n%s", p.stderr.String())
	}
}

// A pipe that nobody opens for reading must not keep the process for ever.
func TestStatePipeWithoutAReaderIsGivenUp(t *testing.T) {
	var pipe string
	p := startConnector(t, "", `{"shutdown_timeout": "100ms"}`, func(p *process) {
		pipe = filepath.Join(p.dir, "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		p.Args[4] = pipe
	})
	p.send(userLines()...)
	_ = p.stdin.Close()
	p.await("report", "exported users")
	p.signal(syscall.SIGTERM)
	p.exitsWith(idle)
}

func stderrToFile(p *process) {
	file, err := os.Create(filepath.Join(p.dir, "stderr"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.Stderr = file
	p.t.Cleanup(func() { _ = file.Close() })
}
