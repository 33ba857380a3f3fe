package silenced

import (
	"context"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	fmt.Println("a") //nolint:stdout // the tests of this connector read it
	//nolint:exit,stdout // the same
	fmt.Println("b")
	//nolint:stdout
	fmt.Println("c") // want `stdout belongs to the states.*; its nolint gives no reason: write //nolint:stdout // and the reason`
	//nolint:exit // another analyzer's
	fmt.Println("d") // want `stdout belongs to the states, and whoever reads them takes the line for one; use d.Logger\(\), or os.Stderr$`
	return nil
}
