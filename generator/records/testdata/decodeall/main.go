// Command decodeall decodes every record of recorded streams with the code that was
// generated for them and compares what comes out with the record, value by value.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// decoders are those of a file, by stream; the test writes table.go.
type decoders map[string]func(base.Record) (any, error)

func main() {
	records, refused, wrong := 0, 0, 0
	for file, of := range table() {
		lines := bufio.NewScanner(open(file))
		lines.Buffer(nil, 64<<20)
		for number := 1; lines.Scan(); number++ {
			var m struct {
				Type, Stream string
				Record       json.RawMessage
			}
			if json.Unmarshal(lines.Bytes(), &m) != nil || m.Type != "RECORD" || of[m.Stream] == nil {
				continue
			}
			record, err := base.NewRecord(m.Record)
			if err != nil {
				continue // NaN, say: a run refuses it
			}
			records++
			typed, err := of[m.Stream](record)
			if err != nil {
				refused++
				fmt.Printf("refused %s:%d: %v\n", file, number, err)
				continue
			}
			want, err := record.Map()
			if err != nil {
				panic(err)
			}
			if got := plain(reflect.ValueOf(typed)); !equal(got, want) {
				wrong++
				fmt.Printf("WRONG %s:%d: decoded\n  %v\nwant\n  %v\n", file, number, got, want)
			}
		}
	}
	fmt.Printf("records %d, refused %d, wrong %d\n", records, refused, wrong)
}

func open(file string) *bytes.Reader {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(text)
}

// plain turns a typed value into maps, slices, strings, bools and json.Number. nothing is
// what a field has whose column the record lacks.
func plain(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case json.Number:
		return x
	case base.Value:
		if x == nil {
			return nothing{}
		}
		value, err := x.Any()
		if err != nil {
			panic(err)
		}
		return value
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int64:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case reflect.Slice:
		list := []any{}
		for i := range v.Len() {
			list = append(list, plain(v.Index(i)))
		}
		return list
	case reflect.Struct:
		return plainStruct(v)
	}
	panic(v.Type().String())
}

type nothing struct{}

func plainStruct(v reflect.Value) any {
	if given := v.FieldByName("Given"); strings.HasPrefix(v.Type().Name(), "Null[") {
		switch {
		case v.FieldByName("Valid").Bool():
			return plain(v.FieldByName("V"))
		case given.Bool():
			return nil
		}
		return nothing{}
	}
	object := map[string]any{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Name == "AdditionalProperties" {
			for name, value := range v.Field(i).Interface().(map[string]base.Value) {
				object[name] = plain(reflect.ValueOf(value))
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if value := plain(v.Field(i)); !isNothing(value) {
			object[name] = value
		}
	}
	return object
}

// equal compares numbers by what they say.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		if !ok || a == b {
			return ok
		}
		x, okX := new(big.Rat).SetString(string(a))
		y, okY := new(big.Rat).SetString(string(b))
		return okX && okY && x.Cmp(y) == 0
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name := range a {
			if _, there := b[name]; !there || !equal(a[name], b[name]) {
				return false
			}
		}
		return true
	}
	return a == b
}

func isNothing(v any) bool {
	_, ok := v.(nothing)
	return ok
}
