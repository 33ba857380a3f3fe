package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// plan says how the records of a stream become rows, under one schema.
type plan struct {
	stream  string
	table   string
	schema  *base.Schema
	extra   additions
	columns []planned // the writer's own first
	owned   int       // how many those are
	left    []planned // columns that the table lacks and may not get
	root    *level    // where the columns of records go
	key     []int
	ignore  bool // rows that are there stay

	// Places of the writer's own columns, and of _sdc_deleted_at whoever fills it; -1
	// for one that the table lacks.
	version int
	created int
	updated int
	deleted int
}

// planned is a column and the property that fills it.
type planned struct {
	Column
	path     []string // of the property, through the objects that are flattened
	property base.Property
	typ      Type
	own      *ownColumn // nil where a property fills the column
	encode   BulkEncoder
}

// label is the name that the column is to have.
func (c *planned) label() string { return strings.Join(c.path, "__") }

// additions are what the records of a stream have shown its table to need.
type additions struct {
	columns   [][]string        // paths that are not in the schema
	versioned bool              // some record bears a version
	wider     map[string]string // SQL types by column
}

// with are the additions known before and those of a batch.
func (a additions) with(found additions) additions {
	sum := additions{
		columns:   slices.Concat(a.columns, found.columns),
		versioned: a.versioned || found.versioned,
		wider:     map[string]string{},
	}
	for _, wider := range []map[string]string{a.wider, found.wider} {
		for column, sqlType := range wider {
			sum.wider[column] = sqlType
		}
	}
	return sum
}

// prepare makes the plan of a stream and the table that it needs.
func (w *Writer) prepare(ctx context.Context, stream base.Stream, extra additions) error {
	p, err := w.newPlan(stream, extra)
	if err != nil {
		return err
	}
	made := false
	err = inTransaction(ctx, w.db, func(tx *sql.Tx) error {
		all, isNew, err := w.build(ctx, tx, p, stream)
		if err != nil {
			return err
		}
		made = isNew
		return execute(ctx, tx, all)
	})
	if err != nil {
		return fmt.Errorf("table %q: %w", p.table, w.classifyAgain(err))
	}
	w.plans[stream.Name] = p
	if made {
		w.fresh[stream.Name] = true
	}
	p.tellLeft(w.options.Logger)
	return nil
}

// newPlan is a plan that still has to be held against the table.
func (w *Writer) newPlan(stream base.Stream, extra additions) (*plan, error) {
	if stream.Schema == nil {
		return nil, fmt.Errorf("stream %s has no schema: a SCHEMA message has to come first", stream.Name)
	}
	p := &plan{stream: stream.Name, schema: stream.Schema, extra: extra}
	if known := w.plans[stream.Name]; known != nil {
		p.extra = known.extra.with(extra)
	}
	var err error
	p.table, err = w.claimTable(stream.Name)
	return p, err
}

// claimTable is the table of a stream, which it shares with no other.
func (w *Writer) claimTable(stream string) (string, error) {
	name := w.options.Table
	if name == "" {
		name = w.options.TablePrefix + stream
	}
	name = fitting(name, name, w.dialect.Limits().Identifier)
	folded := w.dialect.Fold(name)
	owner, taken := w.owners[folded]
	switch {
	case taken && owner != stream && w.options.Table != "":
		return "", fmt.Errorf("table %q is set for the one stream of the run, and there are %q and %q: leave the setting out, and each stream has a table of its own",
			name, owner, stream)
	case taken && owner != stream:
		return "", fmt.Errorf("streams %q and %q would be one table to the database, %q: load them apart, with different table prefixes",
			owner, stream, name)
	}
	w.owners[folded] = stream
	return name, nil
}

// build holds the plan against the table: what makes the table, or changes it, and
// whether it was not there.
func (w *Writer) build(ctx context.Context, tx *sql.Tx, p *plan, stream base.Stream) (all []change, isNew bool, err error) {
	there, err := w.describe(ctx, tx, p.table)
	if err != nil {
		return nil, false, fmt.Errorf("look up its columns: %w", err)
	}
	isNew = len(there.Columns) == 0
	if err := p.list(w, there); err != nil {
		return nil, false, err
	}
	all, err = w.alter(p, there)
	if err != nil {
		return nil, false, err
	}
	p.arrange()
	if err := p.readKey(stream, w.options.LoadMethod); err != nil {
		return nil, false, err
	}
	if isNew && w.extensions.schemer != nil {
		schema, err := w.extensions.schemer.MakeSchema(ctx, tx)
		if err != nil {
			return nil, false, fmt.Errorf("look up its schema: %w", err)
		}
		all = slices.Concat(changes("make its schema", schema...), all)
	}
	if w.extensions.bulk != nil {
		for i := range p.columns {
			p.columns[i].encode = w.extensions.bulk.BulkEncoder(p.columns[i].Column, p.columns[i].typ)
		}
	}
	return append(all, w.keepUnique(p, there)...), isNew, nil
}

// list collects the columns, the writer's own, those of the schema and those that
// records brought, and gives each its name.
func (p *plan) list(w *Writer, there Table) error {
	_, given := p.schema.Property(VersionColumn)
	made := !given && slices.ContainsFunc(there.Columns, func(c Column) bool { return c.Name == VersionColumn })
	known := map[string]bool{}
	add := func(path []string, property base.Property, own *ownColumn) {
		if id := strings.Join(path, "\x00"); !known[id] {
			known[id] = true
			p.columns = append(p.columns, planned{path: path, property: property, typ: TypeOf(property), own: own})
		}
	}
	for _, own := range w.options.ownColumns(p.schema, p.extra.versioned || made) {
		add([]string{own.name}, own.property(), own)
	}
	for _, name := range []string{base.CreatedAtColumn, base.UpdatedAtColumn} {
		known[name] = true // base puts both into every schema, and the writer may have been told to leave them out
	}
	properties, err := flattened(p.schema, w.options.FlattenDepth)
	if err != nil {
		return err
	}
	for _, f := range properties {
		add(f.path, f.property, nil)
	}
	for _, path := range p.extra.columns {
		add(path, base.Property{Name: path[len(path)-1]}, nil)
	}
	return p.name(w, there.Columns)
}

// name gives each property the name of its column.
func (p *plan) name(w *Writer, there []Column) error {
	wanted := make([]wantedName, len(p.columns))
	for i := range p.columns {
		c := &p.columns[i]
		label := c.label()
		wanted[i] = wantedName{label: label, name: label, id: strings.Join(c.path, "\x00")}
		if w.extensions.namer != nil && c.own == nil {
			wanted[i].name = w.extensions.namer.ColumnName(label)
		}
	}
	names, err := newNamer(w.dialect, there).assign(wanted)
	for i := range names {
		p.columns[i].Name = names[i]
	}
	return err
}

// arrange finds the places of the columns, now that it is settled which there are.
func (p *plan) arrange() {
	p.root = &level{places: map[string]int{}}
	p.version, p.created, p.updated, p.deleted = -1, -1, -1, -1
	p.owned = 0
	for i := range p.columns {
		c := &p.columns[i]
		p.root.put(c.path, i)
		if len(c.path) == 1 && c.path[0] == DeletedAtColumn {
			p.deleted = i
		}
		if c.own == nil {
			continue
		}
		p.owned++
		switch c.own.name {
		case VersionColumn:
			p.version = i
		case base.CreatedAtColumn:
			p.created = i
		case base.UpdatedAtColumn:
			p.updated = i
		}
	}
	for _, c := range p.left {
		p.root.put(c.path, leftOut)
	}
	for _, name := range []string{base.CreatedAtColumn, base.UpdatedAtColumn} {
		if _, known := p.root.places[name]; !known {
			p.root.places[name] = leftOut
		}
	}
}

// columnNames are the names of the columns at some places.
func (p *plan) columnNames(places []int) []string {
	names := make([]string, len(places))
	for i, place := range places {
		names[i] = p.columns[place].Name
	}
	return names
}

// allNames are those of all columns.
func (p *plan) allNames() []string {
	names := make([]string, len(p.columns))
	for i := range p.columns {
		names[i] = p.columns[i].Name
	}
	return names
}
