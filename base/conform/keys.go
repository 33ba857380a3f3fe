package conform

import (
	"fmt"
	"strings"
)

func noKey() Case {
	return Case{
		Number: 24, Name: "no key",
		Asserts: "A stream without keys is appended: the same input twice gives every row twice, and equal rows are all there.",
		Why:     "Events have no key; rows that are equal are still two.",
		Mend:    "Take rows together by key properties only.",
		run: func(p *probe) {
			s := p.stream("nokey")
			lines := []string{schemaLine(s, idText, nil), counted(s, 1, 3), counted(s, 3, 3), stateLine(bookmarks(s, 3))}
			p.good(options{}, lines...)
			p.good(options{}, lines...)
			if p.target.ReadBack == nil && p.target.Inside {
				p.wantIDs(s, []int{1, 1, 2, 2, 3, 3, 3, 3})
				return
			}
			if _, ok := p.stored(s); ok {
				p.wantIDs(s, []int{1, 1, 2, 2, 3, 3, 3, 3})
			}
		},
	}
}

// wantNames holds the names of a stream's rows by id.
func (p *probe) wantNames(stream string, want map[int]string) {
	rows, ok := p.stored(stream)
	if !ok || !p.acknowledged() {
		return
	}
	got := map[int]string{}
	for _, row := range rows {
		for _, id := range ids([]Row{row}) {
			if _, double := got[id]; double {
				p.lose("the key %d has more than one row", id)
			}
			got[id] = string(row.column("name"))
			if got[id] == "" {
				got[id] = "null"
			}
		}
	}
	for id, name := range want {
		if got[id] != name {
			p.lose("the row with the key %d has the name %s, want %s", id, orNone(got[id]), name)
		}
	}
	if len(got) != len(want) {
		p.lose("%d keys are stored, want %d", len(got), len(want))
	}
}

func orNone(name string) string {
	if name == "" {
		return "(no row)"
	}
	return name
}

func upsert() Case {
	return Case{
		Number: 25, Name: "rows with a key are replaced",
		Asserts: "The second run with the same keys leaves one row for each, with the new values, null too.",
		Why:     "Every run that is made again sends records again; an old value that stays where the new one is null is wrong.",
		Mend:    "Update all columns of the row.",
		Claims:  [][]string{{ClaimUpsert}},
		run: func(p *probe) {
			s := p.stream("upsert")
			schema := schemaLine(s, idText, []string{"id"})
			p.good(options{}, schema, recordLine(s, `"id":1,"name":"a"`), recordLine(s, `"id":2,"name":"b"`), recordLine(s, `"id":3,"name":"c"`))
			p.good(options{}, schema, recordLine(s, `"id":2,"name":"new"`), recordLine(s, `"id":3,"name":null`), recordLine(s, `"id":4,"name":"d"`))
			p.wantNames(s, map[int]string{1: `"a"`, 2: `"new"`, 3: "null", 4: `"d"`})
		},
	}
}

func duplicateKeys() Case {
	return Case{
		Number: 26, Name: "one key twice in a batch",
		Asserts: "Of records with one key in one batch the last one wins.",
		Why:     "Change streams hold a row's history. MERGE and ON CONFLICT fail at duplicates, or take any of them.",
		Mend:    "Keep the last record of each key before the batch is written.",
		Claims:  [][]string{{ClaimUpsert}},
		run: func(p *probe) {
			s := p.stream("duplicates")
			var lines strings.Builder
			for i := range 50 {
				fmt.Fprint(&lines, recordLine(s, fmt.Sprintf(`"id":%d,"name":"version %d"`, i%3+1, i)))
			}
			p.good(options{}, schemaLine(s, idText, []string{"id"}), lines.String(), stateLine(bookmarks(s, 50)))
			p.wantNames(s, map[int]string{1: `"version 48"`, 2: `"version 49"`, 3: `"version 47"`})
		},
	}
}

func keyFaults() Case {
	return Case{
		Number: 27, Name: "composite, missing and null keys",
		Asserts: "Keys of several columns work. A record in which a key is missing or null is an error that names the column, and is not acknowledged.",
		Why:     "Rows without a key overwrite each other, or are never found again.",
		Mend:    "Check the key columns of each record.",
		Claims:  [][]string{{ClaimUpsert}},
		run: func(p *probe) {
			s := p.stream("composite")
			schema := schemaLine(s, idText+`,"part":{"type":["null","string"]}`, []string{"id", "part"})
			p.good(options{}, schema, recordLine(s, `"id":1,"part":"a","name":"1a"`), recordLine(s, `"id":1,"part":"b","name":"1b"`), recordLine(s, `"id":1,"part":"a","name":"1a new"`))
			if rows, ok := p.stored(s); ok && len(rows) != 2 {
				p.lose("%d rows are stored for two keys of two columns", len(rows))
			}
			for name, members := range map[string]string{"missing": `"id":1,"name":"x"`, "null": `"id":1,"part":null,"name":"x"`} {
				s := p.stream("key_" + name)
				schema := schemaLine(s, idText+`,"part":{"type":["null","string"]}`, []string{"id", "part"})
				out := p.bad(options{}, []string{"part"}, schema, recordLine(s, members), stateLine(bookmarks(s, 1)))
				p.toldNothingOf(out, s)
			}
		},
	}
}

func keyChange() Case {
	return Case{
		Number: 28, Name: "another key in the middle of a stream",
		Asserts: "When a second SCHEMA of a stream has other keys the records that follow are stored by those, or the run fails and acknowledges none of them.",
		Why:     "A table whose unique index is the former one refuses rows, or takes two for one.",
		Mend:    "Store what is held before the key changes; then change the index, or refuse the schema.",
		Claims:  [][]string{{ClaimUpsert}},
		run: func(p *probe) {
			s := p.stream("keychange")
			out := p.run(options{}, schemaLine(s, idText, []string{"id"}), recordLine(s, `"id":1,"name":"a"`), stateLine(bookmarks(s, 1)),
				schemaLine(s, idText, []string{"name"}), recordLine(s, `"id":1,"name":"b"`), recordLine(s, `"id":2,"name":"b"`), stateLine(bookmarks(s, 2)))
			told := bookmark(out.last(), s)
			if out.exit == 0 && told != 2 {
				p.fail("exit code 0, and the last state is not told")
			}
			if told != 2 {
				return
			}
			p.wantNames(s, map[int]string{1: `"a"`, 2: `"b"`})
		},
	}
}
