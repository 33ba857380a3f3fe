package generator

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// Tidy runs go mod tidy in the connector's module and in its tools module: a
// go.mod without its indirect requirements and sums does not build. What is run
// and what the go command says goes to out.
func Tidy(ctx context.Context, dir string, out io.Writer) error {
	for _, module := range []string{".", "tools"} {
		fmt.Fprintf(out, "go -C %s mod tidy\n", module)
		cmd := exec.CommandContext(ctx, "go", "mod", "tidy")
		cmd.Dir = filepath.Join(dir, module)
		cmd.Env = append(os.Environ(), "GOWORK=off")
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("the connector is written, and go mod tidy failed in %s: %w; it does not build before that has been run", cmd.Dir, err)
		}
	}
	return nil
}
