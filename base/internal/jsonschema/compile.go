// Package jsonschema compiles the JSON Schemas of streams and holds values
// against them. It is the one place that knows the library that does it.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is a compiled schema: a value is valid by it if it is by each part.
type Schema struct {
	parts  []*jsonschema.Schema
	closed map[string]any // the members allowed, if not nil
}

// schemaURL names the schema while it is compiled; nothing is loaded from it.
const schemaURL = "stream:///schema.json"

// Compile compiles a whole schema by the draft that its $schema names, draft 7
// where it names none, with formats asserted.
func Compile(schema []byte) (*Schema, error) {
	document, err := decode(schema)
	if err != nil {
		return nil, err
	}
	parts, closed := split(document)
	s := &Schema{closed: closed}
	for _, part := range parts {
		compiler := newCompiler(jsonschema.Draft7)
		compiler.AssertFormat()
		compiled, err := compile(compiler, part)
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, compiled)
	}
	return s, nil
}

// CompileColumns compiles the schema of each property by itself, as Mage's base
// does it: Draft 4 whatever $schema says, formats not looked at, and a number
// with a fraction or an exponent is no integer, not even 1.0.
func CompileColumns(schema []byte) (map[string]*Schema, error) {
	document, err := decode(schema)
	if err != nil {
		return nil, err
	}
	delete(document, "$schema")
	delete(document, "additionalProperties") // columns are known or not, whatever it says
	columns := map[string]*Schema{}
	seen := map[*jsonschema.Schema]bool{}
	parts, _ := split(document)
	for _, part := range parts {
		compiled, err := compile(newCompiler(jsonschema.Draft4), part)
		if err != nil {
			return nil, err
		}
		for name, property := range compiled.Properties {
			asMage(property, seen)
			columns[name] = &Schema{parts: []*jsonschema.Schema{property}}
		}
	}
	return columns, nil
}

func newCompiler(draft *jsonschema.Draft) *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(draft)
	compiler.UseLoader(noLoader{})
	return compiler
}

// noLoader keeps a schema from reading files or the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: schemas outside of the stream's own are not loaded; write it under definitions", url)
}

func decode(schema []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(schema))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	if _, err := tame(document); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return document, nil
}

func compile(compiler *jsonschema.Compiler, document map[string]any) (compiled *jsonschema.Schema, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the library that reads it failed: %v", cause)
		}
	}()
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, plain(err)
	}
	compiled, err = compiler.Compile(schemaURL)
	if err != nil {
		return nil, plain(err)
	}
	return compiled, nil
}

// plain says what is wrong with a schema in one line.
func plain(err error) error {
	var invalid *jsonschema.SchemaValidationError
	if errors.As(err, &invalid) {
		var texts []string
		for _, v := range violationsOf(invalid.Err) {
			texts = append(texts, v.String())
		}
		return errors.New(strings.Join(texts, "; "))
	}
	return errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), schemaURL, ""), "\n", " "))
}
