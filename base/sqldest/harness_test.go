package sqldest_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// connector is a whole destination on a real database: what a test sends walks
// the way that a tap's output walks.
type connector struct {
	base.Destination[struct{}]
	store  *store
	writer *sqldest.Writer
}

func (c *connector) Open(context.Context) error {
	options := c.store.options
	options.Logger = c.Logger()
	c.writer = sqldest.New(c.store.db, c.store.dialect, options)
	return nil
}

func (c *connector) HandleSchema(ctx context.Context, stream base.Stream) error {
	return c.writer.HandleSchema(ctx, stream)
}

func (c *connector) AfterProcess(ctx context.Context) error {
	if c.writer == nil {
		return nil
	}
	return c.writer.Finish(ctx)
}

func (c *connector) ActivateVersion(ctx context.Context, stream base.Stream, version int64) error {
	return c.writer.ActivateVersion(ctx, stream, version)
}

func (c *connector) ResumeRun(ctx context.Context, runID string) (map[string]base.Mark, error) {
	return c.writer.ResumeRun(ctx, runID)
}

func (c *connector) FinishRun(ctx context.Context, runID string) error {
	return c.writer.FinishRun(ctx, runID)
}

func (c *connector) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	return c.writer.Write(ctx, c.Stream(stream), recordData)
}

// store is a database that several runs load into.
type store struct {
	t       *testing.T
	db      *sql.DB
	dialect sqldest.Dialect
	options sqldest.Options
	config  string
	args    []string // further ones
	now     time.Time
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, db: openDatabase(t), dialect: dialect{}, config: `{"validation": "mage"}`}
	s.now = time.Date(2026, 1, 2, 3, 4, 5, 67e6, time.FixedZone("", 3600))
	s.options.Now = func() time.Time { return s.now }
	return s
}

func openDatabase(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", databaseURL(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// databaseURL opens a database the way that the sqlite pack does.
func databaseURL(folder string) string {
	return "file:" + filepath.Join(folder, "test.db") + "?_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
}

// run loads lines and returns the exit code and the log.
func (s *store) run(lines ...string) (exit int, log string) {
	s.t.Helper()
	var stderr bytes.Buffer
	exit = base.Run(s.t.Context(), &connector{store: s}, base.Info{Name: "test"}, base.Env{
		Args:   append([]string{"--config_json", s.config}, s.args...),
		Stdin:  strings.NewReader(strings.Join(lines, "\n")),
		Stderr: &stderr,
	})
	return exit, stderr.String()
}

// load wants a run to go well.
func (s *store) load(lines ...string) (log string) {
	s.t.Helper()
	exit, log := s.run(lines...)
	if exit != 0 {
		s.t.Fatalf("exit code %d\n%s", exit, log)
	}
	return log
}

// fail wants a run to fail and to say all of some words.
func (s *store) fail(words []string, lines ...string) {
	s.t.Helper()
	exit, log := s.run(lines...)
	if exit != 1 {
		s.t.Fatalf("exit code %d, want 1\n%s", exit, log)
	}
	last := lastLine(log)
	for _, word := range words {
		if !strings.Contains(last, word) {
			s.t.Errorf("the failure does not say %s:\n%s", word, last)
		}
	}
}

func lastLine(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return strings.ReplaceAll(lines[len(lines)-1], `\"`, `"`)
}

// want holds the result of a query, a row a line and columns as SQL literals,
// against what is expected.
func (s *store) want(query string, rows ...string) {
	s.t.Helper()
	if got, want := strings.Join(s.query(query), "\n"), strings.Join(rows, "\n"); got != want {
		s.t.Errorf("%s\ngot\n%s\nwant\n%s", query, got, want)
	}
}

func (s *store) query(query string) []string {
	s.t.Helper()
	rows, err := s.db.Query(query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err is looked at
	columns, err := rows.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			s.t.Fatal(err)
		}
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = literal(value)
		}
		all = append(all, strings.Join(texts, " "))
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return all
}

// literal tells an integer 5, a fraction 5.0 and a text '5' apart.
func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + v + "'"
	case float64:
		if text := fmt.Sprint(v); strings.ContainsAny(text, ".e") {
			return text
		}
		return fmt.Sprintf("%v.0", v)
	}
	return fmt.Sprint(value)
}

// schema is a SCHEMA message; more are further keys of it.
func schema(stream, properties string, more ...string) string {
	return fmt.Sprintf(`{"type":"SCHEMA","stream":%s,"schema":{"properties":{%s}}%s}`,
		sqldest.JSONString(stream), properties, strings.Join(append([]string{""}, more...), ","))
}

func record(stream, columns string, more ...string) string {
	return fmt.Sprintf(`{"type":"RECORD","stream":%s,"record":{%s}%s}`,
		sqldest.JSONString(stream), columns, strings.Join(append([]string{""}, more...), ","))
}

const (
	keyID = `"key_properties":["id"]`
	idInt = `"id":{"type":"integer"}`
)
