package pgload

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// buildConnector makes a connector of pack postgres on this checkout and builds it.
func buildConnector(ctx context.Context, dir string) (program string, err error) {
	sources, err := checkout.Dir(ctx)
	if err != nil {
		return "", err
	}
	plan, err := generator.Prepare(ctx, generator.Request{
		Name: "acme", Template: "postgres", Library: generator.NewLibrary(templates.FS, "templates"), Dir: filepath.Join(dir, "connector"),
		Base: generator.Base{Replace: sources}, NoTypeCheck: true,
	})
	if err != nil {
		return "", err
	}
	if err := plan.Apply(); err != nil {
		return "", err
	}
	if err := generator.Tidy(ctx, plan.Dir, io.Discard); err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", plan.Name.Binary, ".")
	build.Dir, build.Env = plan.Dir, append(os.Environ(), "GOWORK=off")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the connector: %w\n%s", err, said)
	}
	return filepath.Join(plan.Dir, plan.Name.Binary), nil
}

// writeConfig writes the connector's config.
func writeConfig(file string, server *pgserver.Server) error {
	text, err := json.Marshal(map[string]any{
		"host": pgserver.Host, "port": server.Port, "database": pgserver.Database,
		"username": pgserver.User, "password": pgserver.Password, "schema": schema, "validation": "full",
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// set makes everything that is there before the first round, and returns the length of
// the input.
func (s *stage) set(ctx context.Context, generate Generate, progress io.Writer) (bytes int64, err error) {
	fmt.Fprintln(progress, "preparing")
	if err := generate(s.file("orders.singer"), s.records); err != nil {
		return 0, err
	}
	info, err := os.Stat(s.file("orders.singer"))
	if err != nil {
		return 0, err
	}
	if s.program, err = buildConnector(ctx, s.dir); err != nil {
		return 0, err
	}
	if err := writeConfig(s.file("config.json"), s.server); err != nil {
		return 0, err
	}
	return info.Size(), s.first(ctx)
}
