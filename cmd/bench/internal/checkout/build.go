package checkout

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/mage-dest/mage-dest/generator"
	"github.com/mage-dest/mage-dest/templates"
)

// Build makes a connector of a pack on this checkout in a folder, and builds it.
func Build(ctx context.Context, dir, pack string, settings ...string) (program string, err error) {
	sources, err := Dir(ctx)
	if err != nil {
		return "", err
	}
	plan, err := generator.Prepare(ctx, generator.Request{
		Name: "acme", Template: pack, Settings: settings, Library: generator.NewLibrary(templates.FS, "templates"), Dir: dir,
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
