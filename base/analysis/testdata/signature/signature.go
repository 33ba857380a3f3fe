package signature

import (
	"context"

	"github.com/mage-dest/mage-dest/base"
)

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	return nil
}

func (d *Destination) Open() error { return nil } // want `Open has another signature than the method of that name that base calls: the connector would not start; make it func\(ctx context.Context\) error`

func (d *Destination) ResumeRun(ctx context.Context, runID string) error { return nil } // want `ResumeRun has another signature .* make it func\(ctx context.Context, runID string\) \(map\[string\]base.Mark, error\)`

func (d *Destination) HandleSchema(ctx context.Context, stream base.Stream) error { return nil }

func (d *Destination) Close(ctx context.Context) error { return nil }

// client is no connector.
type client struct{}

func (client) Open() error { return nil }

// core embeds base.Destination for others.
type core struct{ base.Destination[struct{}] }

type Wrapped struct{ *core }

func (d *Wrapped) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	return nil
}

func (d *Wrapped) TestConnection() error { return nil } // want `TestConnection has another signature`
