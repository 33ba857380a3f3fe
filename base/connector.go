package base

import (
	"context"
	"io/fs"
	"log/slog"
	"time"
)

// Exporter is the one method an author writes.
type Exporter interface {
	// ExportBatchData writes a batch of one stream to the store. It is called
	// once per stream and batch, never twice at the same time, with at least one
	// record, all of one schema.
	//
	// nil means that every record is durable: the state that follows them may be
	// told to the tap, which then never sends them again. A *BatchError means that
	// the records it lists failed and the rest are durable. An error marked with
	// Retryable, RetryAfter, TooLarge or Permanent says what may be done with the
	// records. Any other error means that nothing may be taken for durable: the run
	// goes on with the other streams of the set, then fails, and the stream's bookmark
	// stays where it was.
	//
	// recordData and what it points to may be used again after the call; keep
	// Record.Clone, not the records. ctx ends when the shutdown timeout has passed.
	ExportBatchData(ctx context.Context, recordData []RecordData, stream string, tags Tags) error
}

// Connector is what Main and Run take: a type that embeds Destination and has
// ExportBatchData. The unexported method makes sure of the first, so a connector
// that lacks either does not compile.
type Connector interface {
	Exporter
	attach() attachment
}

// The interfaces below are optional. Base asks once, at the start, which of them
// the author's type has; --about prints the answer. A method that has one of
// their names and another signature is an error at the start: Go would ignore it
// in silence.
type (
	// Opener is called once, before the first method that needs the store: at the
	// first SCHEMA, or before TestConnection.
	Opener interface {
		Open(ctx context.Context) error
	}

	// Closer is called once at the end of a run in which Open, or the first export,
	// was called, whether that went well or not; but not beside a call that hangs
	// and was given up.
	Closer interface {
		Close(ctx context.Context) error
	}

	// ConnectionTester answers --test_connection, after Open. Without it Open and
	// Close are tried; without those there is nothing to test and the exit code is 2.
	ConnectionTester interface {
		TestConnection(ctx context.Context) error
	}

	// BeforeProcessor is Mage's hook before_process: called first of all.
	BeforeProcessor interface {
		BeforeProcess(ctx context.Context) error
	}

	// AfterProcessor is Mage's hook after_process: called when all input was
	// exported, before Close, or when the connection was tested or the templates
	// printed; not after a failure.
	AfterProcessor interface {
		AfterProcess(ctx context.Context) error
	}

	// SchemaHandler is called for each schema that is new or differs from the one
	// before, after all records that were read under the earlier one are exported
	// and before the first of the new one. Here tables are created and altered.
	// It is called for streams that never send a record, too.
	SchemaHandler interface {
		HandleSchema(ctx context.Context, stream Stream) error
	}

	// SchemaPlanner answers --dry_run, in the place of SchemaHandler: the statements
	// with which HandleSchema would change the store, as if those that were planned before
	// had been run. It changes nothing.
	SchemaPlanner interface {
		PlanSchema(ctx context.Context, stream Stream) (statements []string, err error)
	}

	// VersionActivator is called for ACTIVATE_VERSION, after all records read
	// before it are exported: rows of other versions may go. It is not called for
	// a stream without a schema, nor when anything before it failed.
	VersionActivator interface {
		ActivateVersion(ctx context.Context, stream Stream, version int64) error
	}

	// Deduplicator is Mage's hook remove_duplicate_rows: it returns the records
	// of a batch that are to be exported. It is called before the records are
	// handed to ExportBatchData.
	Deduplicator interface {
		RemoveDuplicateRows(recordData []RecordData, stream string) []RecordData
	}

	// DeadLetterer takes the records that were refused, with on_invalid:
	// dead_letter, in the place of the file: a container's file dies with it. nil
	// means that they are durable.
	DeadLetterer interface {
		ExportDeadLetters(ctx context.Context, letters []DeadLetter) error
	}

	// RunResumer makes a load exactly once: with the flag --run_id a run that was cut
	// off goes on where it was. ResumeRun is called after Open and returns, for each
	// stream of which the run with this ID has stored records, how far it has come;
	// nothing for an ID that is new. ExportBatchData stores that with the rows, all or
	// nothing: for Batch.RunID and the stream a Mark of Batch.Last and Batch.Sum, in the
	// place of the one before. Batches are cut elsewhere in each run, so nothing else
	// can tell what is stored.
	//
	// As Batch.AllOrNone is true in such a run, a batch with records that cannot be
	// stored is taken back as a whole: return a *BatchError with NoneStored.
	RunResumer interface {
		ResumeRun(ctx context.Context, runID string) (map[string]Mark, error)
	}

	// Claimer tells what the connector promises beside what its methods show, for --about
	// and for the tests of package basetest: "upsert", rows are kept by key;
	// "schema_evolution", columns are added; "metadata_columns", rows bear the time at
	// which they were written; package conform lists all. It may be called at any time.
	Claimer interface {
		Claims() []string
	}

	// RunFinisher is called when all input of a run with an ID is stored and its state
	// told. What RunResumer returns for it is still needed for a while: the process may be
	// killed before anybody knows that the run is through, and is then made again. Forget
	// it after some days.
	RunFinisher interface {
		FinishRun(ctx context.Context, runID string) error
	}
)

// Info is what a connector's main says of it.
type Info struct {
	// Name is the connector's name, in kebab case ("acme-crm"). The caller in the
	// log lines ("AcmeCrm") and the prefix of environment variables ("ACME_CRM_")
	// are derived from it.
	Name string

	// Version is a semantic version; "" stands for the version that the Go
	// toolchain recorded in the binary.
	Version string

	// Description is one sentence for --about.
	Description string

	// Templates holds the files that --show_templates prints, templates/*.json.
	Templates fs.FS

	// RecordByRecord is Mage's batch_processing=False: each record is exported on
	// its own, with nil tags, as soon as it is read, and each STATE is written as
	// it was read. For stores that take one record at a time; the default, batches,
	// is faster everywhere.
	RecordByRecord bool

	// Engine, such as package kafka's, gives the program further roles; nil for none.
	Engine Engine
}

// Destination is embedded by every connector; C is the connector's config
// struct. It must not be copied.
type Destination[C any] struct {
	_      noCopy
	core   core
	config C
}

// noCopy makes go vet complain of copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// core is the part of a Destination that has no type parameter.
type core struct {
	logger *slog.Logger
	stream func(name string) Stream
	limits limits
}

// attachment is what a run fills in the author's value.
type attachment struct {
	core   *core
	config any // a pointer to the config struct
}

//lint:ignore U1000 part of the interface Connector
func (d *Destination[C]) attach() attachment {
	return attachment{core: &d.core, config: &d.config}
}

// Config is the connector's config. It is filled before the first method of the
// author's is called, except BeforeProcess.
func (d *Destination[C]) Config() *C { return &d.config }

// Stream tells what is known of a stream: of one that was never named, only the
// name.
func (d *Destination[C]) Stream(name string) Stream {
	if d.core.stream == nil {
		return Stream{Name: name}
	}
	return d.core.stream(name)
}

// Logger writes Mage's log lines; attributes become tags. A line of level ERROR
// makes Mage fail the run at once, so base prints the author's errors as
// WARNING: return the error instead, and the run fails with it.
func (d *Destination[C]) Logger() *slog.Logger {
	if d.core.logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.core.logger
}

// Batch tells a call of ExportBatchData from all others.
type Batch struct {
	// ID is the same whenever the same records are handed over again.
	ID string

	// Attempt counts the calls for these records, from 1.
	Attempt int

	// First and Last are the positions of the batch's first and last record among
	// all records of the stream in the input, from 1. Some between may be missing: those
	// that were refused.
	First, Last int64

	// AllOrNone tells that the rest of a batch is of no use without the records that
	// are refused: they fail the stream (on_invalid: fail), and what was kept would
	// come again in the next run; or the run has an ID. A store that can should then
	// keep nothing of the batch and return a *BatchError with NoneStored.
	AllOrNone bool

	// RunID is the value of --run_id, "" without it, and Sum a checksum of the last
	// record: see RunResumer.
	RunID string
	Sum   string

	// ReadAt is when the first record of the batch was read.
	ReadAt time.Time
}

type batchKey struct{}

// BatchFromContext returns the batch that a call of ExportBatchData is for; outside of
// one it returns the zero Batch.
func BatchFromContext(ctx context.Context) Batch {
	batch, _ := ctx.Value(batchKey{}).(Batch)
	return batch
}

// BatchFrom is the former name of BatchFromContext.
//
// Deprecated: use BatchFromContext, as package context has it; go fix does.
//
//go:fix inline
func BatchFrom(ctx context.Context) Batch { return BatchFromContext(ctx) }
