package main

import (
	"fmt"
	"strings"
)

// wideColumns is how many columns the shape wide200 has: the id, and kinds of column
// that take turns. The struct that holds them stands in widestruct.go.
const wideColumns = 200

// wideKind is a kind of column of the shape wide200.
type wideKind struct {
	goType, schema string
	put            func(r *row, name string)
}

func wideKinds() []wideKind {
	return []wideKind{
		{"int64", `{"type": "integer", "minimum": 0}`, func(r *row, name string) { r.put(name, "%d", r.random.IntN(1_000_000)) }},
		{"*string", `{"type": ["null", "string"], "maxLength": 80}`, func(r *row, name string) { r.putNullable(name, "%s", r.quoted(personName(r.random))) }},
		{"float64", `{"type": "number"}`, func(r *row, name string) { r.put(name, "%d.%03d", r.random.IntN(10_000), r.random.IntN(1_000)) }},
		{"bool", `{"type": "boolean"}`, func(r *row, name string) { r.put(name, "%t", r.random.IntN(2) == 0) }},
		{"string", `{"type": "string", "format": "date-time"}`, func(r *row, name string) { r.putText(name, moment(r.random)) }},
	}
}

// wideColumn is the name of the i-th column, and what it is.
func wideColumn(i int) (string, wideKind) {
	kinds := wideKinds()
	return fmt.Sprintf("column_%03d", i), kinds[i%len(kinds)]
}

func wideSchema() string {
	var b strings.Builder
	b.WriteString(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"id": {"type": "integer", "minimum": 1}`)
	for i := 1; i < wideColumns; i++ {
		name, kind := wideColumn(i)
		fmt.Fprintf(&b, `, "%s": %s`, name, kind.schema)
	}
	b.WriteString("}}")
	return b.String()
}

func fillWide(r *row, n int) {
	r.put("id", "%d", n)
	for i := 1; i < wideColumns; i++ {
		name, kind := wideColumn(i)
		kind.put(r, name)
	}
}
