package sqldest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// postgres is PostgreSQL, as package sqldest wants to know it: all tables in one
// schema, rows by COPY in text form, whose values the server itself reads.
type postgres struct {
	schema     string
	keepSchema bool // it is not made, even if it is not there

	// Of the names of columns, as Mage makes them: lower case, and only letters,
	// digits and underscores; some reserved words after an underscore.
	keepCase, keepCharacters, keepReserved bool

	jsonArrays bool // arrays are jsonb, whatever they hold
	dropNUL    bool // U+0000, which text cannot hold, is left out; else it refuses the record
}

var (
	_ sqldest.Dialect    = postgres{}
	_ sqldest.Classifier = postgres{}
	_ sqldest.Namer      = postgres{}
	_ sqldest.Typer      = postgres{}
	_ sqldest.Schemer    = postgres{}
	_ sqldest.Reader     = postgres{}
	_ sqldest.BulkLoader = postgres{}
)

func (postgres) Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Fold returns the name: names in quotes differ in case.
func (postgres) Fold(name string) string { return name }

func (postgres) Placeholder(n int) string { return "$" + strconv.Itoa(n) }

// Limits are those of PostgreSQL as it is built everywhere: NAMEDATALEN less one,
// MaxHeapAttributeNumber, and the 16 bits that count parameters.
func (postgres) Limits() sqldest.Limits {
	return sqldest.Limits{Columns: 1600, Identifier: 63, Variables: 65535}
}

func (d postgres) QuoteTable(name string) string { return d.Quote(d.schema) + "." + d.Quote(name) }

// MakeSchema looks first: who may not make schemas may still use one.
func (d postgres) MakeSchema(ctx context.Context, tx *sql.Tx) ([]string, error) {
	if d.keepSchema {
		return nil, nil
	}
	var there bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1)", d.schema).Scan(&there)
	if err != nil || there {
		return nil, err
	}
	return []string{"CREATE SCHEMA IF NOT EXISTS " + d.Quote(d.schema)}, nil
}

// AddKey makes the key of a new table its primary key. A table that is there may have
// another one.
func (d postgres) AddKey(table, name string, columns []string, isNew bool) []string {
	list := d.list(columns)
	if isNew {
		return []string{"ALTER TABLE " + d.QuoteTable(table) + " ADD CONSTRAINT " + d.Quote(name) + " PRIMARY KEY (" + list + ")"}
	}
	return []string{"CREATE UNIQUE INDEX " + d.Quote(name) + " ON " + d.QuoteTable(table) + " (" + list + ")"}
}

// DropKey lets the columns of a primary key be null again.
func (d postgres) DropKey(table string, index sqldest.Index) []string {
	if !index.Constraint {
		return []string{"DROP INDEX " + d.QuoteTable(index.Name)}
	}
	drop := []string{"DROP CONSTRAINT " + d.Quote(index.Name)}
	for _, column := range index.Columns {
		drop = append(drop, "ALTER COLUMN "+d.Quote(column)+" DROP NOT NULL")
	}
	return []string{"ALTER TABLE " + d.QuoteTable(table) + " " + strings.Join(drop, ", ")}
}

func (d postgres) list(columns []string) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = d.Quote(column)
	}
	return strings.Join(names, ", ")
}

// ColumnName makes a name as Mage's own destination does.
func (d postgres) ColumnName(property string) string {
	name := property
	if !d.keepCase {
		name = strings.ToLower(name)
	}
	if !d.keepCharacters {
		name = strings.Map(func(r rune) rune {
			if r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) {
				return r
			}
			return '_'
		}, name)
	}
	if !d.keepReserved && isReserved(name) {
		name = "_" + name
	}
	return name
}

// isReserved tells the words before which Mage sets an underscore
// (SQL_RESERVED_WORDS_SUBSET in its sql/constants.py).
func isReserved(name string) bool {
	switch strings.ToUpper(name) {
	case "AS", "DEFAULT", "FROM", "GROUP", "JOIN", "LIMIT", "ORDER", "REFERENCES", "SELECT", "TO", "USER", "WHERE":
		return true
	}
	return false
}

func (d postgres) CreateTable(table string, columns []sqldest.Column) string {
	defined := make([]string, len(columns))
	for i, c := range columns {
		defined[i] = d.Quote(c.Name) + " " + c.SQLType
	}
	return "CREATE TABLE " + d.QuoteTable(table) + " (" + strings.Join(defined, ", ") + ")"
}

func (d postgres) Insert(insert sqldest.Insert) string { return sqldest.InsertOnConflict(d, insert) }

func (d postgres) Describe(ctx context.Context, tx *sql.Tx, table string) (there sqldest.Table, err error) {
	err = eachRowOf(ctx, tx, `
		SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'f', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		ORDER BY a.attnum`, []any{d.schema, table}, func(row *sql.Rows) error {
		var column sqldest.Column
		err := row.Scan(&column.Name, &column.SQLType)
		there.Columns = append(there.Columns, column)
		return err
	})
	if err != nil || len(there.Columns) == 0 {
		return there, err
	}
	err = eachRowOf(ctx, tx, `
		SELECT i.relname, a.attname, EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = x.indexrelid)
		FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
		JOIN pg_catalog.pg_class c ON c.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
		WHERE n.nspname = $1 AND c.relname = $2 AND x.indisunique AND x.indisvalid AND x.indimmediate
			AND x.indpred IS NULL AND x.indexprs IS NULL AND k.place <= x.indnkeyatts
		ORDER BY i.relname, k.place`, []any{d.schema, table}, func(row *sql.Rows) error {
		var index, column string
		var constraint bool
		err := row.Scan(&index, &column, &constraint)
		if n := len(there.Unique); n == 0 || there.Unique[n-1].Name != index {
			there.Unique = append(there.Unique, sqldest.Index{Name: index, Constraint: constraint})
		}
		last := &there.Unique[len(there.Unique)-1]
		last.Columns = append(last.Columns, column)
		return err
	})
	return there, err
}

func eachRowOf(ctx context.Context, tx *sql.Tx, query string, args []any, scan func(*sql.Rows) error) (err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Format is that of COPY in text form.
func (postgres) Format() sqldest.BulkFormat {
	return sqldest.BulkFormat{Null: `\N`, Between: "\t", End: "\n"}
}

func (d postgres) Load(ctx context.Context, driverConn any, table string, columns []string, rows io.Reader) error {
	conn, ok := driverConn.(*stdlib.Conn)
	if !ok {
		return fmt.Errorf("a connection of Go type %T is none of pgx", driverConn)
	}
	_, err := conn.Conn().PgConn().CopyFrom(ctx, rows, "COPY "+table+" ("+d.list(columns)+") FROM STDIN")
	return err
}

// Stage is a temporary table that goes with the transaction: a pooler may give the
// connection to others after it.
func (d postgres) Stage(table string, columns []string) (stage, statement string) {
	const name = `pg_temp."_mage_dest_stage"`
	return name, "CREATE TEMPORARY TABLE " + name + " ON COMMIT DROP AS SELECT " + d.list(columns) + " FROM " + d.QuoteTable(table) + " WITH NO DATA"
}

// Merge tells rows that were inserted from those that were there: only the latter have
// been locked, which leaves a mark in xmax.
func (d postgres) Merge(stage string, insert sqldest.Insert) string {
	list := d.list(insert.Columns)
	return "WITH merged AS (INSERT INTO " + d.QuoteTable(insert.Table) + " (" + list + ") SELECT " + list + " FROM " + stage +
		sqldest.OnConflict(d, insert) + " RETURNING (xmax = 0) AS is_new)" +
		" SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM merged"
}

func (postgres) IsConflict(err error) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && failed.Code == "23505"
}

// Classify goes by the SQLSTATE of the server's error, and takes an error without one
// for a connection that was lost, or could not be made.
func (postgres) Classify(err error) error {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return classifyState(failed, err)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, sql.ErrConnDone), errors.Is(err, driver.ErrBadConn), pgconn.SafeToRetry(err):
		return base.Retryable(err)
	case strings.Contains(err.Error(), "conn closed"): // pgx has no value for it
		return base.Retryable(err)
	}
	return err
}

// classifyState: what may go well another time is a connection that the server ended or
// cannot take now, a deadlock, a lock, memory or disk that is short, a statement that
// was cancelled or took too long, and something that another process has made in the
// meantime. A value or row that the server refuses it will refuse again.
func classifyState(failed *pgconn.PgError, err error) error {
	if failed.Code == "23505" || failed.Code == "23503" { // the detail names the key; that of others may be the row
		err = fmt.Errorf("%w: %s", err, failed.Detail)
	}
	switch failed.Code {
	case "57P01", "57P02", "57P03", "57P05", "57014", "40001", "40P01", "55P03", "55006", "25006", "42P06", "42P07", "42701", "42710":
		return base.Retryable(err)
	}
	switch failed.Code[:min(2, len(failed.Code))] {
	case "08", "53", "58":
		return base.Retryable(err)
	case "23":
		if strings.HasPrefix(failed.ConstraintName, "pg_") { // two processes made one thing
			return base.Retryable(err)
		}
		return base.Permanent(err)
	case "21", "22", "44", "54", "P0":
		return base.Permanent(err)
	}
	return err
}

// ReadColumn is the column's JSON.
func (d postgres) ReadColumn(column sqldest.Column) string {
	name := d.Quote(column.Name)
	switch column.SQLType {
	case timestamptz:
		return `to_json(to_char(` + name + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text`
	case jsonbType, jsonType:
		return name + "::text"
	}
	return "to_json(" + name + ")::text"
}

func (postgres) Decode(_ sqldest.Column, _ sqldest.Type, stored any) (base.Value, error) {
	text, ok := stored.(string)
	if !ok {
		return nil, fmt.Errorf("a value of Go type %T is no JSON text", stored)
	}
	return base.Value(text), nil
}
