package base_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

func TestReadersTakeWhatTheyHold(t *testing.T) {
	for name, test := range map[string]struct {
		read func(v base.Value) (any, error)
		text string
		want string // as %v, or the error
	}{
		"text":                    {as(base.ReadString), `"a\u00e9\n"`, "aé\n"},
		"text from a number":      {as(base.ReadString), `3`, "want string, not number"},
		"half a pair":             {as(base.ReadString), `"\ud800"`, "want text, not half of a surrogate pair"},
		"true":                    {as(base.ReadBool), `true`, "true"},
		"a bool from text":        {as(base.ReadBool), `"true"`, "want boolean, not string"},
		"every digit":             {as(base.ReadNumber), `1234567890123456789012345678901234.50`, "1234567890123456789012345678901234.50"},
		"a number from null":      {as(base.ReadNumber), `null`, "want number, not null"},
		"the least":               {as(base.ReadInt64), `-9223372036854775808`, "-9223372036854775808"},
		"one beyond":              {as(base.ReadInt64), `9223372036854775808`, "want a whole number of 64 bits, not 9223372036854775808"},
		"whole, with a fraction":  {as(base.ReadInt64), `100.00`, "100"},
		"whole, with an exponent": {as(base.ReadInt64), `12e2`, "1200"},
		"a fraction":              {as(base.ReadInt64), `1.5`, "want a whole number of 64 bits, not 1.5"},
		"huge":                    {as(base.ReadInt64), `1e999999999`, "want a whole number of 64 bits, not 1e999999999"},
		"long":                    {as(base.ReadInt64), "1" + strings.Repeat("0", 100), "want a whole number of 64 bits, not 1" + strings.Repeat("0", 39) + "…"},
		"an infinity":             {as(base.ReadInt64), `-Infinity`, "want a whole number of 64 bits, not -Infinity"},
		"not a number":            {as(base.ReadInt64), `NaN`, "want a whole number of 64 bits, not NaN"},
		"anything":                {as(base.ReadValue), `{"a": [1]}`, `{"a": [1]}`},
		"a list":                  {as(base.ListOf(base.ReadBool)), `[true, false]`, "[true false]"},
		"an empty list":           {as(base.ListOf(base.ReadBool)), `[]`, "[]"},
		"a fault in a list":       {as(base.ListOf(base.ReadBool)), `[true, 1]`, "element 1: want boolean, not number"},
		"null for a list":         {as(base.ListOf(base.ReadBool)), `null`, "want array, not null"},
		"nulls in a list":         {as(base.ListOf(base.NullOf(base.ReadString))), `["a", null]`, "[{a true true} { false true}]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.read(base.Value(test.text))
			text := fmt.Sprintf("%v", got)
			if v, ok := got.(base.Value); ok {
				text = string(v)
			}
			if err != nil {
				text = err.Error()
			}
			if text != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}

func as[T any](read func(base.Value) (T, error)) func(base.Value) (any, error) {
	return func(v base.Value) (any, error) { return read(v) }
}

func TestNullsAreToldFromWhatIsMissing(t *testing.T) {
	type row struct {
		A base.Null[string] `json:"a,omitzero"`
		B base.Null[string] `json:"b,omitzero"`
		C base.Null[string] `json:"c,omitzero"`
	}
	var r row
	var err error
	if r.A, err = base.ReadNull(base.Value(`"x"`), base.ReadString); err != nil {
		t.Fatal(err)
	}
	if r.B, err = base.ReadNull(base.Value(`null`), base.ReadString); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil || string(text) != `{"a":"x","b":null}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestSchemasAreHeldToColumns(t *testing.T) {
	columns := []base.Column{
		{Name: "id", Types: []string{"integer"}, Required: true},
		{Name: "total", Types: []string{"null", "number"}},
		{Name: "note", Types: []string{"null", "string"}},
		{Name: "extra"},
	}
	for name, test := range map[string]struct{ schema, notes, err string }{
		"the same": {`{"properties": {"id": {"type": "integer"}, "total": {"type": ["null", "number"]}, "note": {"type": ["null", "string"]}, "extra": {}}, "required": ["id"]}`, "", ""},
		"narrower": {`{"properties": {"id": {"type": "integer"}, "total": {"type": "integer"}, "note": {"type": "string"}, "extra": {"type": "object"}}, "required": ["id"]}`, "", ""},
		"new and gone": {`{"properties": {"id": {"type": "integer"}, "total": {"type": "number"}, "extra": {}, "city": {"type": "string"}, "_mage_created_at": {}}, "required": ["id"]}`,
			"column note: is gone; column city: is new, string", ""},
		"wider": {`{"properties": {"id": {"type": ["string", "integer"]}, "total": {}, "note": {"type": "string"}, "extra": {}}, "required": ["id"]}`, "",
			"column id: was integer, is string or integer; column total: was null or number, is any type; run mage-dest generate"},
		"no longer required": {`{"properties": {"id": {"type": "integer"}, "total": {}, "note": {}, "extra": {}}}`, "", "column id: was required, is not"},
		"required and gone":  {`{"properties": {"total": {"type": "number"}, "note": {"type": "string"}, "extra": {}}}`, "", "column id: is gone, and was required"},
	} {
		t.Run(name, func(t *testing.T) {
			schema, err := base.NewSchema([]byte(test.schema))
			if err != nil {
				t.Fatal(err)
			}
			notes, err := base.CheckColumns(base.Stream{Name: "orders", Schema: schema}, columns)
			if got := strings.Join(notes, "; "); got != test.notes {
				t.Errorf("notes %q, want %q", got, test.notes)
			}
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || !strings.HasPrefix(err.Error(), "stream orders: ")) {
				t.Errorf("got %v, want %q", err, test.err)
			}
		})
	}
	if notes, err := base.CheckColumns(base.Stream{Name: "orders"}, columns); notes != nil || err != nil {
		t.Errorf("a stream without a schema: %v, %v", notes, err)
	}
}

func TestMissingColumnsAreTold(t *testing.T) {
	if err := base.CheckFound([]bool{true, false, false}, "a", "b", "c"); err == nil || err.Error() != `required, but missing: "b", "c"` {
		t.Errorf("got %v", err)
	}
	record, err := base.NewRecord([]byte(`{"a": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := base.DecodeError(record, base.ColumnError("a", fmt.Errorf("no"))).Error(); got != `record: column "a": no` {
		t.Errorf("got %s", got)
	}
}
