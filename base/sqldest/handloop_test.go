package sqldest_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// sample is what benchmarks load: records of 14 columns and about 440 bytes, as
// text and as the values that the sqlite pack stores of them.
type sample struct {
	names, kinds []string
	records      []string
	rows         []any // column by column and row by row, the writer's own columns last
	width        int   // columns of rows
}

func newSample(size int) *sample {
	s := &sample{
		names: []string{"id", "account_id", "name", "email", "created_at", "updated_at", "amount", "rate", "active", "country", "city", "note", "tags", "visits"},
		kinds: []string{"integer", "integer", "string", "string", "string", "string", "number", "number", "boolean", "string", "string", "string", "object", "integer"},
	}
	s.width = len(s.names) + 2
	for id := range size {
		s.add(id)
	}
	return s
}

func (s *sample) add(id int) {
	const now = "2026-01-02 02:04:05.067000"
	account, visits := id*7919%1_000_003, id%500
	amount, rate := float64(id%100_000)+0.25, float64(id%97)/64+0.015625
	name, email := fmt.Sprintf("Customer Number %d", id), fmt.Sprintf("customer.%d@example.com", id)
	day := fmt.Sprintf("2024-%02d-%02dT12:34:56Z", id%12+1, id%28+1)
	city := [...]string{"Zürich", "New York", "São Paulo", "Nairobi"}[id%4]
	const note = "a note that says \"a little more\" about the customer and has a few words to say, not many"
	tags := fmt.Sprintf(`{"plan": "basic", "score": %d}`, id%100)
	row := []any{int64(id), int64(account), name, email, day, day, amount, rate, int64(id % 2), "CH", city, note, tags, int64(visits), now, now}
	updated, noted := `"`+day+`"`, string(sqldest.JSONString(note))
	if id%5 == 0 {
		row[5], updated = nil, "null"
	}
	if id%3 == 0 {
		row[11], noted = "plain: "+note[:16], `"plain: `+note[:16]+`"`
	}
	s.rows = append(s.rows, row...)
	s.records = append(s.records, fmt.Sprintf(`{"id": %d, "account_id": %d, "name": "%s", "email": "%s", "created_at": "%s", "updated_at": %s, "amount": %v, "rate": %v, `+
		`"active": %t, "country": "CH", "city": "%s", "note": %s, "tags": %s, "visits": %d}`,
		id, account, name, email, day, updated, amount, rate, id%2 == 1, city, noted, tags, visits))
}

func (s *sample) stream(t testing.TB, key ...string) base.Stream {
	return streamOf(t, "s", schemaText(s.names, s.kinds), key...)
}

// lines are the records as a tap sends them.
func (s *sample) lines(key ...string) string {
	var b strings.Builder
	keys := `"key_properties":[]`
	if len(key) > 0 {
		keys = `"key_properties":["` + strings.Join(key, `","`) + `"]`
	}
	fmt.Fprintf(&b, "{\"type\":\"SCHEMA\",\"stream\":\"s\",\"schema\":%s,%s}\n", schemaText(s.names, s.kinds), keys)
	for _, record := range s.records {
		fmt.Fprintf(&b, "{\"type\": \"RECORD\", \"stream\": \"s\", \"record\": %s}\n", record)
	}
	return b.String()
}

// handLoop is what someone would write for this very table who need not read,
// check or name anything: rows of values, a prepared statement, transactions.
type handLoop struct {
	sample      *sample
	statement   int // rows of a statement
	transaction int // rows of a transaction
}

// run inserts all rows of the sample into the table that the writer makes.
func (h handLoop) run(ctx context.Context, db *sql.DB, key ...string) error {
	insert := sqldest.Insert{Table: "s", Columns: append(h.sample.names[:len(h.sample.names):len(h.sample.names)], base.CreatedAtColumn, base.UpdatedAtColumn)}
	if len(key) > 0 {
		insert.Key = key
		insert.Update = append(insert.Update, h.sample.names[1:]...)
		insert.Update = append(insert.Update, base.UpdatedAtColumn)
	}
	prepare := func(rows int) (*sql.Stmt, error) {
		insert.Rows = rows
		return db.PrepareContext(ctx, dialect{}.Insert(insert))
	}
	single, err := prepare(1)
	if err != nil {
		return err
	}
	defer single.Close() //nolint:errcheck // the database is closed after it
	many, err := prepare(h.statement)
	if err != nil {
		return err
	}
	defer many.Close() //nolint:errcheck // the database is closed after it
	size := h.transaction * h.sample.width
	for at := 0; at < len(h.sample.rows); at += size {
		if err := h.insert(db, single, many, h.sample.rows[at:min(at+size, len(h.sample.rows))]); err != nil {
			return err
		}
	}
	return nil
}

// insert writes a transaction.
func (h handLoop) insert(db *sql.DB, single, many *sql.Stmt, rows []any) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing left to take back
	single, many = tx.Stmt(single), tx.Stmt(many)
	for size := h.statement * h.sample.width; len(rows) >= size; rows = rows[size:] {
		if _, err := many.Exec(rows[:size]...); err != nil {
			return err
		}
	}
	for size := h.sample.width; len(rows) > 0; rows = rows[size:] {
		if _, err := single.Exec(rows[:size]...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
