package sqldest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// Writer keeps the tables of all streams of a run. Its methods must not be called
// at the same time, and base never does.
type Writer struct {
	db         *sql.DB
	dialect    Dialect
	extensions extensions
	options    Options
	plans      map[string]*plan  // by stream
	owners     map[string]string // streams by the folded name of their table
	statements *statements
	batch      batch
	indirect   bool // the driver is used through database/sql

	// unversioned holds the streams that sent records without a version.
	unversioned map[string]bool

	fresh     map[string]bool  // streams whose table this run has made, and no row was there twice
	emptied   map[string]bool  // streams whose table this run need not empty any more
	uncertain map[string]bool  // streams with a commit of which nobody knows whether it was made
	imagined  map[string]Table // what tables would be, in a dry run
	runID     string           // of the run that this writer owns
	token     string           // by which it is known as the owner; "" without a run
	started   base.Value       // when the writer was made, in milliseconds since 1970
}

// New returns a Writer for a database, which stays the caller's to close; its
// prepared statements are closed with it.
func New(db *sql.DB, dialect Dialect, options Options) *Writer {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	w := &Writer{
		db: db, dialect: dialect, extensions: extensionsOf(dialect), options: options,
		plans: map[string]*plan{}, owners: map[string]string{}, unversioned: map[string]bool{},
		statements: newStatements(db),
		fresh:      map[string]bool{}, emptied: map[string]bool{}, uncertain: map[string]bool{}, imagined: map[string]Table{},
		started: base.Value(strconv.FormatInt(options.Now().UnixMilli(), 10)),
	}
	w.batch.writer = w
	return w
}

// HandleSchema makes the stream's table, or adds to it what its schema has and it
// lacks.
func (w *Writer) HandleSchema(ctx context.Context, stream base.Stream) error {
	if w.options.LoadMethod == Overwrite && base.Shared(ctx) {
		return errSharedOverwrite
	}
	return w.prepare(ctx, stream, additions{})
}

// Probe makes a table, writes a row and takes both back: it fails if a run could
// not write.
func (w *Writer) Probe(ctx context.Context) error {
	column := Column{Name: "id", SQLType: w.dialect.ColumnType(Text)}
	insert := Insert{Table: "_mage_dest_connection_test", Columns: []string{column.Name}, Rows: 1}
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // what it may say is of no use to anyone
	if err := w.makeTable(ctx, tx, insert.Table, []Column{column}); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, w.dialect.Insert(insert), "1"); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

// makeTable makes a table of the writer's own, and the schema that it is to be in.
func (w *Writer) makeTable(ctx context.Context, tx *sql.Tx, name string, columns []Column) error {
	var schema []string
	if w.extensions.schemer != nil {
		var err error
		if schema, err = w.extensions.schemer.MakeSchema(ctx, tx); err != nil {
			return fmt.Errorf("look up the schema: %w", err)
		}
	}
	return execute(ctx, tx, append(changes("make the schema", schema...), changes("create a table", w.dialect.CreateTable(name, columns))...))
}

// errCommit is a commit that failed: whether its transaction was taken back is not
// known.
var errCommit = errors.New("commit")

// classify marks an error as the dialect says, unless more than a transaction that was
// taken back may be behind it.
func (w *Writer) classify(err error) error {
	if w.extensions.classifier == nil || err == nil || errors.Is(err, errCommit) {
		return err
	}
	return w.extensions.classifier.Classify(err)
}

// classifyAgain is classify for what does no harm when it is done twice, so that a commit
// of which nobody knows may be made again, too.
func (w *Writer) classifyAgain(err error) error {
	if w.extensions.classifier == nil || err == nil {
		return err
	}
	return w.extensions.classifier.Classify(err)
}

// table names a table as a statement does.
func (w *Writer) table(name string) string {
	if w.extensions.schemer != nil {
		return w.extensions.schemer.QuoteTable(name)
	}
	return w.dialect.Quote(name)
}

// beginner is a database or a connection.
type beginner interface {
	BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error)
}

// inTransaction commits what f does, or none of it.
func inTransaction(ctx context.Context, on beginner, f func(tx *sql.Tx) error) error {
	tx, err := on.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing left to take back
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%w: %w", errCommit, err)
	}
	return nil
}
