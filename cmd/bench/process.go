package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
)

// runProcess runs a contender on an input and makes sure that it read all of it.
func runProcess(cmd *exec.Cmd, in input, c contender) (figures.Sample, error) {
	stdin, err := os.Open(in.path)
	if err != nil {
		return figures.Sample{}, err
	}
	defer stdin.Close()
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	started := time.Now()
	err = cmd.Run()
	s := figures.Sample{Wall: time.Since(started)}
	if err != nil {
		return s, fmt.Errorf("%w\n%s", err, lastLines(stderr.String(), 5))
	}
	s.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	var n int
	said := lastLines(stdout.String(), 1)
	if _, err := fmt.Sscanf(said, string(c.counts)+" %d peak %d", &n, &s.PeakKiB); err != nil {
		return s, fmt.Errorf("it should end with its number of %s, not with %q", c.counts, said)
	}
	if want := c.want(in); n != want {
		return s, fmt.Errorf("it counted %d %s, want %d", n, c.counts, want)
	}
	return s, nil
}

// lastLines are the last n lines of a text, none of them long.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		const most = 500
		if len(line) > most {
			lines[i] = line[:most] + " …"
		}
	}
	return strings.Join(lines, "\n")
}
