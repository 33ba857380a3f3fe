package generator

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Tidy runs go mod tidy in the connector's module and in its tools module, as far as
// it has them: a go.mod without its indirect requirements and sums does not build. A
// connector in a workspace is then added to its go.work. What is run and what the go
// command says goes to out.
func Tidy(ctx context.Context, dir string, out io.Writer) error {
	for _, module := range []string{".", "tools"} {
		if !isThere(filepath.Join(dir, module), goModFile) {
			continue
		}
		if err := runGo(ctx, filepath.Join(dir, module), out, "GOWORK=off", "mod", "tidy"); err != nil {
			return err
		}
	}
	if s := findSite(dir); !s.hasWork || !isThere(dir, goModFile) {
		return nil
	}
	return runGo(ctx, dir, out, "", "work", "use", ".")
}

// runGo runs the go command in a folder; setting is a further variable of its
// environment.
func runGo(ctx context.Context, dir string, out io.Writer, setting string, args ...string) error {
	words := strings.Join(args, " ")
	fmt.Fprintf(out, "go -C %s %s\n", dir, words)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	if cmd.Env = os.Environ(); setting != "" {
		cmd.Env = append(cmd.Env, setting)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the connector is written, and go %s failed in %s: %w; it does not build before that has been run", words, dir, err)
	}
	return nil
}
