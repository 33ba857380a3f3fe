package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base/conform"
)

// storePlace stands in a config for the folder of a test.
const storePlace = "{dir}"

// target is the program that the command line names, and how its store is reached.
func (o conformOptions) target(command []string) (conform.Target, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return conform.Target{}, usageErrorf("%v: give the path of the target, or have it in PATH", err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return conform.Target{}, err
	}
	target := conform.Target{Command: append([]string{path}, command[1:]...), Claims: o.Claims, Timeout: o.Timeout}
	if o.Config == "" {
		if o.BadConfig != "" || o.ReadBack != "" {
			return target, usageErrorf("--bad-config and --readback need --config")
		}
		return target, nil
	}
	text, err := os.ReadFile(o.Config)
	if err != nil {
		return target, usageErrorf("--config: %v", err)
	}
	target.Config = func(dir string) ([]byte, error) { return placed(text, filepath.Join(dir, "store"), true) }
	if target.BadConfig, err = o.badConfig(text); err != nil {
		return target, err
	}
	if o.ReadBack != "" {
		words, err := commandWords(o.ReadBack)
		if err != nil {
			return target, err
		}
		target.ReadBack = func(ctx context.Context, dir, stream string) ([]conform.Row, error) {
			return readBack(ctx, words, dir, stream)
		}
	}
	return target, nil
}

// placed puts the folder of a test into a config, and makes it.
func placed(config []byte, folder string, made bool) ([]byte, error) {
	if made {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	quoted, err := json.Marshal(folder)
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(config, []byte(storePlace), bytes.Trim(quoted, `"`)), nil
}

// badConfig is a config with which nothing can be stored: the one given, or the good
// one with a folder that cannot be made, as a file is in its place.
func (o conformOptions) badConfig(good []byte) (func(dir string) ([]byte, error), error) {
	if o.BadConfig != "" {
		text, err := os.ReadFile(o.BadConfig)
		if err != nil {
			return nil, usageErrorf("--bad-config: %v", err)
		}
		return func(dir string) ([]byte, error) { return placed(text, filepath.Join(dir, "store"), true) }, nil
	}
	if !bytes.Contains(good, []byte(storePlace)) {
		return nil, nil
	}
	return func(dir string) ([]byte, error) {
		file := filepath.Join(dir, "no-folder")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			return nil, err
		}
		return placed(good, filepath.Join(file, "store"), false)
	}, nil
}

// commandWords splits a command without a shell.
func commandWords(command string) ([]string, error) {
	if !strings.HasPrefix(strings.TrimSpace(command), "[") {
		return strings.Fields(command), nil
	}
	var words []string
	if err := json.Unmarshal([]byte(command), &words); err != nil || len(words) == 0 {
		return nil, usageErrorf("--readback %s: want a command, or a JSON array of its words", command)
	}
	return words, nil
}

// readBack runs the user's command and reads the rows that it prints.
func readBack(ctx context.Context, words []string, dir, stream string) ([]conform.Row, error) {
	config, err := latestConfig(dir)
	if err != nil {
		return nil, err
	}
	places := strings.NewReplacer("{stream}", stream, storePlace, filepath.Join(dir, "store"), "{config}", config)
	filled := make([]string, len(words))
	for i, word := range words {
		filled[i] = places.Replace(word)
	}
	cmd := exec.CommandContext(ctx, filled[0], filled[1:]...) //nolint:gosec // the user's own command
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(filled, " "), err, lastLine(stderr.String()))
	}
	return rowsOf(stdout.Bytes())
}

// latestConfig is the file with the config of the run before.
func latestConfig(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "config-*.json"))
	if err != nil || len(files) == 0 {
		return "", err
	}
	return slices.MaxFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }), nil
}

// rowsOf reads rows, one JSON object a line, or one array of them.
func rowsOf(text []byte) (rows []conform.Row, err error) {
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("[")) {
		if err := json.Unmarshal(text, &rows); err != nil {
			return nil, fmt.Errorf("--readback: %w", err)
		}
		return rows, nil
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var row conform.Row
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("--readback: line %d is no JSON object: %w", n, err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
