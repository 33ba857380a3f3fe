package sqldest_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// TestRecordsComeBack loads records of any schema and reads them back as they
// were, every digit and every character.
func TestRecordsComeBack(t *testing.T) { recordsComeBack(t, newStore(t), rapid.String(), sameValue) }

// recordsComeBack draws texts from a generator, for not every database has all.
func recordsComeBack(t *testing.T, s *store, text *rapid.Generator[string], same func(kind, sent, got string) bool) {
	tables := 0
	rapid.Check(t, func(t *rapid.T) {
		tables++
		w := sqldest.New(s.db, s.dialect, s.options)
		names := rapid.SliceOfNDistinct(text, 1, 6, rapid.ID[string]).Draw(t, "names")
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"integer", "number", "boolean", "string", "object"}), len(names), len(names)).Draw(t, "kinds")
		stream := streamOf(t, fmt.Sprint("t", tables), schemaText(names, kinds))

		var sent []map[string]string
		var batch []base.RecordData
		for range rapid.IntRange(1, 40).Draw(t, "records") {
			values := map[string]string{}
			var members []string
			for i, name := range names {
				if rapid.Bool().Draw(t, "has") {
					values[name] = jsonOf(kinds[i], text).Draw(t, name)
					members = append(members, string(sqldest.JSONString(name))+":"+values[name])
				}
			}
			record, err := base.NewRecord([]byte("{" + strings.Join(members, ",") + "}"))
			if err != nil {
				t.Fatal(err)
			}
			sent, batch = append(sent, values), append(batch, base.RecordData{Record: record, Stream: stream.Name})
		}
		if err := w.Write(s.t.Context(), stream, batch); err != nil {
			t.Fatal(err)
		}
		n := 0
		for got, err := range w.Records(s.t.Context(), stream) {
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range names {
				value, _ := got.Get(name)
				if !same(kinds[i], sent[n][name], string(value)) {
					t.Errorf("record %d, column %q: sent %s, got %s", n, name, sent[n][name], value)
				}
			}
			n++
		}
		if n != len(sent) {
			t.Errorf("%d records came back, want %d", n, len(sent))
		}
	})
}

func schemaText(names, kinds []string) string {
	var properties []string
	for i, name := range names {
		properties = append(properties, fmt.Sprintf(`%s:{"type":["null",%q]}`, sqldest.JSONString(name), kinds[i]))
	}
	return `{"properties":{` + strings.Join(properties, ",") + `}}`
}

func jsonOf(kind string, plain *rapid.Generator[string]) *rapid.Generator[string] {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?`)
	whole := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})`)
	text := rapid.Map(plain, func(s string) string { return string(sqldest.JSONString(s)) })
	switch kind {
	case "integer":
		return rapid.OneOf(whole, rapid.Map(rapid.Int64(), func(i int64) string { return fmt.Sprint(i) }))
	case "number":
		return rapid.OneOf(number, whole, rapid.Map(rapid.Float64(), func(f float64) string { return fmt.Sprint(f) }))
	case "boolean":
		return rapid.SampledFrom([]string{"true", "false"})
	case "string":
		return text
	}
	return rapid.Custom(func(t *rapid.T) string {
		return "{" + text.Draw(t, "key") + ": [" + number.Draw(t, "number") + ", " + text.Draw(t, "text") + "]}"
	})
}

func sameValue(kind, sent, got string) bool {
	switch {
	case sent == "":
		return got == "null"
	case kind == "integer" || kind == "number":
		a, _ := new(big.Rat).SetString(sent)
		b, ok := new(big.Rat).SetString(got)
		return ok && a.Cmp(b) == 0 && strings.HasPrefix(sent, "-") == (strings.HasPrefix(got, "-") || a.Sign() == 0 && sent == "-0")
	}
	return sent == got
}
