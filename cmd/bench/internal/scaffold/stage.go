package scaffold

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
)

// stage is a scratch folder, and the connector that all tools make in it.
type stage struct {
	dir      string
	checkout string   // of mage-dest
	env      []string // of all commands
	venv     string   // "" to find programs by PATH

	// today is what mage-dest makes now, before is what v0.2.0 made. They lie in folders
	// too, with what mage-dest remembers, and can be built.
	today, before       tree
	todayDir, beforeDir string
}

func newStage(ctx context.Context, dir, venv string) (*stage, error) {
	s := &stage{dir: dir, venv: venv, todayDir: filepath.Join(dir, "today", connectorName), beforeDir: filepath.Join(dir, "before", connectorName)}
	for _, folder := range []string{"home", "bin", "today", "before", "runs"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	said, err := output(ctx, "", os.Environ(), "go", "env", "GOMODCACHE", "GOCACHE", "GOFLAGS", "GOPROXY")
	if err != nil {
		return nil, err
	}
	goEnv := strings.Split(said, "\n")
	if s.checkout, err = checkout.Dir(ctx); err != nil {
		return nil, err
	}
	home := filepath.Join(dir, "home")
	s.env = append(os.Environ(), "HOME="+home, "USERPROFILE="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "NO_COLOR=1",
		"GOMODCACHE="+goEnv[0], "GOCACHE="+goEnv[1], "GOFLAGS="+goEnv[2], "GOPROXY="+goEnv[3], "GOWORK=off",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@example.com", "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@example.com")
	return s, nil
}

// fresh is a copy of a folder, or an empty one for "", alone in a folder that is to be
// removed.
func (s *stage) fresh(ctx context.Context, dir string) (string, error) {
	parent, err := os.MkdirTemp(filepath.Join(s.dir, "runs"), "")
	if err != nil {
		return "", err
	}
	place := filepath.Join(parent, connectorName)
	if dir == "" {
		return place, os.Mkdir(place, 0o755)
	}
	if err := os.CopyFS(place, os.DirFS(dir)); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(place, ".git")); err != nil {
		return place, nil
	}
	// Git would take a copied file for a changed one until it has looked at it: no
	// command shall pay for that.
	_, err = s.command(ctx, place, "git", "update-index", "-q", "--refresh")
	return place, err
}

// command runs a command of the preparation, and returns what it says on stdout.
func (s *stage) command(ctx context.Context, dir, program string, args ...string) (string, error) {
	return output(ctx, dir, s.env, program, args...)
}

func output(ctx context.Context, dir string, env []string, program string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
