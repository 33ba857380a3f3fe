package trial

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Table is what a database holds of a stream.
type Table struct {
	Name string
	Rows []Row
}

// Landing is a stream beside what became of it.
type Landing struct {
	Stream string   `json:"stream"`
	Keys   []string `json:"keys"` // columns that tell rows apart
	Sent   int      `json:"sent"` // RECORD messages
	Want   int      `json:"want"` // rows that they make: one for each key
	Rows   int      `json:"rows"` // rows in the database
	Values int      `json:"values"`

	// Compared says how far the rows were held against the records: "values" or,
	// where ACTIVATE_VERSION or rows without a key leave no way to pair them,
	// "count".
	Compared string   `json:"compared"`
	Faults   []string `json:"faults"` // at most a few
	Sample   Row      `json:"sample"` // the last row, by column
}

// OK reports whether every record is there.
func (l Landing) OK() bool { return len(l.Faults) == 0 }

// mostFaults is how many differences of a stream are told one by one.
const mostFaults = 5

// Compare holds what was sent against what a database holds.
func Compare(sent *Sent, tables []Table) []Landing {
	landings := make([]Landing, 0, len(sent.Streams))
	for _, s := range sent.Streams {
		l := Landing{Stream: s.Name, Keys: s.Keys, Sent: s.Records, Want: len(s.Rows), Compared: "count", Faults: []string{}}
		i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == s.Name })
		if i < 0 {
			l.fault("the database has no table of that name")
		} else {
			l.hold(s, tables[i].Rows)
		}
		landings = append(landings, l)
	}
	return landings
}

func (l *Landing) hold(s *SentStream, rows []Row) {
	l.Rows = len(rows)
	if l.Rows > 0 {
		l.Sample = rows[l.Rows-1]
	}
	if s.versioned {
		return
	}
	if l.Rows != l.Want {
		l.fault(fmt.Sprintf("the database holds %d rows and should hold %d", l.Rows, l.Want))
	}
	if len(s.Keys) == 0 {
		return
	}
	l.Compared = "values"
	places := make(map[string][]Row, len(rows))
	for _, row := range rows {
		place := placeOf(row, s.Keys)
		places[place] = append(places[place], row)
	}
	for _, record := range s.Rows {
		candidates := places[placeOf(record, s.Keys)]
		i := slices.IndexFunc(candidates, func(row Row) bool { return sameKey(record, row, s.Keys) })
		if i < 0 {
			l.fault(fmt.Sprintf("no row has the key %s", describeKey(record, s.Keys)))
			continue
		}
		l.holdRow(record, candidates[i], s.Keys)
	}
}

// placeOf is where a row is looked for: rows with the same key have the same
// place, however the store spells numbers, booleans and times.
func placeOf(row Row, keys []string) string {
	parts := make([]string, len(keys))
	for i, key := range keys {
		text := fmt.Sprint(row[key])
		if number, ok := new(big.Rat).SetString(text); ok {
			text = number.RatString()
		} else if at, ok := parseTime(text); ok {
			text = at.UTC().String()
		}
		parts[i] = strings.NewReplacer("true", "1", "false", "0").Replace(text)
	}
	return fmt.Sprintf("%q", parts)
}

func sameKey(record, row Row, keys []string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return !same(record[key], row[key]) })
}

func (l *Landing) holdRow(record, row Row, keys []string) {
	for _, column := range slices.Sorted(maps.Keys(record)) {
		l.Values++
		if !same(record[column], row[column]) {
			l.fault(fmt.Sprintf("%s: column %s is %s and should be %s",
				describeKey(record, keys), column, brief(row[column]), brief(record[column])))
		}
	}
}

func (l *Landing) fault(text string) {
	switch len(l.Faults) {
	case mostFaults:
		l.Faults = append(l.Faults, "and more")
	case mostFaults + 1:
	default:
		l.Faults = append(l.Faults, text)
	}
}

// same tells whether a stored value says what the sent one said. A store may
// keep a boolean as 0 or 1, a number as text, a list, an object and, in a column
// of several types, anything as JSON text, and a time in another spelling, but
// every digit has to be there.
func same(sent, stored any) bool {
	switch want := sent.(type) {
	case nil:
		return stored == nil
	case bool:
		text := fmt.Sprint(stored)
		return text == fmt.Sprint(want) || text == map[bool]string{true: "1", false: "0"}[want]
	case json.Number:
		return sameNumber(want.String(), fmt.Sprint(stored))
	case string:
		return stored == want || sameTime(want, stored) || sameAsJSON(want, stored)
	default:
		return sameAsJSON(want, stored)
	}
}

// sameAsJSON reads the stored value as JSON text.
func sameAsJSON(want, stored any) bool {
	text, ok := stored.(string)
	if !ok {
		return false
	}
	got, err := decode([]byte(text))
	return err == nil && reflect.DeepEqual(want, got)
}

func sameNumber(want, got string) bool {
	a, ok := new(big.Rat).SetString(want)
	b, also := new(big.Rat).SetString(got)
	return want == got || ok && also && a.Cmp(b) == 0
}

func sameTime(want string, stored any) bool {
	a, isTime := parseTime(want)
	b, also := parseTime(fmt.Sprint(stored))
	return isTime && also && a.Equal(b)
}

// parseTime reads the spellings in which stores keep a time.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

func describeKey(row Row, keys []string) string {
	var parts []string
	for _, key := range keys {
		parts = append(parts, key+"="+brief(row[key]))
	}
	return strings.Join(parts, " ")
}

// brief is a value in few characters.
func brief(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return Clip(string(text), 80)
}

// Clip shortens a text to a number of characters.
func Clip(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// SameJSON tells whether two JSON texts say the same, digit by digit.
func SameJSON(a, b []byte) bool {
	x, errX := decode(a)
	y, errY := decode(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}
