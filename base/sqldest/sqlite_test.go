package sqldest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"modernc.org/sqlite"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// dialect is SQLite, as package sqldest wants to know it.
//
// Tables are STRICT, and columns that may hold a number are of type ANY, which
// keeps every value as it was bound. A column of any other type would turn the
// text of a number that is too big for it into the nearest REAL.
type dialect struct{}

var (
	_ sqldest.Dialect    = dialect{}
	_ sqldest.Classifier = dialect{}
)

func (dialect) Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Fold lowers ASCII only, as SQLite does when it compares names.
func (dialect) Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, name)
}

func (dialect) Placeholder(int) string { return "?" }

// Limits are those of SQLite as its makers build it. It would allow 32,766
// variables, but the driver searches all of them for each one: 64, four rows of a
// usual table, were the fastest.
func (dialect) Limits() sqldest.Limits { return sqldest.Limits{Columns: 2000, Variables: 64} }

func (dialect) ColumnType(t sqldest.Type) string {
	if t == sqldest.Text || t == sqldest.JSON {
		return "TEXT"
	}
	return "ANY"
}

// Widen has nothing to do: ANY holds everything, TEXT the text of everything.
func (dialect) Widen(_ string, column sqldest.Column, _ sqldest.Type) (string, []string) {
	return column.SQLType, nil
}

func (d dialect) CreateTable(table string, columns []sqldest.Column) string {
	defined := make([]string, len(columns))
	for i, c := range columns {
		defined[i] = d.Quote(c.Name) + " " + c.SQLType
	}
	return "CREATE TABLE " + d.Quote(table) + " (" + strings.Join(defined, ", ") + ") STRICT"
}

func (d dialect) Insert(insert sqldest.Insert) string { return sqldest.InsertOnConflict(d, insert) }

func (d dialect) Describe(ctx context.Context, tx *sql.Tx, table string) (there sqldest.Table, err error) {
	err = eachRow(ctx, tx, `SELECT name, type FROM pragma_table_xinfo(?, 'main') WHERE hidden = 0 ORDER BY cid`, table,
		func(row *sql.Rows) error {
			var column sqldest.Column
			err := row.Scan(&column.Name, &column.SQLType)
			column.SQLType = strings.ToUpper(column.SQLType)
			there.Columns = append(there.Columns, column)
			return err
		})
	if err != nil || len(there.Columns) == 0 {
		return there, err
	}
	if err := d.resolveAny(ctx, tx, table, there.Columns); err != nil {
		return there, err
	}
	err = eachRow(ctx, tx, `
		SELECT i.name, c.name
		FROM pragma_index_list(?, 'main') i, pragma_index_info(i.name, 'main') c
		WHERE i."unique" AND NOT i.partial AND c.name IS NOT NULL ORDER BY i.seq, c.seqno`, table,
		func(row *sql.Rows) error {
			var index, column string
			err := row.Scan(&index, &column)
			if n := len(there.Unique); n == 0 || there.Unique[n-1].Name != index {
				there.Unique = append(there.Unique, sqldest.Index{Name: index})
			}
			last := &there.Unique[len(there.Unique)-1]
			last.Columns = append(last.Columns, column)
			return err
		})
	return there, err
}

// resolveAny writes NUMERIC for ANY where the table is not STRICT: that is what
// SQLite makes of the name there.
func (dialect) resolveAny(ctx context.Context, tx *sql.Tx, table string, columns []sqldest.Column) error {
	return eachRow(ctx, tx, `SELECT strict FROM pragma_table_list(?) WHERE schema = 'main'`, table,
		func(row *sql.Rows) error {
			var strict bool
			err := row.Scan(&strict)
			for i := range columns {
				if columns[i].SQLType == "ANY" && !strict {
					columns[i].SQLType = "NUMERIC"
				}
			}
			return err
		})
}

func eachRow(ctx context.Context, tx *sql.Tx, query, table string, scan func(*sql.Rows) error) (err error) {
	rows, err := tx.QueryContext(ctx, query, table)
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

// Encode binds a value so that the column keeps it as it is:
//
//	ANY   true and false as 1 and 0; a number as INTEGER or REAL where that says
//	      exactly the same, else its digits as TEXT; strings as TEXT; objects and
//	      arrays as JSON text
//	TEXT  a string as it is, anything else as JSON text
//
// Other types are those of tables that were there before; what they would change
// is an error.
func (dialect) Encode(column sqldest.Column, t sqldest.Type, v base.Value) (any, error) {
	affinity := affinityOf(column.SQLType)
	if affinity == "TEXT" {
		return sqldest.TextOf(v)
	}
	bound, err := natural(t, v)
	if err == nil && affinity != "" && !kept(affinity, bound) {
		return nil, fmt.Errorf("the table was made with a column of type %s, which would change the value: load into another table",
			column.SQLType)
	}
	return bound, err
}

// natural is the value in the storage class that is its own.
func natural(t sqldest.Type, v base.Value) (any, error) {
	switch v.Kind() {
	case base.KindBool:
		if value, _ := v.Bool(); value {
			return int64(1), nil
		}
		return int64(0), nil
	case base.KindNumber:
		return number(t, v), nil
	}
	return sqldest.TextOf(v)
}

// number prefers REAL in a column for fractions, so that SQL divides all of its
// values alike, and INTEGER elsewhere.
func number(t sqldest.Type, n base.Value) any {
	if t == sqldest.Number {
		if value, ok := sqldest.Float64(n); ok {
			return value
		}
	}
	if t == sqldest.Integer || t == sqldest.Number || !bytes.ContainsAny(n, ".eE") {
		if value, ok := sqldest.Int64(n); ok {
			return value
		}
	}
	if value, ok := sqldest.Float64(n); ok {
		return value
	}
	return string(n)
}

// affinityOf is what SQLite makes of a declared type, "" where it changes nothing.
func affinityOf(declared string) string {
	has := func(part string) bool { return strings.Contains(declared, part) }
	switch {
	case declared == "TEXT": // with ANY all that this package makes
		return "TEXT"
	case declared == "" || declared == "ANY":
		return ""
	case has("INT"):
		return "INTEGER"
	case has("CHAR") || has("CLOB") || has("TEXT"):
		return "TEXT"
	case has("BLOB"):
		return ""
	case has("REAL") || has("FLOA") || has("DOUB"):
		return "REAL"
	}
	return "NUMERIC"
}

// kept tells whether a column that turns text into numbers, and integers into
// fractions, keeps a value.
func kept(affinity string, bound any) bool {
	switch value := bound.(type) {
	case string:
		_, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return errors.Is(err, strconv.ErrSyntax)
	case int64:
		return affinity != "REAL" || int64(float64(value)) == value
	}
	return true
}

// Decode reads a value back as the schema has it.
func (dialect) Decode(_ sqldest.Column, t sqldest.Type, stored any) (base.Value, error) {
	switch value := stored.(type) {
	case int64:
		if t == sqldest.Boolean && (value == 0 || value == 1) {
			return strconv.AppendBool(nil, value == 1), nil
		}
		return strconv.AppendInt(nil, value, 10), nil
	case float64:
		return strconv.AppendFloat(nil, value, 'g', -1, 64), nil
	case string:
		if t != sqldest.Text && t != sqldest.Mixed && json.Valid([]byte(value)) {
			return base.Value(value), nil
		}
		return sqldest.JSONString(value), nil
	}
	return nil, fmt.Errorf("a value of Go type %T is none that was written", stored)
}

// Classify marks errors by SQLite's primary result code. Another process that holds
// the lock for longer than busy_timeout may have let it go by the next attempt, and
// a full disk may have got room; a row that breaks a constraint, of a trigger say,
// will break it again.
func (dialect) Classify(err error) error {
	const (
		busy       = 5
		locked     = 6
		full       = 13
		tooBig     = 18
		constraint = 19
	)
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return err
	}
	switch failed.Code() & 0xff {
	case busy, locked, full:
		return base.Retryable(err)
	case tooBig, constraint:
		return base.Permanent(err)
	}
	return err
}
