package exit

import (
	"context"
	"log"
	"os"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/exit/must"
)

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if err := ctx.Err(); err != nil {
		log.Fatal(err) // want `ExportBatchData calls log.Fatal: the run ends in the middle, .*; return an error`
	}
	if len(recordData) > 10 {
		log.Fatal("too many") // want `calls log.Fatal`
	}
	must.Do(ctx.Err()) // want `ExportBatchData calls Do, which calls log.Fatalf \(must.go:8\)`
	must.Panic(nil)    // base makes an error of it
	if stream == "" {
		os.Exit(1) // want `calls os.Exit`
	}
	return nil
}
