package conform

import (
	"encoding/json"
	"fmt"
	"strings"
)

// schemaLine is a SCHEMA message; properties is the text inside the braces, and keys
// the key properties. More are further members.
func schemaLine(stream, properties string, keys []string, more ...string) string {
	if keys == nil {
		keys = []string{}
	}
	return fmt.Sprintf(`{"type":"SCHEMA","stream":%s,"schema":{"type":"object","properties":{%s}},"key_properties":%s%s}`+"\n",
		text(stream), properties, text(keys), strings.Join(append([]string{""}, more...), ","))
}

func recordLine(stream, members string, more ...string) string {
	return fmt.Sprintf(`{"type":"RECORD","stream":%s,"record":{%s}%s}`+"\n",
		text(stream), members, strings.Join(append([]string{""}, more...), ","))
}

func stateLine(value string) string { return fmt.Sprintf(`{"type":"STATE","value":%s}`+"\n", value) }

const (
	idColumn = `"id":{"type":"integer"}`
	idText   = `"id":{"type":"integer"},"name":{"type":["null","string"]}`
)

// bookmarks is a state that says how far each stream is; streams and ids alternate.
func bookmarks(pairs ...any) string {
	var members []string
	for i := 0; i+1 < len(pairs); i += 2 {
		members = append(members, fmt.Sprintf(`%s:{"id":%d}`, text(pairs[i]), pairs[i+1]))
	}
	return `{"bookmarks":{` + strings.Join(members, ",") + `}}`
}

// bookmark is what a state says of a stream, 0 if nothing.
func bookmark(state, stream string) int {
	var value struct {
		Bookmarks map[string]struct {
			ID int `json:"id"`
		} `json:"bookmarks"`
	}
	if json.Unmarshal([]byte(state), &value) != nil {
		return 0
	}
	return value.Bookmarks[stream].ID
}

// counted are records of a stream with the ids from one to another.
func counted(stream string, from, to int) string {
	var lines strings.Builder
	for id := from; id <= to; id++ {
		lines.WriteString(recordLine(stream, fmt.Sprintf(`"id":%d,"name":"row %d"`, id, id)))
	}
	return lines.String()
}

// span is a list of numbers.
func span(from, to int) []int {
	var list []int
	for n := from; n <= to; n++ {
		list = append(list, n)
	}
	return list
}

func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // only names and numbers are written
	}
	return string(out)
}

// last is the state that was told last, "" if none was.
func (o outcome) last() string {
	if len(o.lines) == 0 {
		return ""
	}
	return o.lines[len(o.lines)-1]
}
