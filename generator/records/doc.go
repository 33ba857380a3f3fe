// Package records writes Go structs for the records of streams, from their JSON Schema.
//
// What a stream is may be read from a recorded Singer stream, from a catalog or from
// the folder schemas of a connector, which has one file a stream:
//
//	{"stream": "orders", "key_properties": ["id"], "schema": {"type": "object", "properties": …}}
//
// Each stream becomes a struct with a field for each column:
//
//	string, whatever its format  string, character for character
//	boolean                      bool
//	integer                      int64 if minimum and maximum say that it fits, else json.Number
//	number                       json.Number: no digit is lost
//	object with properties       a struct of its own
//	array with one schema        a slice
//	several types, or none       base.Value, the JSON text
//
// A column that may be null, or that is not required, is a base.Null of that. What a
// schema does not name is in AdditionalProperties. What a record holds can be had back
// from its struct, digit for digit.
package records
