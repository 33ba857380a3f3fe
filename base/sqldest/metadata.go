package sqldest

import (
	"strconv"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Names of the columns that ActivateVersion needs.
const (
	VersionColumn   = "_sdc_table_version"
	DeletedAtColumn = "_sdc_deleted_at"
)

// timestamp is Mage's %Y-%m-%d %H:%M:%S.%f.
const timestamp = "2006-01-02 15:04:05.000000"

// sdcTimestamp is how Singer's SDK writes times.
const sdcTimestamp = "2006-01-02T15:04:05.000000+00:00"

// ownColumn is a column that the writer fills.
type ownColumn struct {
	name string
	time bool // else it is a whole number

	// value is that of one record, nil for null. It stays as it is until the next call.
	value func(b *batch, record *base.Record) base.Value
}

// property is what a schema would say of the column.
func (o *ownColumn) property() base.Property {
	if o.time {
		return base.Property{Name: o.name, Types: []string{"null", "string"}, Format: "date-time"}
	}
	return base.Property{Name: o.name, Types: []string{"null", "integer"}}
}

// ownColumns are the writer's own for a stream whose records bear versions or not,
// without those that the stream has itself: base adds Mage's two to every schema.
func (o Options) ownColumns(schema *base.Schema, versioned bool) []*ownColumn {
	var own []*ownColumn
	if !o.WithoutMageColumns {
		written := func(b *batch, _ *base.Record) base.Value { return b.now }
		own = append(own, &ownColumn{base.CreatedAtColumn, true, written}, &ownColumn{base.UpdatedAtColumn, true, written})
	}
	given := func(name string) bool {
		_, ok := schema.Property(name)
		return ok
	}
	if versioned || o.SingerColumns && !given(VersionColumn) {
		own = append(own, &ownColumn{VersionColumn, false, (*batch).versionOf})
	}
	if (versioned && o.SoftDelete || o.SingerColumns) && !given(DeletedAtColumn) {
		own = append(own, &ownColumn{DeletedAtColumn, true, func(_ *batch, record *base.Record) base.Value {
			value, _ := record.Get(DeletedAtColumn)
			return value
		}})
	}
	if !o.SingerColumns {
		return own
	}
	for _, c := range []*ownColumn{
		{"_sdc_extracted_at", true, func(b *batch, record *base.Record) base.Value { return extractedAt(record) }},
		{"_sdc_received_at", true, func(b *batch, _ *base.Record) base.Value { return b.received }},
		{"_sdc_batched_at", true, func(b *batch, _ *base.Record) base.Value { return b.batched }},
		{"_sdc_sequence", false, func(b *batch, _ *base.Record) base.Value { return b.sequence }},
		{"_sdc_sync_started_at", false, func(b *batch, _ *base.Record) base.Value { return b.writer.started }},
	} {
		if !given(c.name) {
			own = append(own, c)
		}
	}
	return own
}

// extractedAt is time_extracted of the RECORD message.
func extractedAt(record *base.Record) base.Value {
	value, _ := rawjson.Get(record.Line(), "time_extracted")
	if rawjson.KindOf(value) != rawjson.String {
		return nil
	}
	return value
}

// stamp sets the times of a batch.
func (b *batch) stamp(now, received time.Time) {
	now = now.UTC()
	b.now = JSONString(now.Format(timestamp))
	if b.writer.options.SingerColumns {
		b.batched = JSONString(now.Format(sdcTimestamp))
		b.received = JSONString(received.UTC().Format(sdcTimestamp))
		b.sequence = base.Value(strconv.FormatInt(now.UnixMilli(), 10))
	}
}

// versionOf is the version of a record; hardly ever is it not the one before.
func (b *batch) versionOf(record *base.Record) base.Value {
	version, ok := record.Version()
	if !ok {
		b.unversioned = true
		return nil
	}
	if version != b.version || b.versionText == nil {
		b.version, b.versionText = version, base.Value(strconv.FormatInt(version, 10))
	}
	return b.versionText
}
