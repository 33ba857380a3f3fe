package sqldest_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// A stream with a key is written twice; dialect is the one of the sqlite pack.
func ExampleWriter() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is gone with the example
	db.SetMaxOpenConns(1)

	schema, err := base.NewSchema([]byte(`{"properties": {"code": {"type": "string"}, "people": {"type": "integer"}}}`))
	if err != nil {
		log.Fatal(err)
	}
	stream := base.Stream{Name: "countries", Schema: schema, KeyProperties: []string{"code"}}
	writer := sqldest.New(db, dialect{}, sqldest.Options{})
	if err := writer.HandleSchema(ctx, stream); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{`{"code": "NR", "people": 1}`, `{"code": "NR", "people": 18446744073709551616}`} {
		record, err := base.NewRecord([]byte(text))
		if err != nil {
			log.Fatal(err)
		}
		if err := writer.Write(ctx, stream, []base.RecordData{{Record: record, Stream: stream.Name}}); err != nil {
			log.Fatal(err)
		}
	}
	for record, err := range writer.Records(ctx, stream) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", record.Raw())
	}
	// Output: {"code":"NR","people":18446744073709551616}
}
