package jsonschema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Violation is one thing that is wrong with a value.
type Violation struct {
	// Pointer is the JSON pointer (RFC 6901) to the part that is wrong; of the
	// whole value it is "".
	Pointer string
	// Reason says what is wrong, without the value itself: it may be a secret.
	Reason string
}

func (v Violation) String() string {
	if v.Pointer == "" {
		return v.Reason
	}
	return v.Pointer + ": " + v.Reason
}

// Validate holds a value against the schema; numbers must be json.Number. It
// returns every violation, none for a valid value.
func (s *Schema) Validate(value any) []Violation {
	return violationsOf(s.compiled.Validate(value))
}

func violationsOf(err error) []Violation {
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Violation{{Reason: err.Error()}}
	}
	if len(invalid.Causes) == 0 {
		return []Violation{{Pointer: pointer(invalid.InstanceLocation), Reason: reason(invalid.ErrorKind)}}
	}
	var all []Violation
	for _, cause := range invalid.Causes {
		for _, v := range violationsOf(cause) {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

func pointer(path []string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var out strings.Builder
	for _, token := range path {
		out.WriteByte('/')
		out.WriteString(escape.Replace(token))
	}
	return out.String()
}

func reason(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("want %s, not %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Required:
		return "required, but missing: " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return "not allowed here: " + strings.Join(k.Properties, ", ")
	case *kind.Format:
		return "not a valid " + k.Want
	case *kind.Enum:
		return "none of the values allowed"
	case *kind.Const:
		return "not the one value allowed"
	case *kind.Pattern:
		return "does not match the pattern " + k.Want
	case *kind.MinLength:
		return fmt.Sprintf("%d characters, want at least %d", k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("%d characters, want at most %d", k.Got, k.Want)
	case *kind.Minimum:
		return "want at least " + k.Want.RatString()
	case *kind.Maximum:
		return "want at most " + k.Want.RatString()
	case *kind.ExclusiveMinimum:
		return "want more than " + k.Want.RatString()
	case *kind.ExclusiveMaximum:
		return "want less than " + k.Want.RatString()
	case *kind.MultipleOf:
		return "want a multiple of " + k.Want.RatString()
	}
	return "breaks the keyword " + strings.Join(k.KeywordPath(), "/")
}
