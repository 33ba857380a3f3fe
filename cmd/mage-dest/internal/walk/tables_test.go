package walk

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/generator"
)

var update = flag.Bool("update", false, "write base's settings into README")

// bare is a connector without settings of its own.
type bare struct{ base.Destination[struct{}] }

func (*bare) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return base.ErrNotImplemented
}

// Tables of README are made from what a connector says.
func TestReadmeListsWhatBaseHas(t *testing.T) {
	path := filepath.Join(checkout, "README.md")
	for name, table := range map[string]func(*testing.T) string{"limits": limitsTable, "metrics": metricsTable} {
		readme := read(t, path)
		begin, end := "<!-- "+name+": go test ./cmd/mage-dest/internal/walk -update -->\n", "<!-- end -->"
		head, rest, ok := strings.Cut(readme, begin)
		got, tail, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Fatalf("README has no place for the %s, between %q and %q", name, begin, end)
		}
		want := table(t)
		if *update {
			write(t, path, head+begin+want+end+tail)
		} else if got != want {
			t.Errorf("README's %s are not those of base; run the command that stands there\ngot:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// metricsTable is the table of what a run leaves for Prometheus.
func metricsTable(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "acme.prom")
	config := fmt.Sprintf(`{"metrics_path": %q}`, path)
	base.Run(t.Context(), &bare{}, base.Info{Name: "acme"}, base.Env{Args: []string{"--config_json", config}})
	table := "| gauge | |\n|---|---|\n"
	for line := range strings.Lines(read(t, path)) {
		if words, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, help, _ := strings.Cut(strings.TrimSpace(words), " ")
			table += fmt.Sprintf("| `%s` | %s |\n", name, help)
		}
	}
	return table
}

// limitsTable is the table as --about json of a connector gives it.
func limitsTable(t *testing.T) string {
	t.Helper()
	var out, log bytes.Buffer
	code := base.Run(t.Context(), &bare{}, base.Info{Name: "acme"}, base.Env{Args: []string{"--about", "json"}, Stdout: &out, Stderr: &log})
	var about struct {
		Settings struct {
			Properties json.RawMessage `json:"properties"`
		} `json:"settings"`
	}
	if err := json.Unmarshal(out.Bytes(), &about); err != nil || code != 0 {
		t.Fatalf("--about json: exit code %d, %v\n%s", code, err, &log)
	}
	table := "| setting | default | meaning |\n|---|---|---|\n"
	decoder := json.NewDecoder(bytes.NewReader(about.Settings.Properties))
	token(t, decoder) // {
	for decoder.More() {
		name := token(t, decoder)
		var s struct {
			Description string          `json:"description"`
			Default     json.RawMessage `json:"default"`
		}
		if err := decoder.Decode(&s); err != nil {
			t.Fatal(err)
		}
		fallback := strings.Trim(string(s.Default), `"`)
		if fallback == "" {
			fallback = "-"
		}
		table += fmt.Sprintf("| `%s` | %s | %s |\n", name, fallback, strings.ReplaceAll(s.Description, "|", `\|`))
	}
	return table
}

func token(t *testing.T, d *json.Decoder) json.Token {
	t.Helper()
	one, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	return one
}

func TestReadmeListsTheFormsOfAName(t *testing.T) {
	var told []string
	for _, row := range cells(t, read(t, filepath.Join(checkout, "README.md")), "The forms of a name") {
		told = append(told, code(row[1]))
	}
	for _, given := range []string{"acme-crm", "acme_crm", "AcmeCRM"} {
		n, err := generator.ParseName(given)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{n.Binary, n.Package, n.Class, n.Title, n.UUID, n.Plugin, n.EnvPrefix}
		if !slices.Equal(told, want) {
			t.Errorf("README's forms are %q, and %s has %q", told, given, want)
		}
	}
}
