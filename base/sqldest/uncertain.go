package sqldest

import (
	"context"
	"database/sql"
	"errors"

	"github.com/mage-dest/mage-dest/base"
)

// judge marks an error by what may be done about it. After a commit that failed nobody
// knows whether the batch is stored, so it is tried again only where that does no harm:
// rows with a key take the place of themselves, and a run with an ID finds its mark.
func (w *Writer) judge(ctx context.Context, p *plan, err error) error {
	if !errors.Is(err, errCommit) || w.extensions.classifier == nil {
		return w.classify(err)
	}
	if base.BatchFromContext(ctx).RunID != "" {
		w.uncertain[p.stream] = true
		return w.extensions.classifier.Classify(err)
	}
	if len(p.key) > 0 {
		return w.extensions.classifier.Classify(err)
	}
	return err
}

// settled finds out whether a batch is stored whose commit failed before.
func (w *Writer) settled(ctx context.Context, p *plan) (bool, error) {
	if !w.uncertain[p.stream] {
		return false, nil
	}
	batch, marks := base.BatchFromContext(ctx), map[string]base.Mark{}
	err := inTransaction(ctx, w.db, func(tx *sql.Tx) error { return w.readMarks(ctx, tx, batch.RunID, marks) })
	if err != nil {
		return false, err
	}
	delete(w.uncertain, p.stream)
	return marks[p.stream].Last >= batch.Last, nil
}
