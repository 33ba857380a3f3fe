package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// RunsTable holds how far runs with an ID have come with each stream. It is made by the
// first run with one.
const RunsTable = "_mage_dest_runs"

// Columns of RunsTable.
const (
	runColumn    = "run_id"
	streamColumn = "stream"
	lastColumn   = "last_record" // its position among those of the stream
	sumColumn    = "last_sum"
	endColumn    = "finished_at" // null while the run is not through
)

// keepFinished is how long a run that is through can be told from a new one. It may
// have been killed after its last commit, and then is made again.
const keepFinished = 7 * 24 * time.Hour

// ResumeRun answers base.RunResumer: how far the run with this ID has come. From then
// on Write stores that in the transaction of the rows, as long as no other process has
// taken the run over: one that was held up, and does not know that it was given up,
// writes nothing any more.
func (w *Writer) ResumeRun(ctx context.Context, runID string) (map[string]base.Mark, error) {
	w.owners[w.dialect.Fold(RunsTable)] = RunsTable // no stream gets it
	marks := map[string]base.Mark{}
	err := inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		there, err := w.dialect.Describe(ctx, tx, RunsTable)
		if err != nil {
			return err
		}
		if len(there.Columns) == 0 {
			if err := w.makeTable(ctx, tx, RunsTable, w.runColumns()); err != nil {
				return err
			}
		}
		if err := w.takeOver(ctx, tx, runID); err != nil {
			return err
		}
		return w.readMarks(ctx, tx, runID, marks)
	})
	if err != nil {
		return nil, fmt.Errorf("table %q, of the runs with an ID: %w", RunsTable, w.classifyAgain(err))
	}
	for stream := range marks {
		w.unversioned[stream] = true // for all that is known; rows without a version stay
		w.emptied[stream] = true
	}
	return marks, nil
}

func (w *Writer) runColumns() []Column {
	text, integer := w.dialect.ColumnType(Text), w.dialect.ColumnType(Integer)
	return []Column{{runColumn, text}, {streamColumn, text}, {lastColumn, integer}, {sumColumn, text}, {endColumn, text}}
}

func (w *Writer) readMarks(ctx context.Context, tx *sql.Tx, runID string, marks map[string]base.Mark) error {
	query := "SELECT " + quoted(w.dialect, []string{streamColumn, lastColumn, sumColumn}) + " FROM " + w.table(RunsTable) +
		" WHERE " + w.dialect.Quote(runColumn) + " = " + w.dialect.Placeholder(1) +
		" AND " + w.dialect.Quote(streamColumn) + " <> " + w.dialect.Placeholder(2)
	rows, err := tx.QueryContext(ctx, query, runID, ownerStream)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err is looked at
	for rows.Next() {
		var stream string
		var mark base.Mark
		if err := rows.Scan(&stream, &mark.Last, &mark.Sum); err != nil {
			return err
		}
		marks[stream] = mark
	}
	return rows.Err()
}

// mark notes, in the transaction of a batch, how far the run has come with it.
func (w *Writer) mark(ctx context.Context, tx *sql.Tx, stream string) error {
	batch := base.BatchFromContext(ctx)
	if batch.RunID == "" {
		return nil
	}
	if err := w.owned(ctx, tx); err != nil {
		return err
	}
	where := " WHERE " + w.dialect.Quote(runColumn) + " = " + w.dialect.Placeholder(1) +
		" AND " + w.dialect.Quote(streamColumn) + " = " + w.dialect.Placeholder(2)
	_, err := tx.ExecContext(ctx, "DELETE FROM "+w.table(RunsTable)+where, batch.RunID, stream)
	if err == nil {
		insert := Insert{Table: RunsTable, Columns: []string{runColumn, streamColumn, lastColumn, sumColumn}, Rows: 1}
		_, err = tx.ExecContext(ctx, w.dialect.Insert(insert), batch.RunID, stream, batch.Last, batch.Sum)
	}
	if err != nil {
		return fmt.Errorf("note how far the run has come: %w", err)
	}
	return nil
}

// FinishRun answers base.RunFinisher: it notes that the run is through, and forgets those
// that have been for a week.
func (w *Writer) FinishRun(ctx context.Context, runID string) error {
	table, ended, now := w.table(RunsTable), w.dialect.Quote(endColumn), w.options.Now().UTC()
	err := inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE "+table+" SET "+ended+" = "+w.dialect.Placeholder(1)+
			" WHERE "+w.dialect.Quote(runColumn)+" = "+w.dialect.Placeholder(2), now.Format(timestamp), runID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE "+ended+" < "+w.dialect.Placeholder(1), now.Add(-keepFinished).Format(timestamp))
		return err
	})
	if err != nil {
		return fmt.Errorf("table %q: note that the run is through: %w", RunsTable, w.classifyAgain(err))
	}
	return nil
}
