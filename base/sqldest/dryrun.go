package sqldest

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// PlanSchema answers base.SchemaPlanner: the statements that HandleSchema would run,
// after those that were planned before. Nothing is changed.
func (w *Writer) PlanSchema(ctx context.Context, stream base.Stream) (statements []string, err error) {
	p, err := w.newPlan(stream, additions{})
	if err != nil {
		return nil, err
	}
	err = inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		all, _, err := w.build(ctx, tx, p, stream)
		for _, c := range all {
			statements = append(statements, c.statement)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("table %q: %w", p.table, w.classify(err))
	}
	w.imagine(p)
	return statements, nil
}

// imagine notes what a table would be after a plan.
func (w *Writer) imagine(p *plan) {
	there := Table{Columns: w.imagined[p.table].Columns}
	known := map[string]bool{}
	for _, c := range there.Columns {
		known[c.Name] = true
	}
	for _, i := range p.readable() {
		if c := p.columns[i]; !known[c.Name] {
			there.Columns = append(there.Columns, c.Column)
		}
	}
	for i := range there.Columns {
		for _, c := range p.columns {
			if c.Name == there.Columns[i].Name {
				there.Columns[i].SQLType = c.SQLType
			}
		}
	}
	if len(p.key) > 0 {
		names := p.columnNames(p.key)
		there.Unique = []Index{{Name: indexName(p.table, names), Columns: names}}
	}
	w.imagined[p.table] = there
}

// describe tells what is there of a table, or would be if what was planned were done.
func (w *Writer) describe(ctx context.Context, tx *sql.Tx, table string) (Table, error) {
	if there, ok := w.imagined[table]; ok {
		return there, nil
	}
	return w.dialect.Describe(ctx, tx, table)
}
