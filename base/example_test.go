package base_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// greeter prints what it is given.
type greeter struct {
	base.Destination[struct {
		Greeting string `json:"greeting" default:"Hello"`
	}]
}

func (g *greeter) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, _ base.Tags) error {
	for _, item := range recordData {
		name, _ := item.Record.Get("name")
		fmt.Printf("%s: %s, %s!\n", stream, g.Config().Greeting, name.Text())
	}
	return nil
}

const visitors = `{"type": "SCHEMA", "stream": "visitors", "schema": {"properties": {"name": {"type": "string"}}}}
{"type": "RECORD", "stream": "visitors", "record": {"name": "Ada"}}
{"type": "RECORD", "stream": "visitors", "record": {"name": "Grace"}}
{"type": "STATE", "value": {"bookmarks": {"visitors": {"seen": 2}}}}
`

// Run is Main without the process: a test gives it arguments and input and gets
// the exit code. Without --state the state goes to stdout, as the last line here.
func ExampleRun() {
	code := base.Run(context.Background(), &greeter{}, base.Info{Name: "greeter"}, base.Env{
		Args:   []string{"--config_json", `{"greeting": "Good morning"}`},
		Stdin:  strings.NewReader(visitors),
		Stdout: os.Stdout,
	})
	fmt.Println("exit code", code)
	// Output:
	// visitors: Good morning, Ada!
	// visitors: Good morning, Grace!
	// {"bookmarks": {"visitors": {"seen": 2}}}
	// exit code 0
}

func ExampleDecode() {
	type planet struct {
		Name  string   `json:"name"`
		Mass  any      `json:"mass"`
		Moons []string `json:"moons"`
	}
	record, err := base.NewRecord([]byte(`{"name": "Mars", "mass": 641710000000000000000000.5, "moons": ["Phobos", "Deimos"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	mars, err := base.Decode[planet](record)
	fmt.Println(mars.Name, mars.Mass, len(mars.Moons), err)

	_, err = base.Decode[struct {
		Name int `json:"name"`
	}](record)
	fmt.Println(err)
	// Output:
	// Mars 641710000000000000000000.5 2 <nil>
	// record: column "name": decode JSON: json: cannot unmarshal string into Go struct field .name of type int
}

// shop refuses rows without a price.
type shop struct{ base.Destination[struct{}] }

func (*shop) ExportBatchData(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
	failed := map[int]error{}
	for i, item := range recordData {
		if price, ok := item.Record.Get("price"); !ok || price.IsNull() {
			failed[i] = errors.New("no price")
			continue
		}
		fmt.Println("stored", string(item.Record.Raw()))
	}
	if len(failed) > 0 {
		return &base.BatchError{Failed: failed}
	}
	return nil
}

// ExportDeadLetters takes the rows that were refused, with on_invalid: dead_letter.
func (*shop) ExportDeadLetters(_ context.Context, letters []base.DeadLetter) error {
	for _, letter := range letters {
		fmt.Println("refused:", letter.Reason)
	}
	return nil
}

func ExampleBatchError() {
	base.Run(context.Background(), &shop{}, base.Info{Name: "shop"}, base.Env{
		Args: []string{"--config_json", `{"on_invalid": "dead_letter"}`},
		Stdin: strings.NewReader(`{"type": "SCHEMA", "stream": "goods", "schema": {"properties": {}}}
{"type": "RECORD", "stream": "goods", "record": {"id": 1, "price": 5}}
{"type": "RECORD", "stream": "goods", "record": {"id": 2}}
`),
	})
	// Output:
	// stored {"id": 1, "price": 5}
	// refused: stream goods, line 3: no price
}

// unique stores the last record of each id.
type unique struct{ base.Destination[struct{}] }

func (*unique) RemoveDuplicateRows(recordData []base.RecordData, _ string) []base.RecordData {
	place := map[string]int{}
	var kept []base.RecordData
	for _, item := range recordData {
		id, _ := item.Record.Get("id")
		if i, seen := place[string(id)]; seen {
			kept[i] = item
			continue
		}
		place[string(id)] = len(kept)
		kept = append(kept, item)
	}
	return kept
}

func (*unique) ExportBatchData(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
	for _, item := range recordData {
		fmt.Println(string(item.Record.Raw()))
	}
	return nil
}

func ExampleDeduplicator() {
	base.Run(context.Background(), &unique{}, base.Info{Name: "unique"}, base.Env{
		Args: []string{"--config_json", `{"maximum_batch_rows": 100}`},
		Stdin: strings.NewReader(`{"type": "SCHEMA", "stream": "s", "schema": {"properties": {}}}
{"type": "RECORD", "stream": "s", "record": {"id": 1, "v": "old"}}
{"type": "RECORD", "stream": "s", "record": {"id": 2, "v": "only"}}
{"type": "RECORD", "stream": "s", "record": {"id": 1, "v": "new"}}
`),
	})
	// Output:
	// {"id": 1, "v": "new"}
	// {"id": 2, "v": "only"}
}
