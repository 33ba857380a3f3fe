package sqldest_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// The SQL types of new columns, as PostgreSQL itself spells them.
const (
	booleanType = "boolean"
	bigint      = "bigint"
	numeric     = "numeric"
	textType    = "text"
	jsonbType   = "jsonb"
	jsonType    = "json"
	timestamptz = "timestamp with time zone"
)

// ColumnType is the type of a column of which only that much is known.
func (postgres) ColumnType(t sqldest.Type) string {
	switch t {
	case sqldest.Boolean:
		return booleanType
	case sqldest.Integer:
		return bigint
	case sqldest.Number:
		return numeric
	case sqldest.Text:
		return textType
	}
	return jsonbType
}

// ColumnFor is the type that holds exactly what the property allows. Text, dates and
// times are as in Mage's own destination: timestamptz for date-time, text for all
// others; and so are arrays, unless they are set to be jsonb.
func (d postgres) ColumnFor(p base.Property) string {
	t := sqldest.TypeOf(p)
	switch {
	case t == sqldest.Text && isDateTime(p):
		return timestamptz
	case t == sqldest.Integer && !fitsInt64(p.Raw):
		return numeric
	case t == sqldest.JSON && !p.Accepts("object") && !d.jsonArrays:
		return arrayOf(itemsOf(p.Raw))
	}
	return d.ColumnType(t)
}

// isDateTime tells properties of which every text has to be a date and time, from
// those of which one branch says so.
func isDateTime(p base.Property) bool {
	if p.Format != "date-time" {
		return false
	}
	var schema struct {
		Format string
		AnyOf  []branch
		OneOf  []branch
	}
	if json.Unmarshal(p.Raw, &schema) != nil || schema.Format != "" {
		return true
	}
	return !slices.ContainsFunc(slices.Concat(schema.AnyOf, schema.OneOf), func(b branch) bool {
		return b.Format != "date-time" && slices.Contains(typeNames(b.Type), "string")
	})
}

type branch struct {
	Type   json.RawMessage
	Format string
	Items  json.RawMessage
}

// typeNames reads a JSON Schema's type: a name or a list of some.
func typeNames(text json.RawMessage) []string {
	var names []string
	var name string
	if json.Unmarshal(text, &name) == nil && name != "" {
		return []string{name}
	}
	if json.Unmarshal(text, &names) != nil {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "null" })
}

// fitsInt64 reports whether a schema's bounds, where it has some, are those of a bigint.
func fitsInt64(schema json.RawMessage) bool {
	var bounds struct{ Minimum, Maximum, ExclusiveMinimum, ExclusiveMaximum any }
	decoder := json.NewDecoder(strings.NewReader(string(schema)))
	decoder.UseNumber()
	if decoder.Decode(&bounds) != nil {
		return true
	}
	for _, bound := range []any{bounds.Minimum, bounds.Maximum, bounds.ExclusiveMinimum, bounds.ExclusiveMaximum} {
		number, ok := bound.(json.Number)
		if !ok || len(number) > 400 {
			continue
		}
		value, _, err := big.ParseFloat(number.String(), 10, 256, big.ToNearestEven)
		if err == nil && value.Abs(value).Cmp(new(big.Float).SetMantExp(big.NewFloat(1), 63)) > 0 { // 2^63 itself is what 2^63-1 is as a float64
			return false
		}
	}
	return true
}

// itemsOf finds the schema of an array's elements.
func itemsOf(schema json.RawMessage) json.RawMessage {
	var array struct {
		Items        json.RawMessage
		AnyOf, OneOf []branch
	}
	if json.Unmarshal(schema, &array) != nil || len(array.Items) > 0 {
		return array.Items
	}
	for _, b := range slices.Concat(array.AnyOf, array.OneOf) {
		if len(b.Items) > 0 {
			return b.Items
		}
	}
	return nil
}

// arrayOf is the type of a column for arrays of some elements: jsonb where these are
// arrays themselves, for PostgreSQL's are rectangular, or of more than one type.
func arrayOf(items json.RawMessage) string {
	var schema struct{ Type json.RawMessage }
	if json.Unmarshal(items, &schema) != nil {
		return jsonbType
	}
	names := typeNames(schema.Type)
	if len(names) != 1 {
		return jsonbType
	}
	switch names[0] {
	case "boolean":
		return booleanType + "[]"
	case "integer":
		if !fitsInt64(items) {
			return numeric + "[]"
		}
		return bigint + "[]"
	case "number":
		return numeric + "[]"
	case "string":
		return textType + "[]"
	case "object":
		return jsonbType + "[]"
	}
	return jsonbType
}

func (d postgres) Widen(table string, column sqldest.Column, t sqldest.Type) (string, []string) {
	return d.widen(table, column, d.ColumnType(t))
}

func (d postgres) WidenFor(table string, column sqldest.Column, p base.Property) (string, []string) {
	return d.widen(table, column, d.ColumnFor(p))
}

// widen goes by what the table has and what the schema wants. A column that holds all
// that may come stays as it is, and so does one of a type that this package does not
// make: what it cannot hold is told with the record.
func (d postgres) widen(table string, column sqldest.Column, want string) (string, []string) {
	has := column.SQLType
	target := ""
	switch {
	case has == want, has == textType, has == jsonbType, has == jsonType:
	case isInteger(has) && want == numeric:
		target = numeric
	case want == textType && (isInteger(has) || has == numeric || has == booleanType || has == timestamptz):
		target = textType
	case has == bigint+"[]" && want == numeric+"[]":
		target = want
	case isInteger(has) && want == bigint, isFraction(has) && (want == bigint || want == numeric),
		strings.HasPrefix(has, "character"), isTime(has) && (want == timestamptz || want == textType):
	case isMade(has):
		target = jsonbType
	}
	if target == "" {
		return has, nil
	}
	return target, d.Retype(table, column, target)
}

// Retype converts what is there: to jsonb as JSON, times to text as ISO 8601 has them.
func (d postgres) Retype(table string, column sqldest.Column, sqlType string) []string {
	name := d.Quote(column.Name)
	using := name + "::" + sqlType
	switch {
	case sqlType == jsonbType:
		using = "to_jsonb(" + name + ")"
	case sqlType == textType && isTime(column.SQLType):
		using = "to_jsonb(" + name + ") #>> '{}'"
	}
	return []string{"ALTER TABLE " + d.QuoteTable(table) + " ALTER COLUMN " + name + " TYPE " + sqlType + " USING " + using}
}

func isInteger(sqlType string) bool {
	return sqlType == bigint || sqlType == "integer" || sqlType == "smallint"
}

func isFraction(sqlType string) bool {
	return sqlType == numeric || sqlType == "double precision" || sqlType == "real" || strings.HasPrefix(sqlType, "numeric(")
}

func isTime(sqlType string) bool { return strings.HasPrefix(sqlType, "timestamp") || sqlType == "date" }

// isMade tells the types that this package gives to columns.
func isMade(sqlType string) bool {
	switch strings.TrimSuffix(sqlType, "[]") {
	case booleanType, bigint, numeric, textType, jsonbType, timestamptz:
		return true
	}
	return false
}
