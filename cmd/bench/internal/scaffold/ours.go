package scaffold

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
)

func buildOurs(ctx context.Context, s *stage) (program, version string, err error) {
	program, err = s.build(ctx, checkout.Module+"/cmd/mage-dest")
	return program, "this checkout", err
}

func enterOurs(_ context.Context, s *stage, program string) ([]entry, error) {
	folder, err := s.hundred()
	if err != nil {
		return nil, err
	}
	create := func(args ...string) []string {
		return append([]string{"new", connectorName, "--replace", s.checkout, "--no-input"}, args...)
	}
	const plain, checked, tidied = "makes the files", "checks the types of the templates too", "checks types and runs go mod tidy too: it builds"
	return []entry{
		{task: makeIt, does: plain, plain: true, args: create("--no-tidy", "--no-typecheck"), writes: true, verify: s.today.made},
		{task: makeIt, does: checked, args: create("--no-tidy"), writes: true, verify: s.today.made},
		{task: makeIt, does: tidied, args: create(), writes: true, verify: s.today.made},
		{task: foretell, does: "names the files", plain: true, args: []string{"update", "--dry-run", "--no-typecheck"}, dir: s.beforeDir, verify: s.foretold},
		{task: foretell, does: checked, args: []string{"update", "--dry-run"}, dir: s.beforeDir, verify: s.foretold},
		{task: bring, does: "merges the files", plain: true, args: []string{"update", "--no-tidy", "--no-typecheck"}, dir: s.beforeDir, writes: true, verify: s.today.brought},
		{task: bring, does: checked, args: []string{"update"}, dir: s.beforeDir, writes: true, verify: s.today.brought},
		{task: checkFresh, does: "holds each file to the template", plain: true, args: []string{"check"}, dir: s.todayDir},
		{task: checkStale, does: "holds each file to the template", plain: true, args: []string{"check"}, dir: s.beforeDir, exit: 3, verify: s.foretold},
		{task: checkFolder, does: "holds each file to the template", plain: true, args: []string{"check", "./..."}, dir: folder},
	}, nil
}

// hundred is a folder of as many connectors.
func (s *stage) hundred() (string, error) {
	folder := filepath.Join(s.dir, "hundred")
	for i := range 100 {
		place := filepath.Join(folder, fmt.Sprintf("%s-%02d", connectorName, i))
		if err := os.CopyFS(place, os.DirFS(s.todayDir)); err != nil {
			return "", err
		}
	}
	return folder, nil
}
