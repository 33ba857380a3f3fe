package sqldest

import (
	"log/slog"
	"time"
)

// Options are the settings of a Writer; each may be left out.
type Options struct {
	// Table is the table of the one stream of the run; a second stream is then an
	// error. Default: each stream has the table of its name.
	Table string

	// TablePrefix is put before the names of streams.
	TablePrefix string

	// LoadMethod says what becomes of rows that are there. Default: Upsert.
	LoadMethod LoadMethod

	// SchemaChange says what becomes of a table that lacks what a schema has.
	// Default: Evolve.
	SchemaChange SchemaChange

	// FlattenDepth is how many levels of nested objects become columns of their own,
	// named parent__child. Only properties whose schema lists their own are flattened.
	// Default: none, an object is a column of JSON.
	FlattenDepth int

	// WithoutMageColumns leaves out _mage_created_at and _mage_updated_at.
	WithoutMageColumns bool

	// SingerColumns adds the metadata columns of Singer's SDK: _sdc_extracted_at,
	// _sdc_received_at, _sdc_batched_at, _sdc_deleted_at, _sdc_sequence,
	// _sdc_table_version and _sdc_sync_started_at.
	SingerColumns bool

	// SoftDelete keeps the rows of versions that are no longer active, with the time
	// in _sdc_deleted_at. Default: they are deleted.
	SoftDelete bool

	// HardDelete deletes the row of a record with a time in _sdc_deleted_at, in a stream
	// with a key. Default: the record is stored as any other, and so marks the row.
	HardDelete bool

	// Logger gets warnings, and with a BulkLoader one line a batch with its counts.
	// Default: nobody does.
	Logger *slog.Logger

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// LoadMethod is what Singer's SDK calls load_method.
type LoadMethod string

// The load methods. The zero LoadMethod is Upsert.
const (
	// Upsert keeps one row for each key; streams without one append.
	Upsert LoadMethod = "upsert"

	// AppendOnly adds a row for every record, whatever its key.
	AppendOnly LoadMethod = "append-only"

	// Overwrite empties the table of a stream before its first rows, in one
	// transaction with them, and then works as Upsert.
	Overwrite LoadMethod = "overwrite"
)

// SchemaChange is what a Writer may do with a table that is there. A table that is
// not there is always made.
type SchemaChange string

// The ways to treat a schema that asks for more than the table has. The zero
// SchemaChange is Evolve.
const (
	// Evolve adds and widens columns.
	Evolve SchemaChange = "evolve"

	// Freeze fails the stream.
	Freeze SchemaChange = "freeze"

	// Discard stores what the table has columns for, and says what it leaves out.
	Discard SchemaChange = "discard"
)
