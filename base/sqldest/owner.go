package sqldest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

// ownerStream stands in the place of a stream's name where RunsTable says who owns a run:
// the last process that resumed it. No stream is without a name.
const ownerStream = ""

// errTakenOver is a run that another process has resumed since.
var errTakenOver = errors.New("another process has taken the run over: nothing of this batch was written, that one writes it")

// takeOver makes this writer the owner of a run. A transaction of the owner before that is
// under way is waited for: it holds the row that goes.
func (w *Writer) takeOver(ctx context.Context, tx *sql.Tx, runID string) error {
	where := " WHERE " + w.dialect.Quote(runColumn) + " = " + w.dialect.Placeholder(1) +
		" AND " + w.dialect.Quote(streamColumn) + " = " + w.dialect.Placeholder(2)
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+w.table(RunsTable)+where, runID, ownerStream); err != nil {
		return fmt.Errorf("take the run over: %w", err)
	}
	token := rand.Text()
	insert := Insert{Table: RunsTable, Columns: []string{runColumn, streamColumn, lastColumn, sumColumn}, Rows: 1}
	if _, err := tx.ExecContext(ctx, w.dialect.Insert(insert), runID, ownerStream, 0, token); err != nil {
		return fmt.Errorf("take the run over: %w", err)
	}
	w.runID, w.token = runID, token
	return nil
}

// owned makes sure, to the end of a transaction, that the run is still this writer's. It
// changes the row so that whoever takes the run over waits.
func (w *Writer) owned(ctx context.Context, tx *sql.Tx) error {
	if w.token == "" {
		return nil
	}
	last := w.dialect.Quote(lastColumn)
	result, err := tx.ExecContext(ctx, "UPDATE "+w.table(RunsTable)+" SET "+last+" = "+last+" + 1"+
		" WHERE "+w.dialect.Quote(runColumn)+" = "+w.dialect.Placeholder(1)+
		" AND "+w.dialect.Quote(streamColumn)+" = "+w.dialect.Placeholder(2)+
		" AND "+w.dialect.Quote(sumColumn)+" = "+w.dialect.Placeholder(3), w.runID, ownerStream, w.token)
	if err != nil {
		return fmt.Errorf("see whose the run is: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return errTakenOver
}
