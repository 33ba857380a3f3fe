package fresh

import (
	"context"
	"errors"

	"github.com/mage-dest/mage-dest/base"
)

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error { // want `ExportBatchData is to be written`
	return base.ErrNotImplemented
}

func (d *Destination) TestConnection(ctx context.Context) error { // want `TestConnection is to be written, or deleted`
	return errors.New("TestConnection is not implemented: reach the store there, or delete the method")
}
