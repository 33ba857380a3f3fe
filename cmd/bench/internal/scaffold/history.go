package scaffold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// firstVersion and secondVersion are the tags of before and today where a template has a
// history.
const (
	firstVersion  = "v1.0.0"
	secondVersion = "v2.0.0"
)

// commit puts all that a folder holds into its repository, and gives it a tag.
func (s *stage) commit(ctx context.Context, dir, tag string) error {
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", tag}, {"tag", tag}} {
		if _, err := s.command(ctx, dir, "git", args...); err != nil {
			return err
		}
	}
	return nil
}

// history makes a template with two versions. A project is made of each, by the
// command that create says, in a repository of its own: the folders are returned.
func (s *stage) history(ctx context.Context, name string, template func(tree) tree, create func(template string) []string) (before, today string, err error) {
	dir := filepath.Join(s.dir, name, "template")
	versions := []struct {
		files tree
		tag   string
	}{{s.before, firstVersion}, {s.today, secondVersion}}
	var projects []string
	for _, v := range versions {
		if err := removeAllBut(dir, ".git"); err != nil {
			return "", "", err
		}
		if err := template(v.files).write(dir); err != nil {
			return "", "", err
		}
		if err := s.commit(ctx, dir, v.tag); err != nil {
			return "", "", err
		}
		place := filepath.Join(s.dir, name, v.tag)
		if err := os.MkdirAll(place, 0o755); err != nil {
			return "", "", err
		}
		args := create(dir)
		if _, err := s.command(ctx, place, args[0], args[1:]...); err != nil {
			return "", "", err
		}
		project := filepath.Join(place, connectorName)
		if err := s.commit(ctx, project, v.tag); err != nil {
			return "", "", err
		}
		projects = append(projects, project)
	}
	return projects[0], projects[1], nil
}

// removeAllBut empties a folder, if it is there.
func removeAllBut(dir, keep string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Name() != keep {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
