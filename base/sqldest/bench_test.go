package sqldest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// BenchmarkWrite writes batches of 10,000 records of 12 columns; rows/s is what
// counts.
func BenchmarkWrite(b *testing.B) {
	kinds := []string{"integer", "integer", "number", "number", "string", "string", "string", "string", "string", "boolean", "object", "string"}
	names := make([]string, len(kinds))
	for i := range names {
		names[i] = fmt.Sprint("column_", i)
	}
	values := []string{"", `123456789`, `0.25`, `1234.5678`, `"Zürich"`, `"2024-02-29T12:34:56Z"`, `"a somewhat longer text of a column"`,
		`"b"`, `"c"`, `true`, `{"a": 1}`, `"d"`}
	for _, key := range [][]string{nil, {"column_0"}} {
		b.Run(fmt.Sprint("key=", len(key)), func(b *testing.B) {
			db := openDatabase(b)
			w := sqldest.New(db, dialect{}, sqldest.Options{})
			stream := streamOf(b, "s", schemaText(names, kinds), key...)
			const size = 10_000
			batch, id := make([]base.RecordData, size), 0
			for b.Loop() {
				b.StopTimer()
				for i := range batch {
					id++
					values[0] = fmt.Sprint(id)
					batch[i].Record = recordOf(b, names, values)
				}
				b.StartTimer()
				if err := w.Write(b.Context(), stream, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(id)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func recordOf(b *testing.B, names, values []string) base.Record {
	members := make([]string, len(names))
	for i, name := range names {
		members[i] = `"` + name + `": ` + values[i]
	}
	record, err := base.NewRecord([]byte("{" + strings.Join(members, ", ") + "}"))
	if err != nil {
		b.Fatal(err)
	}
	return record
}
