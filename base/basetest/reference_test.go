package basetest_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/basetest"
	"github.com/mage-dest/mage-dest/base/conform"
)

// reference is a connector that claims all there is to claim. Its store is a folder
// with a log for each stream: a batch is a line, so a batch that was cut short by a
// kill is no line.
type reference struct {
	base.Destination[struct {
		Folder string      `json:"folder" required:"true" doc:"Where the logs are." example:"/tmp"`
		Token  base.Secret `json:"token" doc:"What the store would ask for."`
	}]
}

func newReference() *reference { return &reference{} }

func (*reference) Claims() []string {
	return []string{conform.ClaimUpsert, conform.ClaimHardDelete, conform.ClaimEvolution, conform.ClaimMetadata}
}

// modest is a reference that claims nothing.
type modest struct{ *reference }

func (modest) Claims() []string { return nil }

// entry is a line of a log.
type entry struct {
	Keys     []string                     `json:"keys,omitempty"`
	Rows     []map[string]json.RawMessage `json:"rows,omitempty"`
	Versions []*int64                     `json:"versions,omitempty"`
	Activate *int64                       `json:"activate,omitempty"`
	At       time.Time                    `json:"at"`
}

func (r *reference) Open(context.Context) error {
	_, err := os.Stat(r.Config().Folder)
	return err
}

func (r *reference) TestConnection(ctx context.Context) error { return r.Open(ctx) }

func (r *reference) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	e := entry{Keys: r.Stream(stream).KeyProperties, At: time.Now()}
	for _, item := range recordData {
		row := map[string]json.RawMessage{}
		for name, value := range item.Record.Columns() {
			row[name] = json.RawMessage(bytes.Clone(value))
		}
		for _, key := range e.Keys {
			if value := row[key]; len(value) == 0 || string(value) == "null" {
				return fmt.Errorf("the key %s is missing or null", key)
			}
		}
		var version *int64
		if v, ok := item.Record.Version(); ok {
			version = &v
		}
		e.Rows, e.Versions = append(e.Rows, row), append(e.Versions, version)
	}
	return r.append(stream, e)
}

func (r *reference) ActivateVersion(_ context.Context, stream base.Stream, version int64) error {
	return r.append(stream.Name, entry{Activate: &version, At: time.Now()})
}

func (r *reference) append(stream string, e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(logOf(r.Config().Folder, stream), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	// A line that a kill has cut short ends here.
	_, err = file.Write(append(append([]byte("\n"), line...), '\n'))
	return errors.Join(err, file.Sync(), file.Close())
}

func logOf(folder, stream string) string {
	name := url.PathEscape(stream)
	return filepath.Join(folder, name[:min(len(name), 200)]+".log")
}

// readReference folds the log of a stream.
func readReference(_ context.Context, config, stream string) ([]map[string]json.RawMessage, error) {
	var c struct{ Folder string }
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(logOf(c.Folder, stream))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var table table
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var e entry
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			table.apply(e)
		}
	}
	return table.rows, lines.Err()
}

type table struct {
	rows     []map[string]json.RawMessage
	versions []*int64
}

func (t *table) apply(e entry) {
	if e.Activate != nil {
		t.drop(func(i int) bool { return t.versions[i] != nil && *t.versions[i] != *e.Activate })
		return
	}
	for i, row := range e.Rows {
		if len(e.Keys) > 0 {
			key := keyOf(row, e.Keys)
			t.drop(func(i int) bool { return keyOf(t.rows[i], e.Keys) == key })
		}
		if deleted := row["_sdc_deleted_at"]; len(deleted) > 0 && string(deleted) != "null" {
			continue
		}
		row[base.CreatedAtColumn], _ = json.Marshal(e.At)
		t.rows, t.versions = append(t.rows, row), append(t.versions, e.Versions[i])
	}
}

func (t *table) drop(these func(i int) bool) {
	var rows []map[string]json.RawMessage
	var versions []*int64
	for i := range t.rows {
		if !these(i) {
			rows, versions = append(rows, t.rows[i]), append(versions, t.versions[i])
		}
	}
	t.rows, t.versions = rows, versions
}

func keyOf(row map[string]json.RawMessage, keys []string) string {
	var text strings.Builder
	for _, key := range keys {
		text.Write(row[key])
		text.WriteByte(0)
	}
	return text.String()
}

func referenceInfo() base.Info {
	return base.Info{
		Name: "reference", Version: "1.2.3", Description: "Keeps what it gets.", Templates: sampleTemplates(),
	}
}

func configOf(folder string) string {
	text, _ := json.Marshal(map[string]string{"folder": folder}) // a string can always be written
	return string(text)
}

func referenceOptions() basetest.Options {
	return basetest.Options{
		Info: referenceInfo(),
		Config: func(t *testing.T, dir string) string {
			t.Helper()
			return configOf(dir)
		},
		BadConfig: func(_ *testing.T, dir string) string { return configOf(filepath.Join(dir, "no", "such", "folder")) },
		ReadBack:  readReference,
	}
}

// A connector that keeps every promise passes every test that it claims to pass, which
// is each of the list.
func TestConformance(t *testing.T) {
	basetest.Run(t, newReference, referenceOptions())
}

// One that claims nothing and whose store nobody reads is judged by what it confirms.
func TestConformanceWithoutReadBack(t *testing.T) {
	o := referenceOptions()
	o.ReadBack, o.BadConfig = nil, nil
	basetest.Run(t, func() modest { return modest{newReference()} }, o)
}
