package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// alter are the statements that make the table, or add what it lacks and widen what
// is too narrow. The plan learns the SQL types of the columns that are there, and
// loses those that it may not add.
func (w *Writer) alter(p *plan, there Table) ([]change, error) {
	missing, widen := w.compare(p, there.Columns)
	isNew := len(there.Columns) == 0
	if !isNew && w.options.SchemaChange == Freeze {
		if err := p.frozen(missing, widen); err != nil {
			return nil, err
		}
	}
	if !isNew && w.options.SchemaChange == Discard {
		p.leave(missing)
		return nil, nil // what would have to be wider refuses the records that need it
	}
	if limit := w.dialect.Limits().Columns; limit > 0 && len(there.Columns)+len(missing) > limit {
		return nil, fmt.Errorf("it would have %d columns and the database allows %d: select fewer columns of the stream in the tap",
			len(there.Columns)+len(missing), limit)
	}
	if isNew {
		return changes("make it", w.dialect.CreateTable(p.table, missing)), nil
	}
	var add []string
	for _, c := range missing {
		add = append(add, "ALTER TABLE "+w.table(p.table)+" ADD COLUMN "+w.dialect.Quote(c.Name)+" "+c.SQLType)
	}
	return changes("change it", slices.Concat(widen, add)...), nil
}

// frozen says what a table that may not be changed lacks.
func (p *plan) frozen(missing []Column, widen []string) error {
	if len(missing) == 0 && len(widen) == 0 {
		return nil
	}
	var lacks []string
	for _, c := range missing {
		lacks = append(lacks, fmt.Sprintf("column %q (%s)", c.Name, c.SQLType))
	}
	lacks = append(lacks, widen...)
	return fmt.Errorf("schema_change is freeze, and the table lacks %s: change the table, or set schema_change to evolve or discard",
		strings.Join(lacks, ", "))
}

// leave takes columns out of the plan.
func (p *plan) leave(missing []Column) {
	absent := map[string]bool{}
	for _, c := range missing {
		absent[c.Name] = true
	}
	var kept []planned
	for _, c := range p.columns {
		if absent[c.Name] {
			p.left = append(p.left, c)
		} else {
			kept = append(kept, c)
		}
	}
	p.columns = kept
}

// tellLeft says which columns are not stored.
func (p *plan) tellLeft(log *slog.Logger) {
	var names []string
	for i := range p.left {
		if p.left[i].own == nil {
			names = append(names, p.left[i].label())
		}
	}
	if len(names) > 0 {
		log.Warn("Columns that the table lacks are not stored: schema_change is discard.",
			"stream", p.stream, "table", p.table, "columns", names)
	}
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
		wider := p.extra.wider[c.Name]
		switch {
		case !ok:
			c.SQLType = w.columnType(c)
			if wider != "" {
				c.SQLType = wider
			}
			missing = append(missing, c.Column)
		case wider != "" && column.SQLType != wider:
			c.SQLType = wider
			widen = append(widen, w.extensions.typer.Retype(p.table, column, wider)...)
		default:
			var statements []string
			c.SQLType, statements = w.widen(p.table, column, c)
			if w.options.SchemaChange == Discard {
				c.SQLType = column.SQLType
			}
			widen = append(widen, statements...)
		}
	}
	return missing, widen
}

func (w *Writer) columnType(c *planned) string {
	if w.extensions.typer != nil {
		return w.extensions.typer.ColumnFor(c.property)
	}
	return w.dialect.ColumnType(c.typ)
}

func (w *Writer) widen(table string, column Column, c *planned) (sqlType string, statements []string) {
	if w.extensions.typer != nil {
		return w.extensions.typer.WidenFor(table, column, c.property)
	}
	return w.dialect.Widen(table, column, c.typ)
}

// readable is the order of a new table's columns: what came with the stream, then
// the writer's own.
func (p *plan) readable() []int {
	order := make([]int, len(p.columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch aOwn, bOwn := p.columns[a].own != nil, p.columns[b].own != nil; {
		case aOwn == bOwn:
			return 0
		case aOwn:
			return 1
		}
		return -1
	})
	return order
}

// change is a statement that changes what is there, and what it is for.
type change struct{ statement, aim string }

// changes are statements with one aim.
func changes(aim string, statements ...string) []change {
	all := make([]change, len(statements))
	for i, statement := range statements {
		all[i] = change{statement, aim}
	}
	return all
}

func execute(ctx context.Context, tx *sql.Tx, all []change) error {
	for _, c := range all {
		if _, err := tx.ExecContext(ctx, c.statement); err != nil {
			return fmt.Errorf("%s: %w", c.aim, err)
		}
	}
	return nil
}
