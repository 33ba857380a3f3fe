// Package sqldest is what every SQL destination shares. It knows no driver: it
// writes through database/sql, and what differs from one database to the next
// is a Dialect: how it quotes, which types it has, what is there of a table. A dialect
// may have more than that, see Classifier and the interfaces beside it: with a BulkLoader
// rows go by the database's own way for many, and in no other.
//
// A connector opens its database, makes one Writer and hands on what base calls
// it with:
//
//	func (d *Destination) Open(ctx context.Context) error {
//		db, err := sql.Open("driver", d.Config().URL)
//		if err != nil {
//			return err
//		}
//		d.writer = sqldest.New(db, dialect{}, sqldest.Options{Logger: d.Logger()})
//		return nil
//	}
//
//	func (d *Destination) HandleSchema(ctx context.Context, stream base.Stream) error {
//		return d.writer.HandleSchema(ctx, stream)
//	}
//
//	func (d *Destination) ActivateVersion(ctx context.Context, stream base.Stream, version int64) error {
//		return d.writer.ActivateVersion(ctx, stream, version)
//	}
//
//	func (d *Destination) ResumeRun(ctx context.Context, runID string) (map[string]base.Mark, error) {
//		return d.writer.ResumeRun(ctx, runID)
//	}
//
//	func (d *Destination) FinishRun(ctx context.Context, runID string) error {
//		return d.writer.FinishRun(ctx, runID)
//	}
//
//	func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
//		return d.writer.Write(ctx, d.Stream(stream), recordData)
//	}
//
// # Tables
//
// A stream is a table of its name, after Options.TablePrefix; Options.Table names
// the table of the one stream of a run. HandleSchema creates it, and later adds
// the columns that a schema has and the table lacks. Tables, columns and rows
// are never dropped for a schema, and the same schema twice changes nothing.
//
// A property is a column of its name, quoted, whatever the name holds. Names
// that a database cannot tell apart, empty ones, ones with U+0000 and ones that
// are too long get a suffix made of their own hash, so that the same property
// finds the same column in every run.
//
// A column that comes with a record and is not in the schema is added to the
// table as one of type Mixed, with a warning: nothing is dropped.
//
// Options.SchemaChange says whether a table that is there may change at all, and
// Options.FlattenDepth makes columns of the members of objects: parent__child. PlanSchema
// tells the statements that HandleSchema would run, for --dry_run.
//
// # Rows
//
// A batch is one transaction. A stream with unique_constraints, or else with
// key_properties, has one row per key, kept by a unique index: by UPDATE, the
// default, the last record with a key wins and a column that it lacks becomes
// NULL; by IGNORE the first one stays. A record in which a key is missing or null
// is refused, and so is one with a value that the database cannot hold: where the
// run sets such records aside they are listed in a *base.BatchError, and all others
// of the batch are stored; where it fails at them nothing of the batch is. When the
// key of a stream changes, the index of the former key goes, and HandleSchema
// fails if the rows that are there are not unique by the new one. A stream
// without a key appends.
//
// So it is with the load method Upsert. AppendOnly adds a row for each record, and
// Overwrite empties the table in one transaction with the first rows that take the place
// of the old ones. With Options.HardDelete a record that has a time in _sdc_deleted_at
// deletes the row of its key.
//
// A value that the column is too narrow for changes the column, if the dialect knows a
// wider type that holds all that is there (WiderError), and is then stored.
//
// # Runs with an ID
//
// In a run with --run_id each batch leaves in RunsTable, in its own transaction, how
// far the run has come with the stream: a run that was cut off is made again with
// the same ID over the same input and stores every row once, with or without a key. That a
// run is through is noted there for a week: one that was killed at its very end is made
// again, too.
//
// # Speed
//
// Rows are encoded on a goroutine of their own while those before are inserted,
// and inserted with the driver itself where that has no rules of its own for
// arguments; memory serves batch after batch. BenchmarkSQLite tells how near this
// comes to a loop that is written by hand for one table.
//
// With a BulkLoader rows are written as text on a goroutine of their own while the
// database takes those before. A table that this run has made takes them straight, as
// long as no key comes twice; any other gets them from a table of the batch's own, by one
// statement.
//
// # Columns of the writer's own
//
// _mage_created_at and _mage_updated_at are in every table: UTC, as
// "2006-01-02 15:04:05.000000", the same in all rows of a batch; an update keeps
// the first. _sdc_table_version is there from the first record on that bears a
// version: ActivateVersion deletes the rows of other versions, or marks them in
// _sdc_deleted_at with Options.SoftDelete. Options.SingerColumns adds all that Singer's
// SDK has, and Options.WithoutMageColumns leaves Mage's two out. A property of such a
// name stays the stream's own.
//
// # Faults
//
// With a Classifier an error of the database is tried again where that may help, on
// another connection. A commit whose answer did not come is done or not: the batch is
// tried again if its rows have a key, or if the run has an ID, whose mark then tells;
// else the run fails.
package sqldest
