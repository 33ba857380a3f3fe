package sqldest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// plan says how the records of a stream become rows, under one schema.
type plan struct {
	stream  string
	table   string
	schema  *base.Schema
	extra   additions
	columns []planned      // the writer's own first
	owned   int            // how many those are
	places  map[string]int // columns by property
	key     []int
	ignore  bool // rows that are there stay
	version int  // the writer's own columns; -1 for one that the table lacks
	deleted int
	created int
	updated int
}

// planned is a column and the property that fills it.
type planned struct {
	Column
	property string
	typ      Type
	own      bool // filled by the writer, whatever the record says
}

// additions are columns that the records of a stream have shown it to need.
type additions struct {
	properties []string // not in the schema
	versioned  bool     // some record bears a version
}

// prepare makes the plan of a stream and the table that it needs.
func (w *Writer) prepare(ctx context.Context, stream base.Stream, extra additions) error {
	if stream.Schema == nil {
		return fmt.Errorf("stream %s has no schema: a SCHEMA message has to come first", stream.Name)
	}
	p := &plan{stream: stream.Name, schema: stream.Schema, extra: extra}
	if known := w.plans[stream.Name]; known != nil {
		p.extra.versioned = p.extra.versioned || known.extra.versioned
		p.extra.properties = slices.Concat(known.extra.properties, extra.properties)
	}
	var err error
	if p.table, err = w.claimTable(stream.Name); err != nil {
		return err
	}
	err = inTransaction(ctx, w.db, func(tx *sql.Tx) error { return w.build(ctx, tx, p, stream) })
	if err != nil {
		return fmt.Errorf("table %q: %w", p.table, w.classify(err))
	}
	w.plans[stream.Name] = p
	return nil
}

// claimTable is the table of a stream, which it shares with no other.
func (w *Writer) claimTable(stream string) (string, error) {
	name := w.options.Table
	if name == "" {
		name = w.options.TablePrefix + stream
	}
	name = fitting(name, w.dialect.Limits().Identifier)
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

// build finds or makes the table, its columns and its key.
func (w *Writer) build(ctx context.Context, tx *sql.Tx, p *plan, stream base.Stream) error {
	there, err := w.dialect.Describe(ctx, tx, p.table)
	if err != nil {
		return fmt.Errorf("look up its columns: %w", err)
	}
	p.list(w.options, stream, there)
	if err := p.name(w.dialect, there.Columns); err != nil {
		return err
	}
	if err := p.readKey(stream); err != nil {
		return err
	}
	if err := w.alter(ctx, tx, p, there.Columns); err != nil {
		return err
	}
	return w.keepUnique(ctx, tx, p, there.Unique)
}

// list collects the columns: those of the schema, those that records brought,
// and the writer's own.
func (p *plan) list(options Options, stream base.Stream, there Table) {
	_, givenVersion := stream.Schema.Property(VersionColumn)
	_, givenDeleted := stream.Schema.Property(DeletedAtColumn)
	madeVersion := !givenVersion && slices.ContainsFunc(there.Columns, func(c Column) bool { return c.Name == VersionColumn })
	own := func(name string, t Type) int {
		p.columns = append(p.columns, planned{property: name, typ: t, own: true})
		return len(p.columns) - 1
	}
	p.created, p.updated = own(base.CreatedAtColumn, Text), own(base.UpdatedAtColumn, Text)
	p.version, p.deleted = -1, -1
	if p.extra.versioned || madeVersion {
		p.version = own(VersionColumn, Integer)
		if options.SoftDelete && !givenDeleted {
			p.deleted = own(DeletedAtColumn, Text)
		}
	}
	p.owned = len(p.columns)
	p.places = make(map[string]int, p.owned+len(stream.Schema.Properties()))
	for i, c := range p.columns {
		p.places[c.property] = i
	}
	for _, property := range stream.Schema.Properties() {
		p.add(property.Name, TypeOf(property))
	}
	for _, name := range p.extra.properties {
		p.add(name, Mixed)
	}
}

func (p *plan) add(property string, t Type) {
	if _, known := p.places[property]; known {
		return
	}
	p.places[property] = len(p.columns)
	p.columns = append(p.columns, planned{property: property, typ: t})
}

// name gives each property the name of its column.
func (p *plan) name(d Dialect, there []Column) error {
	properties := make([]string, len(p.columns))
	for i, c := range p.columns {
		properties[i] = c.property
	}
	names, err := newNamer(d, there).assign(properties)
	if err != nil {
		return err
	}
	for i := range p.columns {
		p.columns[i].Name = names[p.columns[i].property]
	}
	return nil
}

// columnNames are the names of the columns at some places.
func (p *plan) columnNames(places []int) []string {
	names := make([]string, len(places))
	for i, place := range places {
		names[i] = p.columns[place].Name
	}
	return names
}
