// Package jsonschema compiles the JSON Schemas of streams and holds values
// against them.
//
// A schema is compiled twice. The library, which only this package knows, reads it:
// drafts, references and all. What it makes of it is then translated into a Plan of
// nodes, by which a Pass walks over the bytes of a record once: it finds out whether
// they are JSON, whether they fit, and where the columns stand, and decodes nothing.
// The few keywords that have no node are left to the library, for the part of the
// value that they speak of. Why a value does not fit is told by the library alone, on
// the value decoded, so that there is one place for words, whoever found the fault.
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
	others *others // what is said of the members that no part names, or nil
}

// schemaURL names the schema while it is compiled; nothing is loaded from it.
const schemaURL = "stream:///schema.json"

// Compile compiles a whole schema by the draft that its $schema names, draft 7
// where it names none, with formats asserted.
func Compile(schema []byte) (*Schema, error) {
	return compileWith(schema, jsonschema.Draft7, noLoader{})
}

// compileWith compiles by a draft where the schema names none; other documents are
// asked of the loader.
func compileWith(schema []byte, draft *jsonschema.Draft, loader jsonschema.URLLoader) (*Schema, error) {
	document, err := decode(schema)
	if err != nil {
		return nil, err
	}
	compiler := func() *jsonschema.Compiler {
		c := newCompiler(draft, loader)
		assertFormats(c)
		return c
	}
	return compileParts(document, compiler)
}

// compileParts compiles the parts that a document can be split into, each with a
// compiler of its own.
func compileParts(document any, compiler func() *jsonschema.Compiler) (*Schema, error) {
	parts, rest := split(document)
	s := &Schema{}
	for _, part := range parts {
		compiled, err := compile(compiler(), part)
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, compiled)
	}
	if rest == nil {
		return s, nil
	}
	s.others = &others{names: rest.names}
	for match := range s.parts[0].PatternProperties {
		s.others.patterns = append(s.others.patterns, match)
	}
	if rest.schema != nil {
		compiled, err := compile(compiler(), rest.schema)
		if err != nil {
			return nil, err
		}
		s.others.schema = compiled
	}
	return s, nil
}

// assertFormats makes the library judge formats as nodes do.
func assertFormats(compiler *jsonschema.Compiler) {
	compiler.AssertFormat()
	for _, name := range formatNames() {
		valid, _ := formatOf(name)
		compiler.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(value any) error {
			if text, ok := value.(string); ok && !valid([]byte(text)) {
				return errFormat
			}
			return nil
		}})
	}
}

// errFormat is never shown: reason says which format it is.
var errFormat = errors.New("not of the format")

// CompileColumns compiles the schema of each property by itself, as Mage's base
// does it: Draft 4 whatever $schema says, formats not looked at, and a number
// with a fraction or an exponent is no integer, not even 1.0.
func CompileColumns(schema []byte) (map[string]*Schema, error) {
	value, err := decode(schema)
	if err != nil {
		return nil, err
	}
	document, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("read the schema: it is no object")
	}
	delete(document, "$schema")
	delete(document, "additionalProperties") // columns are known or not, whatever it says
	columns := map[string]*Schema{}
	seen := map[*jsonschema.Schema]bool{}
	compiled, err := compileParts(document, func() *jsonschema.Compiler { return newCompiler(jsonschema.Draft4, noLoader{}) })
	if err != nil {
		return nil, err
	}
	for _, part := range compiled.parts {
		for name, property := range part.Properties {
			asMage(property, seen)
			columns[name] = &Schema{parts: []*jsonschema.Schema{property}}
		}
	}
	return columns, nil
}

func newCompiler(draft *jsonschema.Draft, loader jsonschema.URLLoader) *jsonschema.Compiler {
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(draft)
	compiler.UseLoader(loader)
	return compiler
}

// noLoader keeps a schema from reading files or the network.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s: schemas outside of the stream's own are not loaded; write it under definitions", url)
}

func decode(schema []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(schema))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	if _, err := tame(document); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	return document, nil
}

func compile(compiler *jsonschema.Compiler, document any) (compiled *jsonschema.Schema, err error) {
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
