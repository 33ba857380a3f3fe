package main

import (
	"fmt"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// shape is one kind of input.
type shape struct {
	name, title string
	streams     []string
	columns     int
	lineBytes   int    // about, of a RECORD line
	schema      string // JSON Schema of each stream's records
	style       style
	fill        func(r *row, n int)

	// decode is what a connector does that wants structs.
	decode func(base.Record) error
}

// style is how records are written.
type style struct {
	comma, colon string
	ascii        bool // other characters are escaped, as Python's json.dumps does
	shuffled     bool // the columns of each record stand in an order of their own
}

func compact() style { return style{comma: ",", colon: ":"} }

// shapes are all kinds of input, in the order in which they are told of.
func shapes() []shape {
	flat := shape{streams: []string{"orders"}, columns: 14, lineBytes: 443, schema: orderSchema, style: compact(), fill: fillOrder, decode: decodeTo[order]}
	vary := func(name, title string, change func(*shape)) shape {
		s := flat
		s.name, s.title = name, title
		change(&s)
		return s
	}
	return []shape{
		vary("flat14", "14 columns", func(*shape) {}),
		vary("interleaved", "three streams of 14 columns in turn", func(s *shape) { s.streams = []string{"orders", "offers", "returns"} }),
		vary("python", "14 columns, written as Python does", func(s *shape) {
			s.style = style{comma: ", ", colon: ": ", ascii: true}
			s.lineBytes = 482
		}),
		vary("shuffled", "14 columns in an order of their own in each record", func(s *shape) { s.style.shuffled = true }),
		{
			name: "narrow3", title: "3 columns", streams: []string{"readings"}, columns: 3, lineBytes: 150,
			schema: readingSchema, style: compact(), fill: fillReading, decode: decodeTo[reading],
		},
		{
			name: "wide200", title: "200 columns", streams: []string{"answers"}, columns: wideColumns, lineBytes: 5145,
			schema: wideSchema(), style: compact(), fill: fillWide, decode: decodeTo[wide],
		},
		{
			name: "nested", title: "objects and arrays, three deep", streams: []string{"baskets"}, columns: 8, lineBytes: 707,
			schema: basketSchema, style: compact(), fill: fillBasket, decode: decodeTo[basket],
		},
	}
}

// shapeNamed finds a shape.
func shapeNamed(name string) (shape, error) {
	var names []string
	for _, s := range shapes() {
		if s.name == name {
			return s, nil
		}
		names = append(names, s.name)
	}
	return shape{}, fmt.Errorf("shape %q is not known; there are %s", name, strings.Join(names, ", "))
}

// records is how many of this shape's records make as much input as n of flat14.
func (s shape) records(n int) int {
	const flat = 443
	return max(n*flat/s.lineBytes, 10)
}

func decodeTo[T any](r base.Record) error {
	_, err := base.Decode[T](r)
	return err
}
