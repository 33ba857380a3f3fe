package sqldest

import (
	"context"
	"database/sql"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// Dialect is what one kind of database does in its own way. Its methods hold
// nothing and may be called at any time, by several goroutines at once.
type Dialect interface {
	// Quote writes a name as an identifier. A name never holds U+0000.
	Quote(name string) string

	// Fold returns the same text for names that the database cannot tell apart.
	Fold(name string) string

	// Placeholder is the n-th parameter of a statement, from 1.
	Placeholder(n int) string

	Limits() Limits

	// ColumnType is the SQL type of a new column.
	ColumnType(t Type) string

	// Widen makes a column of a table fit for values of a type beside those that it
	// holds: the SQL type that it then has and the statements that change it, none
	// if it is fit as it is.
	Widen(table string, column Column, t Type) (sqlType string, statements []string)

	// Encode turns a value that is not null into what the driver binds for a column,
	// without loss; an error refuses the record. The column's SQL type is the one
	// the database has, and t the one of the schema. It is called while rows before
	// are inserted.
	Encode(column Column, t Type, v base.Value) (any, error)

	// Decode turns what the driver returned for a column, and is not nil, back into
	// the value that was encoded.
	Decode(column Column, t Type, stored any) (base.Value, error)

	// Describe tells what is there of a table, in the transaction it is given; a
	// table that is not there has no columns.
	Describe(ctx context.Context, tx *sql.Tx, table string) (Table, error)

	// CreateTable is the statement that makes a table.
	CreateTable(table string, columns []Column) string

	// Insert is the statement that writes an Insert.
	Insert(insert Insert) string
}

// Limits are what a database allows; 0 stands for no limit.
type Limits struct {
	Columns    int // of a table
	Identifier int // bytes of a name

	// Variables of a statement, or fewer where the driver is faster with fewer.
	Variables int
}

// Column is a column of a table.
type Column struct {
	Name    string
	SQLType string
}

// Table is what is there of a table.
type Table struct {
	Columns []Column
	Unique  []Index // unique indexes that hold for all rows, primary key included
}

// Index is an index of a table.
type Index struct {
	Name       string
	Columns    []string
	Constraint bool // it belongs to one
}

// Insert describes a statement that inserts rows.
type Insert struct {
	Table   string
	Columns []string
	Rows    int // sets of parameters

	// Key names the columns of the unique index on which rows conflict; without any
	// the rows are appended.
	Key []string

	// Update names the columns of a row that is there already which get the values
	// of the new one; without any the row stays as it is.
	Update []string
}

// InsertOnConflict writes an Insert in the form INSERT … ON CONFLICT, which
// SQLite and PostgreSQL understand.
func InsertOnConflict(d Dialect, insert Insert) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + tableOf(d, insert.Table) + " (" + quoted(d, insert.Columns) + ") VALUES ")
	n := 0
	for row := range insert.Rows {
		if row > 0 {
			b.WriteString(", ")
		}
		for i := range insert.Columns {
			n++
			b.WriteString([...]string{"(", ", "}[min(i, 1)] + d.Placeholder(n))
		}
		b.WriteByte(')')
	}
	return b.String() + OnConflict(d, insert)
}

// OnConflict is the end of a statement that inserts: ON CONFLICT …, or nothing for rows
// without a key.
func OnConflict(d Dialect, insert Insert) string {
	if len(insert.Key) == 0 {
		return ""
	}
	start := " ON CONFLICT (" + quoted(d, insert.Key) + ") DO "
	if len(insert.Update) == 0 {
		return start + "NOTHING"
	}
	set := make([]string, len(insert.Update))
	for i, name := range insert.Update {
		set[i] = d.Quote(name) + " = excluded." + d.Quote(name)
	}
	return start + "UPDATE SET " + strings.Join(set, ", ")
}

func tableOf(d Dialect, name string) string {
	if schemer, ok := d.(Schemer); ok {
		return schemer.QuoteTable(name)
	}
	return d.Quote(name)
}

func quoted(d Dialect, names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = d.Quote(name)
	}
	return strings.Join(all, ", ")
}
