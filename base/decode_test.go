package base_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

type (
	status  string
	level   int8
	texts   []string
	bytes8  []byte
	anyone  any
	pointer *int
	shout   string // decodes itself from text
	roman   int    // decodes itself from JSON
	inner   struct {
		A int
		B *inner
		C any
	}
	audit struct {
		A string
		E int `json:"e"`
	}
	strict struct{ A int } // decodes itself, as a whole
	point  struct {
		X, Y float64
	}
	leaf struct { // nothing of it is left to encoding/json
		A    int
		B    *string `json:"b"`
		C    []any
		D    *point
		E    []point `json:"e"`
		Next struct{ A any }
	}
)

func (s *shout) UnmarshalText(text []byte) error {
	if string(text) == "refuse" {
		return errors.New("no")
	}
	*s = shout(strings.ToUpper(string(text)))
	return nil
}

func (r *roman) UnmarshalJSON(text []byte) error {
	if string(text) == "7" {
		return errors.New("not seven")
	}
	*r = roman(len(text))
	return nil
}

func (s *strict) UnmarshalJSON(text []byte) error {
	s.A = len(text)
	return nil
}

// alone has one field of the type, under each of three names.
type alone[F any] struct {
	A F
	B F `json:"bee,omitempty"`
	C F `json:"ÉK"`
}

// decoders hold Decode against encoding/json for one type each.
var decoders = map[string]func(*testing.T, base.Record){
	"string": same[alone[string]], "bool": same[alone[bool]], "any": same[alone[any]],
	"int": same[alone[int]], "int8": same[alone[int8]], "int16": same[alone[int16]], "int32": same[alone[int32]], "int64": same[alone[int64]],
	"uint": same[alone[uint]], "uint8": same[alone[uint8]], "uint16": same[alone[uint16]], "uint32": same[alone[uint32]], "uint64": same[alone[uint64]],
	"uintptr": same[alone[uintptr]], "float32": same[alone[float32]], "float64": same[alone[float64]], "complex": same[alone[complex128]],
	"number": same[alone[json.Number]], "raw": same[alone[json.RawMessage]], "value": same[alone[base.Value]], "time": same[alone[time.Time]],
	"bytes": same[alone[[]byte]], "named bytes": same[alone[bytes8]], "duration": same[alone[time.Duration]],
	"*string": same[alone[*string]], "*bool": same[alone[*bool]], "*any": same[alone[*any]], "*int": same[alone[*int]], "*uint8": same[alone[*uint8]],
	"*float64": same[alone[*float64]], "*number": same[alone[*json.Number]], "*raw": same[alone[*json.RawMessage]], "*value": same[alone[*base.Value]],
	"*time": same[alone[*time.Time]], "*bytes": same[alone[*[]byte]], "**int": same[alone[**int]], "*slice": same[alone[*[]int]],
	"[]string": same[alone[[]string]], "[]int": same[alone[[]int]], "[]any": same[alone[[]any]], "[]time": same[alone[[]time.Time]],
	"[]*int": same[alone[[]*int]], "[][]byte": same[alone[[][]byte]], "[]raw": same[alone[[]json.RawMessage]], "[]bool": same[alone[[]bool]],
	"[]int8": same[alone[[]int8]], "[][]int": same[alone[[][]int]], "[2]int": same[alone[[2]int]], "[]level": same[alone[[]level]],
	"named": same[alone[status]], "named int": same[alone[level]], "named slice": same[alone[texts]], "named any": same[alone[anyone]],
	"named pointer": same[alone[pointer]], "*named": same[alone[*status]],
	"text": same[alone[shout]], "*text": same[alone[*shout]], "[]text": same[alone[[]shout]], "unmarshaler": same[alone[roman]],
	"*unmarshaler": same[alone[*roman]], "[]unmarshaler": same[alone[[]roman]], "map by text": same[alone[map[shout]int]],
	"leaf": same[alone[leaf]], "*leaf": same[alone[*leaf]], "[]leaf": same[alone[[]leaf]], "[]*leaf": same[alone[[]*leaf]], "**leaf": same[alone[**leaf]],
	"[][]leaf": same[alone[[][]leaf]], "point": same[alone[point]], "[]point": same[alone[[]point]],
	"struct": same[alone[inner]], "*struct": same[alone[*inner]], "[]struct": same[alone[[]inner]], "map": same[alone[map[string]any]],
	"map of int": same[alone[map[string]int]], "map by int": same[alone[map[int8]any]], "interface": same[alone[error]], "func": same[alone[func()]],
	"record": same[alone[base.Record]], "secret": same[alone[base.Secret]],

	"quoted": same[struct {
		A int         `json:",string"`
		B *bool       `json:"bee,string"`
		C string      `json:"ÉK,string"`
		D json.Number `json:",string"`
		E []int       `json:"e,string"`
	}],
	"tags": same[struct {
		A int    `json:"-"`
		B string `json:"a"`
		C any    `json:"-,"`
		D int    `json:"in\"valid"`
		E int    `json:"with space,omitempty"`
		F any    `json:"e" xml:"x"`
		g int
	}],
	"a tag that hides a name": same[struct {
		A   int
		Bee string
		X   any `json:"A"`
	}],
	"names that differ in case": same[struct {
		A any `json:"a"`
		B any `json:"A"`
	}],
	"embedded":         same[struct{ audit }],
	"embedded pointer": same[struct{ *audit }],
	"embedded and hidden": same[struct {
		audit
		A any
	}],
	"embedded with a tag": same[struct {
		audit `json:"a"`
		B     int `json:"bee"`
	}],
	"embedded but left out": same[struct {
		audit `json:"-"`
		A     any
	}],
	"embedded unmarshaler": same[struct{ strict }],
	"empty":                same[struct{}],
	"all to the rest": same[struct {
		A map[string]any
		B inner    `json:"bee"`
		C *roman   `json:"ÉK"`
		E []texts  `json:"e"`
		K *float32 `json:"k"`
	}],
	"a map":       same[map[string]any],
	"a typed map": same[map[string]*int],
	"any at all":  same[any], "a pointer": same[*alone[string]], "itself": same[strict], "a slice": same[[]int], "a string": same[string],
	"a raw message": same[json.RawMessage], "a record": same[base.Record],
}

// same holds Decode against encoding/json.
func same[T any](t *testing.T, r base.Record) {
	t.Helper()
	var want T
	fault := unmarshal(r.Raw(), &want)
	got, err := base.Decode[T](r)
	if (err == nil) != (fault == nil) {
		t.Fatalf("%s into %T: %v, encoding/json says %v", r.Raw(), want, err, fault)
	}
	if record, ok := any(want).(base.Record); ok {
		if got := any(got).(base.Record); !bytes.Equal(got.Raw(), record.Raw()) {
			t.Fatalf("%s becomes %s", r.Raw(), got.Raw())
		}
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s into %T\nbecomes         %#v\nencoding/json's %#v", r.Raw(), want, got, want)
	}
}

// columnValues are values of all kinds, at the edges of what a Go type holds.
var columnValues = append([]string{
	`null`, `true`, `false`, `""`, `"a"`, `"1"`, `"true"`, `"null"`, `"x\n\u00e9\ud83d\ude00"`, `"\ud800"`, `"é"`, `"refuse"`, `"\"a\""`,
	`"2024-05-06T07:08:09.123456Z"`, `"2024-05-06T07:08:09+02:00"`, `"2024-05-06 07:08:09"`, `"2024-13-06T07:08:09Z"`, `"2024-05-06T07:08:09\u005a"`,
	`"aGVsbG8="`, `"aGVs\nbG8="`, `"aGVsbG8"`, `"a\u0047VsbG8="`,
	`0`, `7`, `-1`, `127`, `128`, `-128`, `-129`, `255`, `256`, `32767`, `65536`, `2147483648`, `4294967296`, `999999999999999999`, `1000000000000000000`,
	`18446744073709551615`, `1e2`, `1.0`, `0.1`, `1e-400`, `3.5e38`, `-0`, `-0.0`, `16777217`,
	`[]`, `[ ]`, `[1, 2]`, `["a", "b\n"]`, `[null]`, `[1, null, "x"]`, `[[1], []]`, `[300]`, `["2024-05-06T07:08:09Z", null]`, `[{"A": 1}, {}]`, `[true, false]`,
	`{}`, `{"A": 1}`, `{"a": 1, "A": 2}`, `{"A": 1, "b": {"A": 2, "c": [1.50]}}`, `{"A": "x"}`, `{"1": 2}`, `{"300": 2}`, `{"x": null}`,
	`{"A": 1, "b": "x", "C": [1, {}], "D": {"X": 1.5, "y": 2}, "e": [{"X": 1}, null, {}], "Next": {"A": {"z": 1}}, "more": 0}`,
	`[{"A": 1, "D": null, "E": []}, {"\u0041": 2}, null]`, `{"A": 1, "D": {"X": "x"}}`, `{"e": [[]]}`, `[[{"A": 3}], null]`, `{"X": 1, "x": 2}`,
	`"` + strings.Repeat("long ", 100) + `"`,
}, exact()...)

// columnNames are names of columns that meet a field of the types above, exactly, by
// case, or not at all.
var columnNames = []string{"A", "a", "bee", "Bee", "BEE", "ÉK", "ék", "é\u212a", "e", "E", "x", "-", "with space", "k", "\u212a", "other", "", "Many", "d", "c"}

func TestDecodeDoesWhatEncodingJSONDoes(t *testing.T) {
	for name, check := range decoders {
		t.Run(name, func(t *testing.T) {
			for _, value := range columnValues {
				check(t, newRecord(t, `{"A": `+value+`}`))
				check(t, newRecord(t, `{"other": 1, "a":`+value+`, "ék": `+value+` , "bee": null}`))
			}
			check(t, newRecord(t, `{}`))
			check(t, base.Record{})
			random := rand.New(rand.NewPCG(1, 2))
			for range 300 {
				check(t, newRecord(t, randomRecord(random)))
			}
		})
	}
}

// randomRecord may have a column twice, and several for one field.
func randomRecord(random *rand.Rand) string {
	var members []string
	for range random.IntN(6) {
		name, _ := json.Marshal(columnNames[random.IntN(len(columnNames))])
		members = append(members, string(name)+": "+columnValues[random.IntN(len(columnValues))])
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func newRecord(t *testing.T, text string) base.Record {
	t.Helper()
	r, err := base.NewRecord([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// FuzzDecodeRecord holds Decode and Map against encoding/json, for every type above.
func FuzzDecodeRecord(f *testing.F) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		f.Add([]byte(randomRecord(random)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := base.NewRecord(text)
		if err != nil {
			return
		}
		for _, check := range decoders {
			check(t, r)
		}
		for _, value := range r.Columns() {
			sameAny(t, value)
		}
	})
}

func sameAny(t *testing.T, value base.Value) {
	t.Helper()
	sameTarget[any](t, value, nil, json.Number("1"))
	sameTargetIn(t, value)
	sameTarget(t, value, "", "before")
	sameTarget(t, value, false, true)
	sameTarget(t, value, 0, 7)
	sameTarget[int64](t, value, 0, 7)
	sameTarget(t, value, 0, 7.5)
	sameTarget[json.Number](t, value, "", "7")
	sameTarget[[]string](t, value, nil, []string{"before"})
	var want any
	fault := unmarshal(value, &want)
	if got, err := value.Any(); (err == nil) != (fault == nil) || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: %#v (%v), want %#v (%v)", value, got, err, want, fault)
	}
}

// sameTarget holds Value.Decode against encoding/json, for targets that hold
// something already.
func sameTarget[E any](t *testing.T, value base.Value, before ...E) {
	t.Helper()
	for _, before := range before {
		got, want := before, before
		err, fault := value.Decode(&got), unmarshal(value, &want)
		if (err == nil) != (fault == nil) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s into %#v: %#v (%v), want %#v (%v)", value, before, got, err, want, fault)
		}
	}
}

// sameTargetIn does so for an interface that holds a pointer: encoding/json fills what
// that points to.
func sameTargetIn(t *testing.T, value base.Value) {
	t.Helper()
	got, want := any(&[]int{7}), any(&[]int{7})
	err, fault := value.Decode(&got), unmarshal(value, &want)
	if (err == nil) != (fault == nil) || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s into a pointer: %#v (%v), want %#v (%v)", value, got, err, want, fault)
	}
}

func unmarshal(text []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(target)
}

func TestAValueDecodesAsEncodingJSONDecodesIt(t *testing.T) {
	for _, value := range columnValues {
		sameAny(t, base.Value(value))
		sameAny(t, base.Value(" "+value+"\n"))
	}
	for _, text := range []string{"", `"a`, "tru", "-", "1x", "[", "null1", `{"a"`} {
		sameTarget(t, base.Value(text), "before")
		sameTarget[any](t, base.Value(text), nil)
		sameTarget(t, base.Value(text), 1)
	}
}

func TestWhatCannotBeDecodedIsNamed(t *testing.T) {
	type row struct {
		ID    int8      `json:"id"`
		At    time.Time `json:"at"`
		Roman []roman   `json:"roman"`
		audit
	}
	decodeRow := func(r base.Record) error { _, err := base.Decode[row](r); return err }
	for _, test := range []struct {
		text, want string
		decode     func(base.Record) error
	}{
		{`{"at": null, "ID": 300}`, `record: column "ID": decode JSON: json: cannot unmarshal number 300 into Go struct field row.id of type int8`, decodeRow},
		{`{"at": "today", "id": 1}`, `record: column "at" into field At of type time.Time: decode JSON: parsing time "today" as`, decodeRow},
		{`{"roman": [6, 7]}`, `record: column "roman" into field Roman of type []base_test.roman: decode JSON: not seven`, decodeRow},
		{`{"e": "x"}`, `record: column "e": decode JSON: json: cannot unmarshal string into Go struct field row.audit.e of type int`, decodeRow},
		{`{"x": 1, "y": "z"}`, `record: column "y": decode JSON: json: cannot unmarshal string into Go value of type int`,
			func(r base.Record) error { _, err := base.Decode[map[string]int](r); return err }},
		{`{"x": 1}`, `record: decode JSON: json: cannot unmarshal object into Go value of type []int`,
			func(r base.Record) error { _, err := base.Decode[[]int](r); return err }},
	} {
		if err := test.decode(newRecord(t, test.text)); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.text, err, test.want)
		}
	}
}

func TestDecodedSharesNothingWithTheRecord(t *testing.T) {
	text := []byte(`{"A": "text", "bee": [1.50, "x"], "É": {"k": "v"}, "raw": [1], "value": [2], "bytes": "aGVsbG8="}`)
	original := string(text)
	r, err := base.NewRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	row, err := base.Decode[struct {
		A     string
		B     any             `json:"bee"`
		E     map[string]any  `json:"É"`
		Raw   json.RawMessage `json:"raw"`
		Value base.Value      `json:"value"`
		Bytes []byte          `json:"bytes"`
	}](r)
	all, err2 := r.Map()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("%v %v", row, all)
	for i := range text {
		text[i] = 'x'
	}
	if after := fmt.Sprintf("%v %v", row, all); after != before {
		t.Errorf("%s, then %s", before, after)
	}
	var want map[string]any
	if err := unmarshal([]byte(original), &want); err != nil || !reflect.DeepEqual(all, want) {
		t.Errorf("Map is %v, want %v", all, want)
	}
}

func TestAnyOfTextThatIsNoJSON(t *testing.T) {
	for _, text := range []string{``, `{"a":`, `NaN`, `[1, Infinity]`, `x`, "\"\xff\""} {
		if value, err := base.Value(text).Any(); err == nil {
			t.Errorf("%q is %v", text, value)
		}
	}
}
