package main

import "time"

// reading is a record of 3 columns.
type reading struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

const readingSchema = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
	"id": {"type": "integer", "minimum": 1},
	"at": {"type": "string", "format": "date-time"},
	"value": {"type": "number"}}}`

func fillReading(r *row, n int) {
	r.put("id", "%d", n)
	r.putText("at", moment(r.random))
	r.put("value", "%d.%d", r.random.IntN(200)-100, r.random.IntN(1_000))
}
