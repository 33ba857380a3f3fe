package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

// About is what a connector says of itself with --about json.
type About struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	EnvPrefix string `json:"env_prefix"`
}

// Build compiles the program in dir, or the Go file of other if it is given, as
// part of the module in dir. What the go command says goes to out.
func Build(ctx context.Context, dir, binary string, out io.Writer, other ...string) error {
	// Neither DWARF nor a look at git: a rebuild takes a third of the time.
	args := append([]string{"build", "-o", binary, "-ldflags=-w", "-buildvcs=false"}, other...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build in %s: %w", dir, err)
	}
	return nil
}

// Describe asks a connector what it is.
func Describe(ctx context.Context, binary, dir string) (About, error) {
	var a About
	cmd := exec.CommandContext(ctx, binary, "--about", "json")
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	text, err := cmd.Output()
	if err != nil { // a method with a wrong signature, for one
		return a, fmt.Errorf("the connector does not start: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	if err := json.Unmarshal(text, &a); err != nil || a.EnvPrefix == "" {
		return a, fmt.Errorf("the program in %s does not answer --about json as a connector does; its main must be base.Main", dir)
	}
	return a, nil
}
