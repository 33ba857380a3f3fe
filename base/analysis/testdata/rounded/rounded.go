package rounded

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/rounded/parse"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

type Config struct{ Share string }

type Destination struct{ base.Destination[Config] }

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	for _, data := range recordData {
		value, _ := data.Record.Get("price")
		_, _ = value.Number().Float64()                        // want `a number of a record is read as a float64: beyond 15 digits another number is stored`
		_, _ = strconv.ParseFloat(value.Number().String(), 64) // want `read as a float64`
		_, _ = strconv.ParseFloat(string(value.Number()), 64)  // want `read as a float64`
		_, _ = parse.Float(string(value.Number()))             // want `read as a float64 by Float \(parse.go:7\)`
		var row map[string]any
		if err := json.Unmarshal(data.Record.Raw(), &row); err != nil { // want `decoded into an any: .* use Record.Map`
			return err
		}
		var one any
		if err := json.Unmarshal(value, &one); err != nil { // want `decoded into an any`
			return err
		}
	}
	return nil
}

// Careful keeps the digits, or asks.
type Careful struct{ base.Destination[Config] }

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	share, err := strconv.ParseFloat(d.Config().Share, 64) // a setting
	if err != nil {
		return err
	}
	for _, data := range recordData {
		value, _ := data.Record.Get("price")
		if f, ok := sqldest.Float64(value); ok && f > share {
			continue
		}
		if _, err := value.Number().Int64(); err != nil { // it says when it cannot
			return err
		}
		var columns map[string]json.RawMessage
		if err := json.Unmarshal(data.Record.Raw(), &columns); err != nil {
			return err
		}
	}
	return nil
}
