// Package acme has a Config with settings of every kind.
package acme

import (
	"context"

	"github.com/mage-dest/mage-dest/base"
)

// Destination takes all records.
type Destination struct {
	base.Destination[Config]
}

// ExportBatchData stores nothing.
func (d *Destination) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return nil
}
