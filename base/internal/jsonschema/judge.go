package jsonschema

import (
	"bytes"
	"encoding/json"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// judge asks the library, on the exact value, about a part of a text that has no
// node.
func judge(schema *jsonschema.Schema, text []byte) (valid bool) {
	defer func() {
		if recover() != nil {
			valid = false // Validate tells why
		}
	}()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return false
	}
	value, err := tame(value)
	return err == nil && !tooMuch(schema, value) && schema.Validate(value) == nil
}
