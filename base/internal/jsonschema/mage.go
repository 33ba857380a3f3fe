package jsonschema

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// asMage makes a compiled Draft 4 schema, and all it leads to, judge as Python's
// Draft4Validator without a format checker does.
func asMage(s *jsonschema.Schema, seen map[*jsonschema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	s.Format = nil
	if s.Types != nil {
		types := s.Types.ToStrings()
		if slices.Contains(types, "integer") && !slices.Contains(types, "number") {
			s.Extensions = append(s.Extensions, integerText{types})
		}
	}
	for _, next := range children(s) {
		asMage(next, seen)
	}
}

// integerText refuses numbers that Python's json reads as float.
type integerText struct{ want []string }

// Validate implements jsonschema.SchemaExt.
func (e integerText) Validate(ctx *jsonschema.ValidatorContext, value any) {
	number, ok := value.(json.Number)
	if ok && strings.ContainsAny(string(number), ".eE") {
		ctx.AddError(&kind.Type{Got: "number", Want: e.want})
	}
}
