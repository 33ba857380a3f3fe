package conform

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// column is a value that is sent, with the schema of its column.
type column struct {
	name, schema, value string
}

// roundTrip sends one record with some columns and wants it back as it was sent.
func (p *probe) roundTrip(name string, columns []column) {
	s := p.stream(name)
	var properties, members []string
	for _, c := range columns {
		properties = append(properties, text(c.name)+":"+c.schema)
		members = append(members, text(c.name)+":"+c.value)
	}
	out := p.good(options{}, schemaLine(s, idColumn+","+strings.Join(properties, ","), nil),
		recordLine(s, `"id":1,`+strings.Join(members, ",")), stateLine(bookmarks(s, 1)))
	if out.exit == 0 && bookmark(out.last(), s) != 1 {
		p.fail("the state is not told")
	}
	rows, ok := p.rows(s)
	switch {
	case !ok || out.exit != 0:
		return
	case len(rows) != 1:
		p.lose("%d rows are stored, want 1", len(rows))
		return
	}
	for _, c := range columns {
		if kept := rows[0].column(c.name); !sameValue(json.RawMessage(c.value), kept) && !flattened(rows[0], c.name, json.RawMessage(c.value)) {
			p.lose("%s was sent as %s and is stored as %s", c.name, shorten(c.value), shorten(string(kept)))
		}
	}
}

func numbers() Case {
	return Case{
		Number: 19, Name: "numbers",
		Asserts: "Integers to the bounds of 64 bits and beyond, decimals of 38 digits and exponents are stored with every digit.",
		Why:     "A float64 on the way keeps 16 digits: identifiers and amounts change without a word.",
		Mend:    "Keep numbers as text until the store's own exact type; never decode into a float64.",
		run: func(p *probe) {
			var columns []column
			for i, value := range []string{
				"9223372036854775807", "-9223372036854775808", "9007199254740993", "0", "-1", "18446744073709551617",
			} {
				columns = append(columns, column{fmt.Sprintf("i%d", i), `{"type":["null","integer"]}`, value})
			}
			for i, value := range []string{
				"0.1", "1234567890123456789012345678.0123456789", "-0.00000000000000000000000000000000000001", "1.5e3", "2.50", "123456789.123456789",
			} {
				columns = append(columns, column{fmt.Sprintf("n%d", i), `{"type":["null","number"]}`, value})
			}
			p.roundTrip("numbers", columns)
		},
	}
}

func texts() Case {
	return Case{
		Number: 20, Name: "texts",
		Asserts: "Texts with quotes, line ends, U+0000, U+2028, emoji, letters from right to left, SQL and templates in them are stored as they are, or refused as a whole record.",
		Why:     "They break statements that are put together from text, and lines that are split where they should not be.",
		Mend:    "Bind values, do not paste them; split lines at \\n alone.",
		run: func(p *probe) {
			values := []string{
				`""`, `"a \"quoted\" 'word'"`, `"two\nlines\r\nand a tab\t"`, `"U+2028 \u2028 and \u2029"`, `"😀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢"`, `"مرحبا שלום"`,
				`"'; DROP TABLE users; --"`, `"{{ 7*7 }} ${HOME} %s %(x)s \\N \\\\"`, `" spaces "`, `"NULL"`, `"` + strings.Repeat("x", 70_000) + `"`,
			}
			var columns []column
			for i, value := range values {
				columns = append(columns, column{fmt.Sprintf("t%d", i), `{"type":["null","string"]}`, value})
			}
			p.roundTrip("texts", columns)
			p.withNUL()
		},
	}
}

// withNUL sends the one character that many stores cannot hold.
func (p *probe) withNUL() {
	s := p.stream("nul")
	out := p.run(options{}, schemaLine(s, idText, nil), recordLine(s, `"id":1,"name":"a\u0000b"`), stateLine(bookmarks(s, 1)))
	if bookmark(out.last(), s) == 0 {
		if out.exit == 0 {
			p.fail("a text with U+0000: exit code 0, and no state is told")
		}
		return // refused
	}
	rows, ok := p.rows(s)
	if ok && (len(rows) != 1 || !sameValue(json.RawMessage(`"a\u0000b"`), rows[0].column("name"))) {
		p.lose("a text with U+0000 is acknowledged and not stored as it is: %v", rows)
	}
}

func names() Case {
	return Case{
		Number: 21, Name: "names",
		Asserts: "Columns with any name are stored, each value in a column of its own: capitals, spaces, quotes, reserved words, a leading digit, 70 letters, names that differ in case or behind the 63rd letter alone. A stream's name may be as odd.",
		Why:     "Two columns that become one lose a value; a name that is pasted into SQL is a hole.",
		Mend:    "Quote names, and give those that the store cannot tell apart names of their own.",
		run: func(p *probe) {
			long := strings.Repeat("long_name_", 7)
			list := []string{
				"CamelCase", "with space", `with "quote"`, "with'apostrophe", "select", "order", "1digit", "ünïcode", "dash-ed", "dot.ted", "semi;colon",
				long + "a", long + "b", "Twin", "twin", "$dollar", "per%cent",
			}
			s := p.stream("names")
			var properties, members []string
			for i, name := range list {
				properties = append(properties, text(name)+`:{"type":["null","string"]}`)
				members = append(members, fmt.Sprintf(`%s:"value %d"`, text(name), i))
			}
			out := p.run(options{}, schemaLine(s, idColumn+","+strings.Join(properties, ","), nil),
				recordLine(s, `"id":1,`+strings.Join(members, ",")), stateLine(bookmarks(s, 1)))
			if p.refusedCleanly(out, s) {
				p.fail("names that differ are refused: %s", lastWords(out.stderr))
				return
			}
			p.eachValueOnce(s, len(list))
			for _, name := range []string{"CamelCase", "with space", "select", "1digit", strings.Repeat("long_stream_", 7)} {
				s := p.stream(name)
				out := p.run(options{}, schemaLine(s, idText, nil), counted(s, 1, 2), stateLine(bookmarks(s, 2)))
				if !p.refusedCleanly(out, s) {
					p.wantIDs(s, span(1, 2))
				}
			}
		},
	}
}

// refusedCleanly tells whether a run has failed and said so: nothing of the stream is
// acknowledged.
func (p *probe) refusedCleanly(out outcome, stream string) bool {
	if out.exit == 0 && bookmark(out.last(), stream) == 0 {
		p.fail("exit code 0, and the state of %s is not told", stream)
	}
	return out.exit != 0 && bookmark(out.last(), stream) == 0
}

// eachValueOnce wants "value 0" to "value n-1" in the one row of a stream.
func (p *probe) eachValueOnce(stream string, n int) {
	rows, ok := p.rows(stream)
	if !ok {
		return
	}
	if len(rows) != 1 {
		p.lose("%d rows are stored, want 1", len(rows))
		return
	}
	values := slices.Collect(maps.Values(rows[0]))
	for i := range n {
		want := fmt.Sprintf(`"value %d"`, i)
		if count := len(slices.DeleteFunc(slices.Clone(values), func(v json.RawMessage) bool { return string(v) != want })); count != 1 {
			p.lose("the column that was sent with %s is there %d times", want, count)
		}
	}
}

func containers() Case {
	return Case{
		Number: 22, Name: "objects, arrays and loose schemas",
		Asserts: "Objects and arrays, nested and empty, and values of columns with anyOf, oneOf or no type are stored with all that is in them.",
		Why:     "What a column type does not fit is often cut, flattened away or turned into Python's or Go's own notation.",
		Mend:    "Store them as JSON text, or in the store's own type for JSON.",
		run: func(p *probe) {
			p.roundTrip("containers", []column{
				{"object", `{"type":["null","object"],"properties":{"a":{"type":"integer"},"b":{"type":"object"}}}`, `{"a":1,"b":{"c":[1,2,{"d":null}]},"e":"not declared"}`},
				{"empty_object", `{"type":["null","object"]}`, `{}`},
				{"array", `{"type":["null","array"],"items":{"type":"integer"}}`, `[3,1,2]`},
				{"nested_array", `{"type":["null","array"]}`, `[[1,"two"],[],[{"x":[true,false]}]]`},
				{"empty_array", `{"type":["null","array"]}`, `[]`},
				{"any_of", `{"anyOf":[{"type":"string"},{"type":"null"}]}`, `"text"`},
				{"one_of", `{"oneOf":[{"type":"integer"},{"type":"string"}]}`, `"7"`},
				{"flag", `{"type":["null","boolean"]}`, `true`},
			})
		},
	}
}

func absentValues() Case {
	return Case{
		Number: 23, Name: "null, missing and undeclared values",
		Asserts: "Null and missing values are null in the store. A column that the schema lacks is stored, or the run says that it is not.",
		Why:     "A row that keeps an earlier row's value where its own is null is wrong; a column that vanishes is missed years later.",
		Mend:    "Write null for what is missing; add the column or warn.",
		run: func(p *probe) {
			s := p.stream("absent")
			out := p.good(options{}, schemaLine(s, idText+`,"note":{"type":["null","string"]}`, nil),
				recordLine(s, `"id":1,"name":"full","note":"n"`), recordLine(s, `"id":2,"name":null`), recordLine(s, `"id":3`),
				stateLine(bookmarks(s, 3)))
			p.undeclared()
			rows, ok := p.rows(s)
			if !ok || out.exit != 0 {
				return
			}
			if got := ids(rows); !slices.Equal(got, span(1, 3)) {
				p.lose("ids %v are stored, want 1 to 3", got)
			}
			for _, row := range rows {
				id := strings.Trim(string(row.column("id")), `"`)
				for _, name := range []string{"name", "note"} {
					value := row.column(name)
					if wantNull := id == "2" || id == "3"; wantNull && !sameValue(json.RawMessage("null"), value) {
						p.lose("record %s has no %s and is stored with %s", id, name, value)
					}
				}
			}
		},
	}
}

// undeclared sends a column that the schema lacks: it is stored, refused or told of.
func (p *probe) undeclared() {
	s := p.stream("undeclared")
	out := p.run(options{}, schemaLine(s, idText, nil), recordLine(s, `"id":1,"name":"x","extra":"undeclared"`), stateLine(bookmarks(s, 1)))
	if p.refusedCleanly(out, s) {
		return
	}
	rows, ok := p.rows(s)
	if ok && (len(rows) != 1 || string(rows[0].column("extra")) != `"undeclared"`) && !strings.Contains(out.stderr, "extra") {
		p.lose("the column extra, which the schema lacks, is dropped without a word")
	}
}
