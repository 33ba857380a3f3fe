package jsonschema

import (
	"cmp"
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

// tooManyWays stands for violations that it would take too long to find.
const tooManyWays = "does not fit, or takes too long to check: the schema leads back to itself on too many ways"

// Validate holds a value against the schema; numbers must be json.Number. It
// returns every violation, none for a valid value. The value is not to be used
// again.
func (s *Schema) Validate(value any) (violations []Violation) {
	defer func() {
		if cause := recover(); cause != nil {
			violations = []Violation{{Reason: fmt.Sprintf("the library that checks it failed: %v", cause)}}
		}
	}()
	value, err := tame(value)
	if err != nil {
		return []Violation{{Reason: err.Error()}}
	}
	for _, part := range s.parts {
		if tooMuch(part, value) {
			return []Violation{{Reason: tooManyWays}}
		}
		violations = append(violations, violationsOf(part.Validate(value))...)
	}
	violations = append(violations, s.others.violations(value)...)
	slices.SortFunc(violations, func(a, b Violation) int { // the library goes through maps
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Reason, b.Reason))
	})
	return violations
}

func violationsOf(err error) []Violation {
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Violation{{Reason: err.Error()}}
	}
	var all leaves
	all.collect(invalid)
	return all.list
}

// leaves are the violations at the ends of a tree of errors, each once.
type leaves struct {
	list []Violation
	seen map[Violation]bool
}

func (l *leaves) collect(err *jsonschema.ValidationError) {
	for _, cause := range err.Causes {
		l.collect(cause)
	}
	if len(err.Causes) > 0 {
		return
	}
	v := Violation{Pointer: pointer(err.InstanceLocation), Reason: reason(err.ErrorKind)}
	if l.seen == nil {
		l.seen = map[Violation]bool{}
	}
	if !l.seen[v] {
		l.seen[v] = true
		l.list = append(l.list, v)
	}
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
		return "required, but missing: " + strings.Join(slices.Sorted(slices.Values(k.Missing)), ", ")
	case *kind.AdditionalProperties:
		return "not allowed here: " + strings.Join(slices.Sorted(slices.Values(k.Properties)), ", ")
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
