package jsonschema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// shape is a schema with records that it takes. They come one after the other, so
// that no processor learns one by heart.
type shape struct {
	name    string
	schema  string
	records [][]byte
}

// records writes 64 records.
func records(record func(i int) string) (texts [][]byte) {
	for i := range 64 {
		texts = append(texts, []byte(record(i)))
	}
	return texts
}

// shapes are streams as taps have them.
func shapes() []shape {
	const fourteen = `{"type": "object", "required": ["id"], "properties": {
		"id": {"type": "integer"}, "uuid": {"type": "string", "format": "uuid"}, "name": {"type": ["null", "string"], "maxLength": 80},
		"email": {"type": ["null", "string"], "format": "email"}, "created_at": {"type": "string", "format": "date-time"},
		"updated_at": {"type": ["null", "string"], "format": "date-time"}, "amount": {"type": ["null", "number"], "minimum": 0, "maximum": 1000000},
		"quantity": {"type": "integer", "minimum": 0}, "active": {"type": "boolean"}, "status": {"enum": ["new", "paid", "sent"]},
		"country": {"type": ["null", "string"], "minLength": 2}, "score": {"anyOf": [{"type": "number"}, {"type": "null"}]},
		"tags": {"type": "array", "items": {"type": "string"}}, "notes": {"type": ["null", "string"]}}}`
	members := func(i int) []string {
		return []string{
			fmt.Sprintf(`"id":%d`, 100_000+i), fmt.Sprintf(`"uuid":"%08x-12ab-4c3d-8e9f-0123456789ab"`, i), fmt.Sprintf(`"name":"customer %d"`, i),
			fmt.Sprintf(`"email":"customer.%d@example.com"`, i), fmt.Sprintf(`"created_at":"2024-05-%02dT08:09:10.123456Z"`, i%28+1),
			fmt.Sprintf(`"updated_at":"2024-06-%02dT08:09:10Z"`, i%28+1), fmt.Sprintf(`"amount":%d.%02d`, i*17%1000, i), fmt.Sprintf(`"quantity":%d`, i%50),
			fmt.Sprintf(`"active":%t`, i%2 == 0), fmt.Sprintf(`"status":"%s"`, []string{"new", "paid", "sent"}[i%3]), `"country":"DE"`,
			[]string{`"score":null`, fmt.Sprintf(`"score":0.%d`, i+1)}[i%2], `"tags":["a","b"]`,
			fmt.Sprintf(`"notes":"%s"`, strings.Repeat("word ", 22+i%5)),
		}
	}
	wide := func(i int) string {
		var b strings.Builder
		for c := range 200 {
			fmt.Fprintf(&b, `,"column_%d":%d`, c, i*c)
		}
		return "{" + b.String()[1:] + "}"
	}
	var columns strings.Builder
	for c := range 200 {
		fmt.Fprintf(&columns, `,"column_%d":{"type":["null","integer"]}`, c)
	}
	const nested = `{"properties": {"id": {"type": "integer"}, "customer": {"type": "object", "required": ["name"], "properties": {
		"name": {"type": "string"}, "address": {"type": ["null", "object"], "properties": {"street": {"type": "string"}, "zip": {"type": "string", "minLength": 5}}}}},
		"lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}, "price": {"type": "number"}}}}}}`
	order := func(i int) string {
		line := fmt.Sprintf(`{"sku":"A-%d","count":%d,"price":%d.95}`, i, i+1, i)
		return fmt.Sprintf(`{"id":%d,"customer":{"name":"customer %d","address":{"street":"Main Street %d","zip":"12345"}},"lines":[%s,%s,%s]}`, i, i, i, line, line, line)
	}
	return []shape{
		{"14 columns", fourteen, records(func(i int) string { return "{" + strings.Join(members(i), ",") + "}" })},
		{"14 columns with spaces", fourteen, records(func(i int) string {
			return "{" + strings.Replace(strings.Join(members(i), ", "), `":`, `": `, -1) + "}"
		})},
		{"14 columns in any order", fourteen, records(func(i int) string {
			all := members(i)
			a := newAuthor(uint64(i))
			a.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			return "{" + strings.Join(all, ",") + "}"
		})},
		{"200 columns", `{"properties":{` + columns.String()[1:] + `}}`, records(wide)},
		{"nested", nested, records(order)},
		{"nested without a schema", `{"properties": {"id": {"type": "integer"}, "customer": {}, "lines": {}}}`, records(order)},
	}
}

func (s shape) plan(tb testing.TB) *Plan {
	tb.Helper()
	schema, err := Compile([]byte(s.schema))
	if err != nil {
		tb.Fatal(err)
	}
	return schema.Plan(nil)
}

// BenchmarkRecord walks over records, beside walks that find out no more than
// whether they are JSON.
func BenchmarkRecord(b *testing.B) {
	for _, s := range shapes() {
		plan := s.plan(b)
		var pass Pass
		for _, way := range []struct {
			name string
			walk func(text []byte) bool
		}{
			{"judged", func(text []byte) bool {
				pass.Columns = pass.Columns[:0]
				v := pass.Record(plan, text, 0, 0)
				return v.Valid && v.Plain()
			}},
			{"checked", func(text []byte) bool { _, err := rawjson.Check(text); return err == nil }},
			{"walked over", func(text []byte) bool { return skip(text, 0) == len(text) }},
		} {
			b.Run(s.name+"/"+way.name, func(b *testing.B) {
				b.SetBytes(int64(len(s.records[0])))
				for i := 0; b.Loop(); i++ {
					if text := s.records[i%len(s.records)]; !way.walk(text) {
						b.Fatalf("%s is not taken", text)
					}
				}
			})
		}
	}
}

// skip walks over a value as directly as can be; -1 for what is no JSON.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		i, _ = rawjson.ScanString(b, i)
	case '{', '[':
		return skipInside(b, i, b[i]+2)
	case 't':
		i = rawjson.ScanWord(b, i, "true")
	case 'f':
		i = rawjson.ScanWord(b, i, "false")
	case 'n':
		i = rawjson.ScanWord(b, i, "null")
	default:
		i, _ = rawjson.ScanNumber(b, i)
	}
	return i
}

func skipInside(b []byte, i int, closing byte) int {
	i = rawjson.SkipSpace(b, i+1)
	for more := i >= len(b) || b[i] != closing; more; {
		if closing == '}' {
			if i >= len(b) || b[i] != '"' {
				return -1
			}
			if i, _ = rawjson.ScanString(b, i); i < 0 {
				return -1
			}
			if i = rawjson.AfterColon(b, i); i < 0 {
				return -1
			}
		}
		if i = skip(b, i); i < 0 {
			return -1
		}
		if i, more = rawjson.Next(b, i, closing); i < 0 {
			return -1
		}
	}
	return i + 1
}

// Records that come one after the other cost no memory.
func TestRecordsAreJudgedWithoutAllocating(t *testing.T) {
	for _, s := range shapes() {
		plan := s.plan(t)
		var pass Pass
		walk := func() {
			for _, text := range s.records {
				pass.Columns = pass.Columns[:0]
				if v := pass.Record(plan, text, 0, 0); !v.Valid || !v.Plain() {
					t.Fatalf("%s: %+v for %s", s.name, v, text)
				}
			}
		}
		if n := testing.AllocsPerRun(10, walk); n != 0 {
			t.Errorf("%s: %v allocations for %d records", s.name, n, len(s.records))
		}
	}
}
