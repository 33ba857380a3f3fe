package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// naive is the connector that one writes first: a line to a map, the map to a
// validator, the map into a batch.
type naive struct {
	schemas map[string]*jsonschema.Schema
	batch   []map[string]any
	records int
}

// naiveBatch is how many records are held.
const naiveBatch = 10_000

func runNaive(j job) (int, error) {
	n := &naive{schemas: map[string]*jsonschema.Schema{}}
	lines := bufio.NewReader(j.stdin)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := n.take(line); err != nil {
				return n.records, fmt.Errorf("line %d: %w", number, err)
			}
		}
		if errors.Is(err, io.EOF) {
			n.export()
			return n.records, nil
		}
		if err != nil {
			return n.records, err
		}
	}
}

func (n *naive) take(line []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var message map[string]any
	if err := decoder.Decode(&message); err != nil {
		return err
	}
	stream, _ := message["stream"].(string)
	switch message["type"] {
	case "SCHEMA":
		return n.compile(stream, message["schema"])
	case "RECORD":
		record, ok := message["record"].(map[string]any)
		if !ok {
			return errors.New("a RECORD without a record")
		}
		schema := n.schemas[stream]
		if schema == nil {
			return fmt.Errorf("a record of stream %s, which has no schema", stream)
		}
		if err := schema.Validate(record); err != nil {
			return err
		}
		if n.batch = append(n.batch, record); len(n.batch) == naiveBatch {
			n.export()
		}
	}
	return nil
}

func (n *naive) compile(stream string, schema any) error {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", schema); err != nil {
		return err
	}
	compiled, err := compiler.Compile("schema.json")
	n.schemas[stream] = compiled
	return err
}

// export does with the batch what the other contenders do: nothing.
func (n *naive) export() {
	n.records += len(n.batch)
	clear(n.batch)
	n.batch = n.batch[:0]
}
