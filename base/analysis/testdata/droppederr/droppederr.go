package droppederr

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/droppederr/send"
)

type Destination struct {
	base.Destination[struct{}]
	db *sql.DB
}

func (d *Destination) put(r base.Record) error { return errors.New("away") }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	d.put(recordData[0].Record)                              // want `the error of d.put is dropped: base takes nil for "every record is durable"`
	_ = d.put(recordData[0].Record)                          // want `the error of d.put is assigned to _`
	_, _ = d.db.ExecContext(ctx, "INSERT INTO t VALUES (1)") // want `the error of d.db.ExecContext is assigned to _`
	for _, data := range recordData {
		if err := d.put(data.Record); err != nil { // want `the error err is logged and forgotten`
			d.Logger().Warn("a record is lost", "error", err)
			continue
		}
		err := d.put(data.Record)
		if err != nil { // want `the error err is found and forgotten`
		}
	}
	if err := d.put(recordData[0].Record); err != nil {
		d.Logger().Warn("away", "error", err)
		return nil // want `the error err was found, and nil is returned`
	}
	if err := d.put(recordData[0].Record); err != nil { // want `the error err is logged and forgotten`
		d.warn(err)
	}
	go func() {
		if err := d.put(recordData[0].Record); err != nil {
			return // want `the error err is dropped: nothing is returned in its place`
		}
	}()
	go d.put(recordData[0].Record) // want `the error of d.put, which runs by itself, is dropped`
	_, err := d.db.ExecContext(ctx, "SELECT 1")
	_ = err        // want `the error err is assigned to _`
	defer func() { // want `a panic is caught, and no error is made of it`
		if r := recover(); r != nil {
			d.Logger().Warn("panic", "with", r)
		}
	}()
	if err := send.Deep(recordData[0].Record.Raw()); err != nil { // want `Deep drops an error \(send.go:\d+\)`
		return err
	}
	return d.write(recordData)
}

func (d *Destination) warn(err error) { d.Logger().Warn("away", "error", err) }

// write is on the way of the records.
func (d *Destination) write(records []base.RecordData) error {
	file, err := os.Create("out")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	defer w.Flush() // want `the error of the deferred w.Flush is dropped`
	z := gzip.NewWriter(w)
	defer z.Close()               // want `the error of the deferred z.Close is dropped`
	fmt.Fprintln(z, len(records)) // want `the error of fmt.Fprintln is dropped`
	file.Sync()                   // want `the error of file.Sync is dropped`
	return file.Close()
}

// Other is on no way of records.
func (d *Destination) other() { d.put(base.Record{}) }

// Careful drops nothing that matters.
type Careful struct {
	base.Destination[struct{}]
	db     *sql.DB
	client *http.Client
	next   *Careful
}

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) (err error) {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	failed := map[int]error{}
	var text strings.Builder
	var buffer bytes.Buffer
	for i, data := range recordData {
		if err := d.put(ctx, data.Record); err != nil {
			d.Logger().Warn("refused", "error", err)
			failed[i] = err
			continue
		}
		fmt.Fprintf(&text, "%d", i)
		buffer.Write(data.Record.Raw())
	}
	row := 0
	if err := tx.QueryRowContext(ctx, "SELECT 1").Scan(&row); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	}
	err = d.put(ctx, recordData[0].Record)
	if err != nil {
		d.Logger().Warn("will be returned", "error", err)
	}
	fmt.Fprintln(os.Stderr, "words")
	zipped := gzip.NewWriter(&buffer)
	defer zipped.Close() // for early returns
	if _, err := zipped.Write(recordData[0].Record.Raw()); err != nil {
		return err
	}
	if err := zipped.Close(); err != nil {
		return err
	}
	sticky := bufio.NewWriter(&buffer)
	sticky.WriteString("its error comes again")
	fmt.Fprint(sticky, 1)
	if err := sticky.Flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if len(failed) > 0 {
		return &base.BatchError{Failed: failed}
	}
	return errors.Join(err, d.post(ctx, &buffer), d.all(ctx, recordData), send.Loudly(nil))
}

func (d *Careful) put(ctx context.Context, r base.Record) error { return ctx.Err() }

func (d *Careful) post(ctx context.Context, body io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://example.com", body)
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return nil
}

func (d *Careful) all(ctx context.Context, records []base.RecordData) error {
	var wg sync.WaitGroup
	var once sync.Once
	var first error
	for _, data := range records {
		wg.Go(func() {
			if err := d.put(ctx, data.Record); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	wg.Wait()
	return first
}

// Close may drop what it likes: nothing is promised there.
func (d *Careful) Close(ctx context.Context) error {
	if err := d.db.Close(); err != nil {
		d.Logger().Warn("close", "error", err)
	}
	return nil
}
