package left

import (
	"context"
	"errors"

	"github.com/mage-dest/mage-dest/base"
)

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if len(d.Stream(stream).KeyProperties) > 0 {
		return base.ErrNotImplemented // want `ExportBatchData is not written to the end`
	}
	return ctx.Err()
}

func (d *Destination) TestConnection(ctx context.Context) error { // want `TestConnection is still a stub and always fails, though ExportBatchData is written`
	return errors.New("TestConnection is not implemented: reach the store there, or delete the method")
}

func (d *Destination) Open(ctx context.Context) error { // want `Open is still a stub`
	panic("not implemented")
}

// Close is one line, and no stub.
func (d *Destination) Close(ctx context.Context) error { return errors.New("the store was never open") }

// Other is no method that base calls.
func (d *Destination) Other() error { return base.ErrNotImplemented }

// Another is a second connector; the first one's method does not make it a fault.
type Another struct{ base.Destination[struct{}] }

func (a *Another) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error { // want `ExportBatchData is to be written`
	return base.ErrNotImplemented
}
