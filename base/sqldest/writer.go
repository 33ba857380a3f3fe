package sqldest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// Names of the columns that ActivateVersion needs.
const (
	VersionColumn   = "_sdc_table_version"
	DeletedAtColumn = "_sdc_deleted_at"
)

// timestamp is Mage's %Y-%m-%d %H:%M:%S.%f.
const timestamp = "2006-01-02 15:04:05.000000"

// Options are the settings of a Writer; each may be left out.
type Options struct {
	// Table is the table of the one stream of the run; a second stream is then an
	// error. Default: each stream has the table of its name.
	Table string

	// TablePrefix is put before the names of streams.
	TablePrefix string

	// SoftDelete keeps the rows of versions that are no longer active, with the time
	// in _sdc_deleted_at. Default: they are deleted.
	SoftDelete bool

	// Logger gets warnings. Default: nobody does.
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Writer keeps the tables of all streams of a run. Its methods must not be called
// at the same time, and base never does.
type Writer struct {
	db         *sql.DB
	dialect    Dialect
	options    Options
	plans      map[string]*plan  // by stream
	owners     map[string]string // streams by the folded name of their table
	statements *statements
	batch      batch
	indirect   bool // the driver is used through database/sql

	// unversioned holds the streams that sent records without a version.
	unversioned map[string]bool
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
		db: db, dialect: dialect, options: options,
		plans: map[string]*plan{}, owners: map[string]string{}, unversioned: map[string]bool{},
		statements: newStatements(db),
	}
	w.batch.writer = w
	return w
}

// HandleSchema makes the stream's table, or adds to it what its schema has and it
// lacks.
func (w *Writer) HandleSchema(ctx context.Context, stream base.Stream) error {
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
	if _, err := tx.ExecContext(ctx, w.dialect.CreateTable(insert.Table, []Column{column})); err != nil {
		return fmt.Errorf("create a table: %w", err)
	}
	if _, err := tx.ExecContext(ctx, w.dialect.Insert(insert), "1"); err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

// errCommit is a commit that failed: whether its transaction was taken back is not
// known.
var errCommit = errors.New("commit")

// classify marks an error as the dialect says, unless more than a transaction that was
// taken back may be behind it.
func (w *Writer) classify(err error) error {
	if classifier, ok := w.dialect.(Classifier); ok && err != nil && !errors.Is(err, errCommit) {
		return classifier.Classify(err)
	}
	return err
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
