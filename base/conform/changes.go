package conform

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func deletes() Case {
	return Case{
		Number: 29, Name: "deletes",
		Asserts: "A record with _sdc_deleted_at removes the row of its key (hard_delete), or marks it (soft_delete); other rows stay.",
		Why:     "Rows that the source has deleted stay for ever otherwise.",
		Mend:    "Look at _sdc_deleted_at before the record is written.",
		Claims:  [][]string{{ClaimHardDelete, ClaimSoftDelete}, {ClaimUpsert}},
		run: func(p *probe) {
			s := p.stream("deletes")
			schema := schemaLine(s, idText+`,"_sdc_deleted_at":{"type":["null","string"],"format":"date-time"}`, []string{"id"})
			o := options{}
			if p.setting("hard_delete") != "" && p.claimed(ClaimHardDelete) {
				o.config = map[string]any{"hard_delete": true}
			}
			p.good(o, schema, counted(s, 1, 3))
			p.good(o, schema, recordLine(s, `"id":2,"name":"row 2","_sdc_deleted_at":"2026-01-02T03:04:05Z"`))
			rows, ok := p.stored(s)
			if !ok {
				return
			}
			if slices.Equal(ids(rows), []int{1, 3}) {
				return
			}
			if p.claimed(ClaimHardDelete) {
				p.fail("ids %v are stored, want 1 and 3", ids(rows))
				return
			}
			for _, row := range rows {
				if id := ids([]Row{row}); len(id) == 1 && (id[0] == 2) != marked(row) {
					p.fail("row %d: deleted %v", id[0], marked(row))
				}
			}
		},
	}
}

// hasIn tells whether a value stands in a column, or in one that is named after it: some
// stores keep the values of each type in a column of its own.
func (r Row) hasIn(name, value string) bool {
	for column, kept := range r {
		if strings.HasPrefix(strings.ToLower(column), name) && (sameValue(json.RawMessage(value), kept) || string(kept) == `"`+value+`"`) {
			return true
		}
	}
	return value == "null" && r.column(name) == nil
}

// marked tells a row that is there and counts as deleted.
func marked(row Row) bool {
	value := row.column("_sdc_deleted_at")
	return len(value) > 0 && string(value) != "null"
}

func versions() Case {
	return Case{
		Number: 30, Name: "ACTIVATE_VERSION",
		Asserts: "When a version is activated the rows of earlier ones are removed, or marked, and the current ones stay. A run that is cut off before that removes nothing.",
		Why:     "A full load leaves what was deleted at the source; one that clears the table first leaves it empty when it fails.",
		Mend:    "Remove rows of other versions when ACTIVATE_VERSION comes, after all that was read before it is stored.",
		Claims:  [][]string{{ClaimVersions}},
		run: func(p *probe) {
			s := p.stream("versions")
			schema := schemaLine(s, idText, []string{"id"})
			of := func(version, from, to int) (lines string) {
				for id := from; id <= to; id++ {
					lines += recordLine(s, fmt.Sprintf(`"id":%d,"name":"v%d"`, id, version), fmt.Sprintf(`"version":%d`, version))
				}
				return lines
			}
			activate := func(version int) string {
				return fmt.Sprintf(`{"type":"ACTIVATE_VERSION","stream":%q,"version":%d}`+"\n", s, version)
			}
			p.good(options{}, schema, activate(1), of(1, 1, 3), activate(1))
			p.bad(options{}, nil, schema, of(2, 3, 4), `{"type":"RECORD","stream":`+"\n")
			if got, ok := p.current(s); ok && !contains(got, 1, 2, 3) {
				p.lose("a run that was cut off has removed rows: ids %v are left of 1, 2 and 3", got)
			}
			p.good(options{}, schema, of(2, 3, 5), activate(2))
			if got, ok := p.current(s); ok && !slices.Equal(got, []int{3, 4, 5}) {
				p.lose("after version 2, with ids 3 to 5, ids %v are current", got)
			}
		},
	}
}

func contains(list []int, want ...int) bool {
	return !slices.ContainsFunc(want, func(n int) bool { return !slices.Contains(list, n) })
}

// current are the ids of rows that do not count as deleted.
func (p *probe) current(stream string) ([]int, bool) {
	rows, ok := p.stored(stream)
	return ids(slices.DeleteFunc(rows, marked)), ok
}

func evolution() Case {
	return Case{
		Number: 31, Name: "schemas that change",
		Asserts: "A column that a later schema has is added, one that it lacks keeps what is there, and a column whose type becomes wider holds both; the same schema twice changes nothing. What was read before is stored by the former schema.",
		Why:     "Sources change while pipelines run.",
		Mend:    "Compare schema and table when a SCHEMA comes, after what is held is stored.",
		Claims:  [][]string{{ClaimEvolution}},
		run: func(p *probe) {
			s := p.stream("evolution")
			first := `"id":{"type":"integer"},"a":{"type":["null","integer"]},"gone":{"type":["null","string"]}`
			second := `"id":{"type":"integer"},"a":{"type":["null","string"]},"new":{"type":["null","number"]}`
			p.good(options{}, schemaLine(s, first, nil), recordLine(s, `"id":1,"a":10,"gone":"kept"`),
				schemaLine(s, second, nil), recordLine(s, `"id":2,"a":"ten","new":0.5`), stateLine(bookmarks(s, 2)))
			p.good(options{}, schemaLine(s, second, nil), recordLine(s, `"id":3,"a":"x","new":7`))
			rows, ok := p.stored(s)
			if !ok || !p.acknowledged() {
				return
			}
			if got := ids(rows); !slices.Equal(got, span(1, 3)) {
				p.lose("ids %v are stored, want 1 to 3", got)
				return
			}
			want := map[int]map[string]string{
				1: {"a": "10", "gone": `"kept"`, "new": "null"},
				2: {"a": `"ten"`, "new": "0.5"},
				3: {"a": `"x"`, "new": "7"},
			}
			for _, row := range rows {
				for name, value := range want[ids([]Row{row})[0]] {
					if !row.hasIn(name, value) {
						p.lose("row %s: %s is %s, want %s", row.column("id"), name, row.column(name), value)
					}
				}
			}
		},
	}
}

func metadata() Case {
	return Case{
		Number: 32, Name: "metadata columns",
		Asserts: "Rows bear the time at which they were written, in _mage_created_at and _mage_updated_at, or in Singer's _sdc_ columns; where a setting turns them off they are absent.",
		Why:     "What is built on the table finds by them what is new.",
		Mend:    "Fill them for every row, with the time of the batch.",
		Claims:  [][]string{{ClaimMetadata}},
		run: func(p *probe) {
			s := p.stream("metadata")
			o := options{}
			if p.setting("add_record_metadata") != "" {
				o.config = map[string]any{"add_record_metadata": true}
			}
			p.good(o, schemaLine(s, idText, nil), counted(s, 1, 2))
			rows, ok := p.stored(s)
			if !ok {
				return
			}
			if len(rows) != 2 {
				p.fail("%d rows are stored, want 2", len(rows))
			}
			moment := regexp.MustCompile(`^"?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|^\d{10,}`)
			for _, row := range rows {
				times := 0
				for name, value := range row {
					if isMetadata(name) && moment.Match(value) {
						times++
					}
				}
				if times == 0 {
					p.fail("a row bears no time at which it was written: its columns are %s", strings.Join(columnNames(row), ", "))
				}
			}
			if o.config != nil {
				p.withoutMetadata()
			}
		},
	}
}

func isMetadata(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "_mage_") || strings.HasPrefix(name, "_sdc_")
}

func columnNames(row Row) (names []string) {
	for name := range row {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *probe) withoutMetadata() {
	s := p.stream("nometadata")
	off := map[string]any{"add_record_metadata": false}
	if p.setting("mage_columns") != "" {
		off["mage_columns"] = false
	}
	if out := p.run(options{config: off}, schemaLine(s, idText, nil), counted(s, 1, 1)); out.exit != 0 {
		p.note = "they cannot be turned off in this config: " + lastWords(out.stderr)
		return
	}
	rows, _ := p.stored(s)
	for _, row := range rows {
		if names := slices.DeleteFunc(columnNames(row), func(name string) bool { return !isMetadata(name) }); len(names) > 0 {
			p.fail("with all settings for metadata off rows have %s", strings.Join(names, ", "))
		}
	}
}
