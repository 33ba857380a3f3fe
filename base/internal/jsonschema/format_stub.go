package jsonschema

// TEMPORARY, by the one who compiles schemas: delete this file in the commit that brings format.go with formatOf.
func formatOf(name string) (valid func(text []byte) bool, ok bool) {
	return func([]byte) bool { return true }, true
}
