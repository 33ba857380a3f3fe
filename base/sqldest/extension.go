package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/mage-dest/mage-dest/base"
)

// The interfaces below are what a Dialect may have beside its methods. A Writer asks
// once, when it is made.
type (
	// Classifier tells what may be done about an error.
	Classifier interface {
		// Classify marks an error of the database, after which the transaction was taken
		// back, with base.Retryable, base.Permanent or base.TooLarge, or returns it as it
		// is. A record that breaks a constraint is an error with base.Permanent.
		Classify(err error) error
	}

	// Namer has a name of its own for columns; without it a column has the name of its
	// property.
	Namer interface {
		// ColumnName is the name for a property. The Writer sees to it that it is short
		// enough and no other column's.
		ColumnName(property string) string
	}

	// Typer decides on SQL types by more of a property than its Type: its format, its
	// items, its bounds.
	Typer interface {
		// ColumnFor is the SQL type of a new column, in the place of ColumnType.
		ColumnFor(p base.Property) string

		// WidenFor stands in the place of Widen.
		WidenFor(table string, column Column, p base.Property) (sqlType string, statements []string)

		// Retype are the statements that give a column another SQL type, which holds all
		// that the column holds: see WiderError.
		Retype(table string, column Column, sqlType string) []string
	}

	// Schemer has tables in a schema, and keys that are constraints.
	Schemer interface {
		// QuoteTable names a table, or an index, together with its schema.
		QuoteTable(name string) string

		// MakeSchema are the statements that make the schema, none if it is there.
		MakeSchema(ctx context.Context, tx *sql.Tx) ([]string, error)

		// AddKey are the statements that make rows unique by some columns: an index, or
		// a constraint, of the name. The table is new if it was made for this.
		AddKey(table, name string, columns []string, isNew bool) []string

		// DropKey are the statements that take an index away that AddKey made.
		DropKey(table string, index Index) []string
	}

	// Reader reads columns back in a form of its own.
	Reader interface {
		// ReadColumn is the expression that Decode gets the value of.
		ReadColumn(column Column) string
	}

	// BulkLoader loads rows by the database's own way for many: COPY, say. A Writer then
	// inserts in no other way.
	BulkLoader interface {
		// Format is how rows are written.
		Format() BulkFormat

		// BulkEncoder returns what writes the values of a column. It is asked for once
		// for a table.
		BulkEncoder(column Column, t Type) BulkEncoder

		// Load writes rows into a table, on a connection of the driver with an open
		// transaction. The table is named as in a statement. After an error the
		// transaction is of no use, but for its savepoints.
		Load(ctx context.Context, driverConn any, table string, columns []string, rows io.Reader) error

		// Stage names a table, as in a statement, for the rows of a batch, and makes it,
		// with some columns of another one. It is gone after the transaction.
		Stage(table string, columns []string) (stage, statement string)

		// Merge is the statement that inserts the rows of a stage and gives one row of
		// two numbers: the rows inserted and those updated.
		Merge(stage string, insert Insert) string

		// IsConflict tells an error that says that a row with the same key is there.
		IsConflict(err error) bool
	}
)

// BulkFormat is what stands round the values of rows.
type BulkFormat struct {
	Null    string // in the place of a value
	Between string // two values of a row
	End     string // of each row
}

// BulkEncoder appends a value that is not null to a row. An error refuses the record,
// as one of Dialect.Encode does; what it has appended is then dropped.
type BulkEncoder func(row []byte, v base.Value) ([]byte, error)

// WiderError is what an encoder returns for a value that the column can hold only as
// one of another SQL type: the Writer changes the column, if it may, and encodes the
// value again.
type WiderError struct {
	SQLType string // that the column must have
	Column  Column
}

func (e *WiderError) Error() string {
	return fmt.Sprintf("a column of type %s cannot hold it, one of type %s could: change the column, or let the load do it with schema_change: evolve",
		e.Column.SQLType, e.SQLType)
}

// extensions are what a dialect has of the interfaces above; nil where it has not.
type extensions struct {
	classifier Classifier
	namer      Namer
	typer      Typer
	schemer    Schemer
	reader     Reader
	bulk       BulkLoader
}

func extensionsOf(d Dialect) (e extensions) {
	e.classifier, _ = d.(Classifier)
	e.namer, _ = d.(Namer)
	e.typer, _ = d.(Typer)
	e.schemer, _ = d.(Schemer)
	e.reader, _ = d.(Reader)
	e.bulk, _ = d.(BulkLoader)
	return e
}
