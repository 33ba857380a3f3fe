package base

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// ProcessRecordData checks and prepares a batch of one stream and hands it to the
// connector's ExportBatchData: the step between reading and storing, which Mage's
// base calls process_record_data. A run does the same for every batch; a test may
// call it by itself, with records from NewRecord and, outside of a run, the schema in
// recordData[0].Schema.
//
// The order within is fixed: records that are not prepared yet are prepared, all
// or none; RemoveDuplicateRows; ExportBatchData, unless no record is left. A
// panic in the author's code becomes an error.
func ProcessRecordData(ctx context.Context, d Connector, recordData []RecordData, stream string, tags Tags) error {
	if err := prepareBatch(d, recordData, stream); err != nil {
		return err
	}
	if deduplicator, ok := d.(Deduplicator); ok {
		kept, err := deduplicate(deduplicator, recordData, stream)
		if err != nil {
			return err
		}
		recordData = kept
	}
	if len(recordData) == 0 {
		return nil
	}
	return call(func() error { return d.ExportBatchData(ctx, recordData, stream, tags) })
}

// prepareBatch prepares what the run has not prepared while reading.
func prepareBatch(d Connector, recordData []RecordData, name string) error {
	var s *Stream
	var p *parser
	core := d.attach().core
	for i := range recordData {
		record := recordData[i].Record.entry()
		if record.prepared {
			continue
		}
		if s == nil {
			var err error
			if s, err = core.streamOf(recordData[i], name); err != nil {
				return err
			}
			p = newParser(core.limits, nil, newMemory(defaultChunk, false))
			p.workFor(&slab.Lease{})
			if err := p.plan(s); err != nil {
				return &singer.Fault{Stream: name, Err: err}
			}
		}
		prepared := *record
		if err := p.makeRecord(&prepared, s, record.raw); err != nil {
			return &singer.Fault{Stream: name, Line: record.number, Err: fmt.Errorf("record %d of the batch: %w", i, err)}
		}
		recordData[i].Record = Record{&prepared}
	}
	return nil
}

// streamOf is the stream as the run knows it, else one with the schema that comes
// with the record.
func (c *core) streamOf(item RecordData, name string) (*Stream, error) {
	if c.stream != nil {
		if s := c.stream(name); s.Schema != nil {
			return &s, nil
		}
	}
	if item.Schema == nil {
		return nil, &singer.Fault{Stream: name, Err: errNoSchema(name)}
	}
	return &Stream{Name: name, Schema: item.Schema, DisableColumnTypeCheck: true}, nil
}

// errNoSchema is Mage's own sentence.
func errNoSchema(stream string) error {
	return fmt.Errorf("A record for stream %s was encountered before a corresponding schema.", stream) //nolint:staticcheck // Mage's own words
}

func deduplicate(d Deduplicator, recordData []RecordData, stream string) (kept []RecordData, err error) {
	err = call(func() error {
		kept = d.RemoveDuplicateRows(recordData, stream)
		return nil
	})
	return kept, err
}

// call runs the author's code and turns a panic into an error with its stack.
func call(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the connector panicked: %v\n%s", cause, debug.Stack())
		}
	}()
	return f()
}
