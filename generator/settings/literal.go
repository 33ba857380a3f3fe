package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// literalOf is the value that a tag's text stands for; nil without text.
func literalOf(t types.Type, text string) *Literal {
	if text == "" {
		return nil
	}
	return &Literal{Text: text, JSON: asJSON(pointedTo(t), text)}
}

// asJSON turns text into the JSON that it would be in a config, as package base
// does with environment variables and the tag default.
func asJSON(t types.Type, text string) json.RawMessage {
	trimmed := strings.TrimSpace(text)
	switch {
	case isSecret(t), isString(t):
		return marshal(text)
	case isSlice(t) && !strings.HasPrefix(trimmed, "["):
		return listAsJSON(t.Underlying().(*types.Slice).Elem(), trimmed)
	case isBoolean(t):
		if value, err := strconv.ParseBool(text); err == nil {
			return strconv.AppendBool(nil, value)
		}
		return marshal(text)
	case json.Valid([]byte(text)):
		return json.RawMessage(trimmed)
	}
	return marshal(text)
}

// listAsJSON reads a list separated by commas.
func listAsJSON(elem types.Type, text string) json.RawMessage {
	var elements []string
	for element := range strings.SplitSeq(text, ",") {
		element = strings.TrimSpace(element)
		if isString(elem) || isSecret(elem) {
			element = string(marshal(element))
		}
		elements = append(elements, element)
	}
	if text == "" {
		elements = nil
	}
	return json.RawMessage("[" + strings.Join(elements, ",") + "]")
}

// marshal writes a value as JSON, < and > as they are.
func marshal(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(fmt.Sprintf("settings: %T does not marshal: %v", value, err)) // texts and schemas always do
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// unfit says why base would not take a literal for a field of that type, or "".
// What reads itself is taken at its word.
func unfit(t types.Type, literal *Literal, enum []*Literal) string {
	if literal == nil {
		return ""
	}
	value := reflect.New(goType(t, map[types.Type]bool{}))
	if err := json.Unmarshal(literal.JSON, value.Interface()); err != nil {
		return fmt.Sprintf("%q is no %s", literal.Text, typeName(t))
	}
	printed := fmt.Sprint(value.Elem().Interface())
	if len(enum) > 0 && !printsItself(t) && !slices.ContainsFunc(enum, func(e *Literal) bool { return e.Text == printed }) {
		return fmt.Sprintf("%q is none of the values of the tag enum (%s)", literal.Text, textsOf(enum))
	}
	return ""
}

func textsOf(list []*Literal) string {
	texts := make([]string, len(list))
	for i, literal := range list {
		texts[i] = literal.Text
	}
	return strings.Join(texts, ", ")
}

// checkEnum tells values of the tag enum that no value of the type could be: base
// compares them with what a value prints as.
func checkEnum(t types.Type, enum []*Literal, fault func(string, ...any)) {
	if basicInfo(t) == 0 && !isDuration(t) && !printsItself(t) {
		fault("tag enum holds for strings, numbers, booleans and durations, not for %s", types.TypeString(t, packageName))
		return
	}
	for _, value := range enum {
		switch {
		case value.Text != strings.TrimSpace(value.Text):
			fault("tag enum: %q has space at an end, and so would the value: write commas only between values", value.Text)
		case unfit(t, value, []*Literal{value}) != "":
			fault("tag enum: %q is nothing that %s %s prints as, so that nobody could give it", value.Text, article(t), typeName(t))
		}
	}
}

func article(t types.Type) string {
	if strings.ContainsRune("aio", rune(typeName(t)[0])) {
		return "an"
	}
	return "a"
}

// printsItself reports whether a type has its own way to be text, which base
// compares with the tag enum.
func printsItself(t types.Type) bool {
	if isSecret(t) || isDuration(t) || isNumber(t) {
		return false
	}
	for _, name := range []string{"String", "Error", "Format"} {
		if object, _, _ := types.LookupFieldOrMethod(t, false, nil, name); object != nil {
			_, isMethod := object.(*types.Func)
			return isMethod
		}
	}
	return false
}

// goType is a type of this program that JSON fills as it fills t.
func goType(t types.Type, seen map[types.Type]bool) reflect.Type {
	t = types.Unalias(t)
	_, isNested := nested(t)
	switch {
	case isDuration(t):
		return reflect.TypeFor[duration]()
	case isNumber(t):
		return reflect.TypeFor[json.Number]()
	case readsJSON(t), isNested, seen[t]:
		return reflect.TypeFor[json.RawMessage]()
	case readsText(t):
		return reflect.TypeFor[string]()
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes()[u.Kind()]
	case *types.Pointer:
		return reflect.PointerTo(goType(u.Elem(), seen))
	case *types.Slice:
		return reflect.SliceOf(goType(u.Elem(), seen))
	case *types.Map:
		return reflect.MapOf(reflect.TypeFor[string](), goType(u.Elem(), seen))
	}
	return reflect.TypeFor[any]()
}

func basicTypes() map[types.BasicKind]reflect.Type {
	return map[types.BasicKind]reflect.Type{
		types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
		types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
		types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
		types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
		types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
		types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	}
}

// duration reads what base.Duration reads.
type duration struct{ time.Duration }

func (d *duration) UnmarshalJSON(text []byte) (err error) {
	var seconds float64
	var words string
	switch {
	case json.Unmarshal(text, &seconds) == nil:
		if math.Abs(seconds) > math.MaxInt64/float64(time.Second) {
			return errors.New("too long")
		}
		d.Duration = time.Duration(seconds * float64(time.Second))
	case json.Unmarshal(text, &words) == nil:
		d.Duration, err = time.ParseDuration(words)
	default:
		return errors.New("no duration")
	}
	if err == nil && d.Duration < 0 {
		return errors.New("negative")
	}
	return err
}
