package keptrecord

import (
	"context"

	"github.com/mage-dest/mage-dest/base"
)

// buffer collects records until it is written out.
type buffer struct{ rows []base.Record }

func (b *buffer) add(r base.Record) { b.rows = append(b.rows, r) }

func (b *buffer) flush(ctx context.Context) error {
	defer func() { b.rows = b.rows[:0] }()
	return ctx.Err()
}

// Flushing writes out at the end of each call what it has collected.
type Flushing struct {
	base.Destination[struct{}]
	buffer buffer
	rows   []base.Record
}

func (d *Flushing) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	for _, data := range recordData {
		d.buffer.add(data.Record)
		d.rows = append(d.rows, data.Record)
		if len(d.rows) > 100 {
			if err := d.flush(ctx); err != nil {
				return err
			}
		}
	}
	if err := d.flush(ctx); err != nil {
		return err
	}
	return d.buffer.flush(ctx)
}

func (d *Flushing) flush(ctx context.Context) error {
	err := ctx.Err()
	d.rows = nil
	return err
}

// Hoarding writes out when there is enough, and keeps the rest.
type Hoarding struct {
	base.Destination[struct{}]
	buffer buffer
	rows   []base.Record
}

func (d *Hoarding) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	for _, data := range recordData {
		d.rows = append(d.rows, data.Record) // want `stored in field rows`
		d.buffer.add(data.Record)            // want `stored in field buffer by add`
	}
	if len(d.rows) > 100 {
		if err := d.buffer.flush(ctx); err != nil {
			return err
		}
		d.rows = d.rows[:0]
	}
	return nil
}
