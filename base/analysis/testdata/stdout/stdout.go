package stdout

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/stdout/debug"
)

var out = bufio.NewWriter(os.Stdout) // want `the connector uses os.Stdout`

type Destination struct{ base.Destination[struct{}] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	fmt.Println(len(recordData))         // want `the connector calls fmt.Println: stdout belongs to the states`
	fmt.Fprintln(os.Stdout, stream)      // want `the connector uses os.Stdout`
	log.SetOutput(os.Stdout)             // want `the connector uses os.Stdout`
	debug.Dump(tags)                     // want `Dump calls fmt.Printf \(debug.go:10\): stdout belongs to the states`
	fmt.Fprintln(os.Stderr, "to people") // stderr is for words
	d.Logger().Info(debug.Text(tags))
	return nil
}
