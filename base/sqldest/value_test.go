package sqldest_test

import "testing"

func TestValuesAreKept(t *testing.T) {
	for _, tc := range []struct {
		name, property, value, want string
	}{
		{"integer", `{"type":"integer"}`, `42`, `42`},
		{"2^53+1", `{"type":"integer"}`, `9007199254740993`, `9007199254740993`},
		{"2^63-1", `{"type":"integer"}`, `9223372036854775807`, `9223372036854775807`},
		{"-2^63", `{"type":"integer"}`, `-9223372036854775808`, `-9223372036854775808`},
		{"2^64 beside integers", `{"type":"integer"}`, `18446744073709551616`, `'18446744073709551616'`},
		{"integer written as a fraction", `{"type":"integer"}`, `100.0`, `100`},
		{"integer written as a power", `{"type":"integer"}`, `1e2`, `100`},
		{"number", `{"type":"number"}`, `0.1`, `0.1`},
		{"whole number beside fractions divides as one", `{"type":"number"}`, `7`, `7.0`},
		{"2^53+1 beside fractions", `{"type":"number"}`, `9007199254740993`, `9007199254740993`},
		{"2^64, which a float64 prints otherwise", `{"type":"number"}`, `18446744073709551616`, `'18446744073709551616'`},
		{"38 digits", `{"type":"number"}`, `1234567890123456789012345678901234.5678`, `'1234567890123456789012345678901234.5678'`},
		{"17 digits that are one float64", `{"type":"number"}`, `0.30000000000000004`, `0.30000000000000004`},
		{"17 digits that are none", `{"type":"number"}`, `0.30000000000000001`, `'0.30000000000000001'`},
		{"1e400", `{"type":"number"}`, `1e400`, `'1e400'`},
		{"1e-400", `{"type":"number"}`, `1e-400`, `'1e-400'`},
		{"an exponent beyond measure", `{"type":"number"}`, `1e99999999999999999999`, `'1e99999999999999999999'`},
		{"minus zero", `{"type":"number"}`, `-0.0`, `-0.0`},
		{"smallest float64", `{"type":"number"}`, `5e-324`, `5e-324`},
		{"largest float64", `{"type":"number"}`, `1.7976931348623157e308`, `1.7976931348623157e+308`},
		{"true", `{"type":"boolean"}`, `true`, `1`},
		{"false", `{"type":["null","boolean"]}`, `false`, `0`},
		{"null", `{"type":["null","integer"]}`, `null`, `NULL`},
		{"text", `{"type":"string"}`, `"a"`, `'a'`},
		{"text that looks like a number", `{"type":"string"}`, `"007"`, `'007'`},
		{"number where text is declared", `{"type":"string"}`, `1.10`, `'1.10'`},
		{"text where a number is declared", `{"type":"number"}`, `"n/a"`, `'n/a'`},
		{"U+0000", `{"type":"string"}`, `"a\u0000b"`, "'a\x00b'"},
		{"U+2028 and emoji", `{"type":"string"}`, `"\u2028\ud83d\ude00"`, "'\u2028😀'"},
		{"time as it came", `{"type":"string","format":"date-time"}`, `"2020-02-30T25:00:00+99:00"`, `'2020-02-30T25:00:00+99:00'`},
		{"object", `{"type":"object"}`, `{"b": 1.10, "a": 18446744073709551616}`, `'{"b": 1.10, "a": 18446744073709551616}'`},
		{"array", `{"type":["null","array"]}`, `[1e400, "\ud800"]`, `'[1e400, "\ud800"]'`},
		{"JSON as text where an object is declared", `{"type":"object"}`, `"{\"a\": 1.10}"`, `'{"a": 1.10}'`},
		{"mixed: number", `{"type":["string","integer"]}`, `5`, `5`},
		{"mixed: text", `{"type":["string","integer"]}`, `"5"`, `'5'`},
		{"mixed: fraction", `{"type":["string","number"]}`, `5.5`, `5.5`},
		{"mixed: integer or number", `{"anyOf":[{"type":"integer"},{"type":"number"}]}`, `7`, `7.0`},
		{"mixed: minus zero", `{"type":["boolean","number"]}`, `-0`, `-0.0`},
		{"null alone", `{"type":"null"}`, `1`, `1`},
		{"anyOf: object", `{"anyOf":[{"type":"object"},{"type":"string"}]}`, `{"a":1}`, `'{"a":1}'`},
		{"no type", `{}`, `true`, `1`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStore(t)
			s.load(schema("s", `"v":`+tc.property), record("s", `"v":`+tc.value))
			s.want(`SELECT v FROM s`, tc.want)
		})
	}
}

func TestOrdinaryNumbersAddUpAndCompare(t *testing.T) {
	s := newStore(t)
	s.load(schema("s", `"i":{"type":"integer"},"n":{"type":"number"}`),
		record("s", `"i":1,"n":1`), record("s", `"i":2,"n":0.5`), record("s", `"i":30,"n":-4`))
	s.want(`SELECT sum(i), sum(n), min(n), max(i) FROM s`, `33 -2.5 -4.0 30`)
	s.want(`SELECT i FROM s WHERE n > 0.25 ORDER BY n`, `2`, `1`)
	s.want(`SELECT n / 2 FROM s WHERE i = 1`, `0.5`)
}

func TestValuesThatTextCannotHoldAreRefused(t *testing.T) {
	s := newStore(t)
	s.fail([]string{"stream s", `column "v" at line 3`, "surrogate", "nothing of the batch is stored"},
		schema("s", `"v":{"type":"string"}`), record("s", `"v":"a"`), record("s", `"v":"\ud800"`), record("s", `"v":"c"`))
	s.want(`SELECT v FROM s`)
	// The tap sends all of it again: without a key, rows that were kept would be there twice.
	s.load(schema("s", `"v":{"type":"string"}`), record("s", `"v":"a"`), record("s", `"v":"b"`), record("s", `"v":"c"`))
	s.want(`SELECT v FROM s`, `'a'`, `'b'`, `'c'`)
}

func TestRefusedRecordsCanBeSetAside(t *testing.T) {
	s := newStore(t)
	letters := t.TempDir() + "/letters.jsonl"
	s.config = `{"on_invalid": "dead_letter", "dead_letter_path": "` + letters + `"}`
	s.load(schema("s", idInt+`,"v":{"type":"string"}`, keyID),
		record("s", `"id":1,"v":"first"`), record("s", `"id":1,"v":"\udc00"`), record("s", `"id":null`), record("s", `"id":2,"v":"b"`))
	// The second record would have replaced the first, had it been stored.
	s.want(`SELECT id, v FROM s ORDER BY id`, `1 'first'`, `2 'b'`)
}

func TestTablesOfOthersAreNotDamaged(t *testing.T) {
	for _, tc := range []struct {
		declared, value, want string // no want: an error
	}{
		{"INTEGER", `5`, `5`},
		{"INTEGER", `18446744073709551616`, ``},
		{"INTEGER", `"007"`, ``},
		{"NUMERIC", `1e400`, ``},
		{"DATETIME", `"2020-01-01"`, `'2020-01-01'`},
		{"REAL", `1`, `1.0`},
		{"REAL", `9007199254740993`, ``},
		{"VARCHAR(10)", `"007"`, `'007'`},
		{"VARCHAR(10)", `1.10`, `'1.10'`},
		{"BLOB", `"007"`, `'007'`},
		{"NUMERIC", `"007"`, ``},
		{"ANY", `"007"`, ``}, // NUMERIC, where the table is not STRICT
	} {
		t.Run(tc.declared+" "+tc.value, func(t *testing.T) {
			s := newStore(t)
			if _, err := s.db.Exec(`CREATE TABLE S (V ` + tc.declared + `)`); err != nil {
				t.Fatal(err)
			}
			lines := []string{schema("s", `"v":{}`), record("s", `"v":`+tc.value)}
			if tc.want == "" {
				s.fail([]string{"stream s", `column "v" at line 2`, "would change the value"}, lines...)
				s.want(`SELECT count(*) FROM s`, `0`)
				return
			}
			s.load(lines...)
			s.want(`SELECT +v FROM s`, tc.want) // without the declared type, by which the driver makes times
		})
	}
}
