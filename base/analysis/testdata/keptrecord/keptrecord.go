package keptrecord

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/keptrecord/store"
)

type pair struct {
	record base.Record
	count  int
}

type Destination struct {
	base.Destination[struct{}]
	last    base.Record
	pending []base.Record
	batch   []base.RecordData
	values  map[string]base.Value
	lines   [][]byte
	names   []string
	raw     json.RawMessage
	count   int
	schema  *base.Schema
	later   func() int
	jobs    chan base.Record
	seen    sync.Map
	store   *store.Store
	pair    pair
	reused  []base.RecordData
	scratch []base.Record
}

var global []base.Record

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	d.batch = recordData                           // want `a record of the batch is stored in field batch: its memory is used again when ExportBatchData has returned`
	d.reused = append(d.reused[:0], recordData...) // want `stored in field reused`
	d.batch = append(d.batch, recordData...)       // want `stored in field batch`
	d.batch = slices.Clone(recordData)             // want `stored in field batch`
	d.last = recordData[0].Record                  // want `stored in field last`
	global = append(global, recordData[0].Record)  // want `stored in the variable global`
	for _, data := range recordData {
		d.pending = append(d.pending, data.Record)                   // want `stored in field pending`
		d.lines = append(d.lines, data.Record.Raw())                 // want `stored in field lines`
		d.raw = json.RawMessage(bytes.TrimSpace(data.Record.Line())) // want `stored in field raw`
		d.lines = append(d.lines, bytes.Clone(data.Record.Raw()))    // a copy, beside the others
		if value, ok := data.Record.Get("id"); ok {
			d.values["id"] = value // want `stored in field values`
		}
		for name, value := range data.Record.Columns() {
			d.values[name] = value // want `stored in field values`
		}
		d.jobs <- data.Record                                                // want `sent on a channel`
		d.seen.Store(stream, data.Record)                                    // want `stored in field seen by Store`
		d.pair = pair{record: data.Record}                                   // want `stored in field pair`
		go func() { d.count += data.Record.Len() }()                         // want `read by a goroutine that nobody waits for`
		time.AfterFunc(time.Second, func() { d.count += data.Record.Len() }) // want `read by a function that runs later`
	}
	d.later = func() int { return len(recordData) } // want `stored in field later`
	d.enqueue(recordData[0].Record)                 // want `stored in d by enqueue`
	d.store.Add(recordData[0].Record)               // want `stored in field store by Add`
	store.Remember(recordData[0].Record.Raw())      // want `handed to Remember, where it is stored in the variable last \(store.go:17\)`
	d.last = store.First(recordData)                // want `stored in field last`
	d.feed(recordData)                              // want `handed to feed, where it is sent on a channel \(keptrecord.go:\d+\)`
	return nil
}

func (d *Destination) enqueue(r base.Record) {
	d.pending = append(d.pending, r)
}

func (d *Destination) Close(context.Context) error {
	d.count = len(d.reused)
	return nil
}

func (d *Destination) feed(records []base.RecordData) {
	for _, data := range records {
		select {
		case d.jobs <- data.Record:
		default:
		}
	}
}

// Careful keeps nothing of what it must not keep.
type Careful struct {
	base.Destination[struct{}]
	last    base.Record
	pending []base.Record
	lines   [][]byte
	buffer  bytes.Buffer
	rows    []map[string]any
	names   []string
	count   int
	schema  *base.Schema
	stream  base.Stream
	jobs    chan job
	scratch []base.Record
	sorted  []base.RecordData
	store   *store.Store
	text    string
}

type job struct {
	record base.Record
	done   chan error
}

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	d.last = recordData[0].Record.Clone()
	d.schema = recordData[0].Schema
	d.stream = d.Stream(stream)
	d.count += len(recordData)
	d.names = append(d.names, store.Names(recordData)...)
	d.store.AddCopy(recordData[0].Record)
	d.scratch = d.scratch[:0]
	d.sorted = append(d.sorted[:0], recordData...) // used nowhere else
	local := &Careful{}
	for _, data := range recordData {
		d.lines = append(d.lines, bytes.Clone(data.Record.Raw()))
		d.lines = append(d.lines, append([]byte(nil), data.Record.Raw()...))
		d.lines = append(d.lines, slices.Clone(data.Record.Raw()))
		d.buffer.Write(data.Record.Raw())
		d.text = string(data.Record.Raw())
		d.scratch = append(d.scratch, data.Record) // emptied above, in every call
		local.pending = append(local.pending, data.Record)
		row, err := data.Record.Map()
		if err != nil {
			return err
		}
		d.rows = append(d.rows, row)
		if value, ok := data.Record.Get("name"); ok {
			d.names = append(d.names, value.Text())
		}
	}
	return d.parallel(ctx, local.pending)
}

// parallel waits for all that it starts.
func (d *Careful) parallel(ctx context.Context, records []base.Record) error {
	var wg sync.WaitGroup
	errs := make([]error, len(records))
	for i, record := range records {
		wg.Go(func() { errs[i] = send(ctx, record) })
	}
	wg.Wait()
	work := make(chan base.Record)
	go func() {
		for record := range work {
			_ = record.Len()
		}
	}()
	for _, record := range records {
		j := job{record, make(chan error)}
		d.jobs <- j
		if err := <-j.done; err != nil {
			return err
		}
	}
	return nil
}

func send(ctx context.Context, r base.Record) error { return ctx.Err() }

// RemoveDuplicateRows returns what it was given.
func (d *Careful) RemoveDuplicateRows(recordData []base.RecordData, stream string) []base.RecordData {
	unique := recordData[:0]
	for _, data := range recordData {
		if data.Record.Len() > 0 {
			unique = append(unique, data)
		}
	}
	return unique
}
