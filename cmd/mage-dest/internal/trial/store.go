package trial

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// readbackSource is compiled in the connector's module, which has the driver
// anyway. Linking the driver into mage-dest would add 6 MB and its start-up to
// every verb for the sake of this one.
//
//go:embed readback/main.go
var readbackSource []byte

// ReadsBack reports whether the store of a pack can be read back.
func ReadsBack(pack string) bool { return pack == "sqlite" }

// Store is the database file of a connector that was tried.
type Store struct {
	Connector string // folder of its module
	File      string
	Scratch   string // folder for the program that reads it
}

// Tables reads all of it, with a program that has nothing of the connector.
func (s Store) Tables(ctx context.Context, words io.Writer) ([]Table, error) {
	if _, err := os.Stat(s.File); err != nil {
		return nil, fmt.Errorf("the connector has left no database: %w", err)
	}
	source, program := filepath.Join(s.Scratch, "readback.go"), filepath.Join(s.Scratch, "readback.exe")
	if err := os.WriteFile(source, readbackSource, 0o600); err != nil {
		return nil, fmt.Errorf("write the program that reads the database: %w", err)
	}
	if err := Build(ctx, s.Connector, program, words, source); err != nil {
		return nil, err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, s.File)
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("read the database back: %w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	tables, err := parseTables(text)
	return tables, errors.Join(err, os.Remove(source), os.Remove(program))
}

func parseTables(text []byte) ([]Table, error) {
	var tables []Table
	var columns []string
	lines := json.NewDecoder(bytes.NewReader(text))
	lines.UseNumber()
	for lines.More() {
		var line struct {
			Table   *string
			Columns []string
			Row     []any
		}
		if err := lines.Decode(&line); err != nil {
			return nil, fmt.Errorf("read the database back: %w", err)
		}
		if line.Table != nil {
			tables, columns = append(tables, Table{Name: *line.Table}), line.Columns
			continue
		}
		row := make(Row, len(columns))
		for i, column := range columns {
			row[column] = line.Row[i]
		}
		tables[len(tables)-1].Rows = append(tables[len(tables)-1].Rows, row)
	}
	return tables, nil
}
