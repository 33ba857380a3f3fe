package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// alter creates the table or adds what it lacks, and learns the SQL types of the
// columns that are there.
func (w *Writer) alter(ctx context.Context, tx *sql.Tx, p *plan, there []Column) error {
	missing, widen := w.compare(p, there)
	if limit := w.dialect.Limits().Columns; limit > 0 && len(there)+len(missing) > limit {
		return fmt.Errorf("it would have %d columns and the database allows %d: select fewer columns of the stream in the tap",
			len(there)+len(missing), limit)
	}
	if len(there) == 0 {
		return execute(ctx, tx, []string{w.dialect.CreateTable(p.table, missing)})
	}
	for _, c := range missing {
		widen = append(widen, "ALTER TABLE "+w.dialect.Quote(p.table)+" ADD COLUMN "+w.dialect.Quote(c.Name)+" "+c.SQLType)
	}
	return execute(ctx, tx, widen)
}

// compare finds the columns that the table lacks and the statements that widen
// others.
func (w *Writer) compare(p *plan, there []Column) (missing []Column, widen []string) {
	known := make(map[string]Column, len(there))
	for _, c := range there {
		known[c.Name] = c
	}
	for _, i := range p.readable() {
		c := &p.columns[i]
		column, ok := known[c.Name]
		if !ok {
			c.SQLType = w.dialect.ColumnType(c.typ)
			missing = append(missing, c.Column)
			continue
		}
		var statements []string
		c.SQLType, statements = w.dialect.Widen(p.table, column, c.typ)
		widen = append(widen, statements...)
	}
	return missing, widen
}

// readable is the order of a new table's columns: what came with the stream, then
// the writer's own.
func (p *plan) readable() []int {
	order := make([]int, len(p.columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p.columns[a].own == p.columns[b].own:
			return 0
		case p.columns[a].own:
			return 1
		}
		return -1
	})
	return order
}

func execute(ctx context.Context, tx *sql.Tx, statements []string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("change it: %w", err)
		}
	}
	return nil
}
