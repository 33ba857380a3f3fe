package scaffold

import (
	"context"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
)

// makeConnectors makes the connector of today and lays out that of before.
func (s *stage) makeConnectors(ctx context.Context, program string) error {
	_, err := s.command(ctx, filepath.Dir(s.todayDir), program, "new", connectorName, "--replace", s.checkout, "--no-input", "--no-tidy")
	if err != nil {
		return err
	}
	archive, err := txtar.ParseFile(filepath.Join(s.checkout, "testdata", "versions", "v0.2.0", "stub.txtar"))
	if err != nil {
		return err
	}
	earlier := tree{}
	for _, f := range archive.Files {
		earlier[f.Name] = f.Data
	}
	if s.today, err = readTree(s.todayDir); err != nil {
		return err
	}
	// What is the author's an update leaves alone: its changes are the author's, too.
	for _, name := range s.today.names() {
		if _, was := earlier[name]; was && strings.HasPrefix(name, "internal/") && strings.HasPrefix(path.Base(name), "destination") {
			earlier[name] = s.today[name]
		}
	}
	if err := earlier.write(s.beforeDir); err != nil {
		return err
	}
	for _, file := range []string{"go.mod", filepath.Join("tools", "go.mod")} {
		if _, err := s.command(ctx, s.beforeDir, "go", "mod", "edit", "-replace="+checkout.Module+"="+s.checkout, file); err != nil {
			return err
		}
	}
	if s.before, err = readTree(s.beforeDir); err != nil {
		return err
	}
	return s.tidy(ctx)
}

// tidy lets the connectors build.
func (s *stage) tidy(ctx context.Context) error {
	for _, dir := range []string{s.todayDir, s.beforeDir} {
		for _, module := range []string{dir, filepath.Join(dir, "tools")} {
			if _, err := s.command(ctx, module, "go", "mod", "tidy"); err != nil {
				return err
			}
		}
	}
	return nil
}
