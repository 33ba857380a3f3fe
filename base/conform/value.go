package conform

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// sameValue tells whether a store has kept a value. It may keep a number or a container
// as its text, true and false as 1 and 0 or as words, leave a null out, and hold an
// empty text for none, as some databases and all CSV files do; no digit and no
// character may be another.
func sameValue(sent, kept json.RawMessage) bool {
	a, okA := decode(sent)
	b, okB := decode(kept)
	if (a == nil || a == "") && okA {
		return len(kept) == 0 || okB && (b == nil || b == a)
	}
	if !okA || !okB {
		return false
	}
	if same(a, b) {
		return true
	}
	switch kept := b.(type) {
	case string:
		if flag, isFlag := a.(bool); isFlag {
			return strings.EqualFold(kept, strconv.FormatBool(flag)) || kept == map[bool]string{true: "1", false: "0"}[flag]
		}
		if _, isText := a.(string); isText {
			return false
		}
		inner, ok := decode([]byte(kept))
		return ok && same(a, inner)
	case json.Number:
		flag, isFlag := a.(bool)
		return isFlag && kept.String() == map[bool]string{true: "1", false: "0"}[flag]
	}
	return false
}

// flattened tells whether the members of an object stand in columns of their own, named
// after the object's column.
func flattened(row Row, name string, sent json.RawMessage) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(sent, &members) != nil || members == nil {
		return false
	}
	for key, value := range members {
		found := false
		for _, separator := range []string{"__", ".", "_"} {
			column := name + separator + key
			found = found || sameValue(value, row.column(column)) || flattened(row, column, value)
		}
		if !found {
			return false
		}
	}
	return true
}

func decode(text []byte) (any, bool) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil, false
	}
	return v, !decoder.More()
}

// same compares decoded values, numbers by what they are worth.
func same(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		other, ok := b.(json.Number)
		return ok && sameNumber(a.String(), other.String())
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for i := range a {
			if !same(a[i], other[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for key, value := range a {
			inner, there := other[key]
			if !there || !same(value, inner) {
				return false
			}
		}
		return true
	}
	return a == b
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	const long = 6 // digits of an exponent that would take too much memory
	for _, text := range []string{a, b} {
		if at := strings.IndexAny(text, "eE"); at >= 0 && len(text)-at > long {
			return false
		}
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}
