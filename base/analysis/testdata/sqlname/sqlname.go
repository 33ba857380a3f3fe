package sqlname

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/sqlname/build"
)

// pgx is a connection as pgx has it.
type pgx interface {
	Exec(ctx context.Context, sql string, arguments ...any) (string, error)
	Prepare(ctx context.Context, name, sql string) (string, error)
}

type old struct{}

func (old) Exec(query string, args ...any) (int, error) { return 0, nil }

type Destination struct {
	base.Destination[struct{}]
	db    *sql.DB
	conn  pgx
	old   old
	table string
}

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if _, err := d.db.ExecContext(ctx, "DELETE FROM "+stream); err != nil { // want `the name of a stream becomes part of an SQL statement as it is: .* write it through a function that quotes names`
		return err
	}
	query := fmt.Sprintf("INSERT INTO %s VALUES (?)", stream)
	if _, err := d.conn.Exec(ctx, query, 1); err != nil { // want `the name of a stream`
		return err
	}
	if _, err := d.conn.Prepare(ctx, stream, "SELECT 1"); err != nil { // its name is no SQL
		return err
	}
	var text strings.Builder
	text.WriteString("INSERT INTO t (")
	for name, value := range recordData[0].Record.Columns() {
		text.WriteString(name)
		fmt.Fprintf(&text, "= %s", value.Text())
	}
	if _, err := d.db.PrepareContext(ctx, text.String()); err != nil { // want `the name of a column becomes part`
		return err
	}
	if _, err := d.db.ExecContext(ctx, "INSERT INTO t VALUES ('"+text1(recordData[0])+"')"); err != nil { // want `a value of a record becomes part of an SQL statement as it is: .* bind it as a parameter`
		return err
	}
	row, err := recordData[0].Record.Map()
	if err != nil {
		return err
	}
	var columns []string
	for name := range row {
		columns = append(columns, name)
	}
	if _, err := d.db.ExecContext(ctx, "INSERT INTO t ("+strings.Join(columns, ", ")+")"); err != nil { // want `the name of a column`
		return err
	}
	if _, err := d.db.ExecContext(ctx, build.Insert("t", d.Stream(stream).KeyProperties)); err != nil { // want `the name of a column`
		return err
	}
	if err := build.Drop(d.old, stream); err != nil { // want `the name of a stream becomes part of an SQL statement as it is, by Drop \(build.go:\d+\)`
		return err
	}
	if err := d.truncate(ctx, stream); err != nil { // want `by truncate \(sqlname.go:\d+\)`
		return err
	}
	d.table = d.Stream(stream).Name
	return d.count(ctx)
}

func text1(data base.RecordData) string {
	value, _ := data.Record.Get("id")
	return value.Text()
}

func (d *Destination) truncate(ctx context.Context, table string) error {
	_, err := d.db.ExecContext(ctx, "TRUNCATE "+table)
	return err
}

// count finds the name in a field.
func (d *Destination) count(ctx context.Context) error {
	return d.db.QueryRowContext(ctx, "SELECT count(*) FROM "+d.table).Err() // want `the name of a stream`
}

func (d *Destination) HandleSchema(ctx context.Context, stream base.Stream) error {
	var columns []string
	for _, property := range stream.Schema.Properties() {
		columns = append(columns, property.Name+" TEXT")
	}
	_, err := d.db.ExecContext(ctx, "CREATE TABLE t ("+strings.Join(columns, ", ")+")") // want `the name of a column`
	return err
}

// Careful quotes, binds and checks.
type Careful struct {
	base.Destination[struct{}]
	db     *sql.DB
	tables map[string]string
}

type table struct{ name, quoted string }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

var plain = regexp.MustCompile(`^\w+$`)

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	t := table{name: stream, quoted: quote(stream)}
	if _, err := d.db.ExecContext(ctx, "DELETE FROM "+t.quoted+" WHERE stream = ?", t.name); err != nil {
		return fmt.Errorf("delete from %s: %w", stream, err)
	}
	if _, err := d.db.ExecContext(ctx, build.Quoted(stream)); err != nil {
		return err
	}
	inline := `"` + strings.ReplaceAll(stream, `"`, `""`) + `"`
	var names, marks []string
	var values []any
	for name, value := range recordData[0].Record.Columns() {
		names, marks, values = append(names, quote(name)), append(marks, "?"), append(values, value.Text())
	}
	statement := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", inline, strings.Join(names, ", "), strings.Join(marks, ", "))
	if _, err := d.db.ExecContext(ctx, statement, values...); err != nil {
		return err
	}
	if _, err := d.db.ExecContext(ctx, fmt.Sprintf("DELETE FROM t LIMIT %d", len(recordData))); err != nil {
		return err
	}
	if known, ok := d.tables[stream]; ok {
		if _, err := d.db.ExecContext(ctx, "DELETE FROM "+known); err != nil {
			return err
		}
	}
	return d.checked(ctx, d.Stream(stream).Name)
}

func (d *Careful) checked(ctx context.Context, name string) error {
	if !plain.MatchString(name) {
		return errors.New("not a name")
	}
	_, err := d.db.ExecContext(ctx, "DELETE FROM "+name)
	return err
}
