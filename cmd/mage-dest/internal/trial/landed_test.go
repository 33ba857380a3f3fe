package trial

import (
	"encoding/json"
	"strings"
	"testing"
)

func sentBy(t *testing.T, lines ...string) *Sent {
	t.Helper()
	sent, err := ReadSent(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

const (
	keyed   = `{"type":"SCHEMA","stream":"s","key_properties":["id"]}`
	keyless = `{"type":"SCHEMA","stream":"s"}`
)

func TestRowsAreHeldAgainstRecords(t *testing.T) {
	row := func(id, value any) Row { return Row{"id": id, "v": value} }
	one := json.Number("1")
	for name, test := range map[string]struct {
		lines []string
		rows  []Row // nil: no table
		fault string
	}{
		"all there": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1,"v":"a"}}`}, []Row{row(one, "a")}, ""},
		"no table":  {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1}}`}, nil, "no table of that name"},
		"a row is missing": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1}}`, `{"type":"RECORD","stream":"s","record":{"id":2}}`},
			[]Row{row(one, nil)}, "holds 1 rows and should hold 2; no row has the key id=2"},
		"a row is there twice": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1}}`},
			[]Row{row(one, nil), row(one, nil)}, "holds 2 rows and should hold 1"},
		"the last of a key counts": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1,"v":"old"}}`, `{"type":"RECORD","stream":"s","record":{"id":1,"v":"new"}}`},
			[]Row{row(one, "old")}, `id=1: column v is "old" and should be "new"`},
		"or the first, if it says so": {[]string{`{"type":"SCHEMA","stream":"s","key_properties":["v"],"unique_constraints":["id"],"unique_conflict_method":"IGNORE"}`,
			`{"type":"RECORD","stream":"s","record":{"id":1,"v":"old"}}`, `{"type":"RECORD","stream":"s","record":{"id":1,"v":"new"}}`},
			[]Row{row(one, "old")}, ""},
		"a digit is lost": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1,"v":9007199254740993}}`},
			[]Row{row(one, json.Number("9007199254740992"))}, "column v is 9007199254740992 and should be 9007199254740993"},
		"a column is missing": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1,"v":true}}`},
			[]Row{{"id": one}}, "column v is null and should be true"},
		"without a key rows are counted":       {[]string{keyless, `{"type":"RECORD","stream":"s","record":{"v":1}}`, `{"type":"RECORD","stream":"s","record":{"v":1}}`}, []Row{row(one, one), row(one, one)}, ""},
		"and too few are told":                 {[]string{keyless, `{"type":"RECORD","stream":"s","record":{"v":1}}`, `{"type":"RECORD","stream":"s","record":{"v":1}}`}, []Row{row(one, one)}, "holds 1 rows and should hold 2"},
		"older versions may have been removed": {[]string{keyed, `{"type":"RECORD","stream":"s","record":{"id":1}}`, `{"type":"ACTIVATE_VERSION","stream":"s","version":2}`}, []Row{}, ""},
		"a key in another spelling": {[]string{`{"type":"SCHEMA","stream":"s","key_properties":["at","on"]}`, `{"type":"RECORD","stream":"s","record":{"at":"2017-01-01T00:00:00Z","on":true}}`},
			[]Row{{"at": "2017-01-01 00:00:00+00:00", "on": one}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var tables []Table
			if test.rows != nil {
				tables = []Table{{Name: "s", Rows: test.rows}}
			}
			landed := Compare(sentBy(t, test.lines...), tables)
			got := strings.Join(landed[0].Faults, "; ")
			if test.fault == "" && got != "" || !strings.Contains(got, test.fault) {
				t.Errorf("got %q, want %q", got, test.fault)
			}
		})
	}
}

func TestStoresMaySpellValuesTheirWay(t *testing.T) {
	number := func(text string) any { return json.Number(text) }
	for name, test := range map[string]struct {
		sent   string
		stored any
		same   bool
	}{
		"null":                      {`null`, nil, true},
		"null as text":              {`null`, "null", false},
		"true as 1":                 {`true`, number("1"), true},
		"false as 1":                {`false`, number("1"), false},
		"big integer as text":       {`18446744073709551616`, "18446744073709551616", true},
		"big integer as float":      {`18446744073709551617`, number("1.8446744073709552e+19"), false},
		"decimal as text":           {`0.10000000000000000001`, "0.10000000000000000001", true},
		"decimal cut":               {`0.10000000000000000001`, number("0.1"), false},
		"other exponent":            {`1E3`, number("1000"), true},
		"text":                      {`"a"`, "a", true},
		"text as JSON":              {`"a"`, `"a"`, true},
		"text in another case":      {`"a"`, "A", false},
		"time in another spelling":  {`"2017-01-01T02:00:00+02:00"`, "2017-01-01 00:00:00", true},
		"another time":              {`"2017-01-01T02:00:00Z"`, "2017-01-01 00:00:00", false},
		"list as JSON":              {`[1, {"b": 2.50, "a": null}]`, `[1,{"a":null,"b":2.50}]`, true},
		"list with a digit lost":    {`[9007199254740993]`, `[9007199254740992]`, false},
		"list that is no JSON text": {`[1]`, "1", false},
	} {
		t.Run(name, func(t *testing.T) {
			sent, err := decode([]byte(test.sent))
			if err != nil {
				t.Fatal(err)
			}
			if got := same(sent, test.stored); got != test.same {
				t.Errorf("%s stored as %v: same is %t, want %t", test.sent, test.stored, got, test.same)
			}
		})
	}
}

func TestOnlyAFewFaultsAreTold(t *testing.T) {
	lines := []string{keyed}
	for _, id := range strings.Fields("1 2 3 4 5 6 7 8 9") {
		lines = append(lines, `{"type":"RECORD","stream":"s","record":{"id":`+id+`}}`)
	}
	faults := Compare(sentBy(t, lines...), []Table{{Name: "s"}})[0].Faults
	if len(faults) != mostFaults+1 || faults[mostFaults] != "and more" {
		t.Errorf("got %q, want %d and a word of more", faults, mostFaults)
	}
}
