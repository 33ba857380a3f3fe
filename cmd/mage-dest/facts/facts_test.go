package facts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// message is one line of the stream. Record stays raw, so that tests read
// numbers as they are written.
type message struct {
	Type               string          `json:"type"`
	Stream             string          `json:"stream"`
	Schema             json.RawMessage `json:"schema"`
	KeyProperties      []string        `json:"key_properties"`
	BookmarkProperties []string        `json:"bookmark_properties"`
	Record             json.RawMessage `json:"record"`
	Value              *struct {
		Bookmarks        map[string]map[string]any `json:"bookmarks"`
		CurrentlySyncing *string                   `json:"currently_syncing"`
	} `json:"value"`
}

func messages(t *testing.T) []message {
	t.Helper()
	var all []message
	for line := range bytes.Lines(World()) {
		var m message
		decodeExact(t, line, &m)
		all = append(all, m)
	}
	return all
}

// decodeExact reads one JSON value, refuses unknown fields of structs, and
// keeps the text of numbers that land in an `any`.
func decodeExact(t *testing.T, text []byte, into any) {
	t.Helper()
	if !json.Valid(text) {
		t.Fatalf("not one JSON value: %s", text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// records reads the records of one stream, in their order.
func records[T any](t *testing.T, stream string) []T {
	t.Helper()
	var rows []T
	for _, m := range messages(t) {
		if m.Type != "RECORD" || m.Stream != stream {
			continue
		}
		var row T
		decodeExact(t, m.Record, &row)
		rows = append(rows, row)
	}
	return rows
}

func columns(t *testing.T, m message) map[string]any {
	t.Helper()
	var row map[string]any
	decodeExact(t, m.Record, &row)
	return row
}

func pick(row map[string]any, names []string) map[string]any {
	picked := make(map[string]any, len(names))
	for _, name := range names {
		picked[name] = row[name]
	}
	return picked
}

func TestWorldIsSmallUTF8Lines(t *testing.T) {
	world := World()
	if len(world) >= 300_000 {
		t.Errorf("%d bytes, want fewer than 300,000", len(world))
	}
	if !utf8.Valid(world) {
		t.Error("not UTF-8")
	}
	if bytes.ContainsRune(world, '\r') || !bytes.HasSuffix(world, []byte("}\n")) {
		t.Error("lines must end in a newline alone, the last one too")
	}
}

func TestWorldGivesEachCallerItsOwnBytes(t *testing.T) {
	World()[0] = '!'
	if World()[0] != '{' {
		t.Error("a caller's change reached the next caller")
	}
}

func TestWorldCounts(t *testing.T) {
	want := map[string]int{
		"countries":     249,
		"country_zones": 423,
		"zones":         312,
		"leap_seconds":  28,
		"fibonacci":     301,
		"powers_of_two": 129,
		"numbers":       20,
	}
	got := map[string]int{}
	kinds := map[string]int{}
	for _, m := range messages(t) {
		kinds[m.Type]++
		if m.Type == "RECORD" {
			got[m.Stream]++
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("records per stream: got %v, want %v", got, want)
	}
	wantKinds := map[string]int{"SCHEMA": 7, "RECORD": 1462, "STATE": 19}
	if !maps.Equal(kinds, wantKinds) {
		t.Errorf("messages per type: got %v, want %v", kinds, wantKinds)
	}
}

func TestRecordsSatisfyTheirSchema(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	declared := map[string][]string{}
	for _, m := range messages(t) {
		switch m.Type {
		case "SCHEMA":
			schemas[m.Stream], declared[m.Stream] = compile(t, m)
		case "RECORD":
			if schemas[m.Stream] == nil {
				t.Fatalf("a record of %s comes before its schema", m.Stream)
			}
			row := columns(t, m)
			if err := schemas[m.Stream].Validate(row); err != nil {
				t.Errorf("%s: %s: %v", m.Stream, m.Record, err)
			}
			if got := slices.Sorted(maps.Keys(row)); !slices.Equal(got, declared[m.Stream]) {
				t.Errorf("%s has columns %v, its schema %v", m.Stream, got, declared[m.Stream])
			}
		}
	}
}

// compile returns the schema, its formats asserted, and the sorted names of
// its columns.
func compile(t *testing.T, m message) (*jsonschema.Schema, []string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(m.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	name := "mem:///" + m.Stream
	if err := compiler.AddResource(name, document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema, slices.Sorted(maps.Keys(schema.Properties))
}

func TestKeysAreSetAndUnique(t *testing.T) {
	keys := map[string][]string{}
	seen := map[string]bool{}
	for _, m := range messages(t) {
		switch m.Type {
		case "SCHEMA":
			keys[m.Stream] = m.KeyProperties
			if len(m.KeyProperties) == 0 {
				t.Errorf("%s has no key", m.Stream)
			}
		case "RECORD":
			key := pick(columns(t, m), keys[m.Stream])
			for name, value := range key {
				if value == nil {
					t.Errorf("%s: key %s is missing or null in %s", m.Stream, name, m.Record)
				}
			}
			text, err := json.Marshal(key)
			if err != nil {
				t.Fatal(err)
			}
			if id := m.Stream + string(text); seen[id] {
				t.Errorf("%s twice", id)
			} else {
				seen[id] = true
			}
		}
	}
}

// A bookmark must be where its stream stands: ahead of it, a stopped load
// would lose records; behind it, the last STATE would not tell the end.
func TestBookmarksAreTheLastRecordsBeforeThem(t *testing.T) {
	properties := map[string][]string{}
	last := map[string]map[string]any{}
	for _, m := range messages(t) {
		switch m.Type {
		case "SCHEMA":
			properties[m.Stream] = m.BookmarkProperties
		case "RECORD":
			last[m.Stream] = pick(columns(t, m), properties[m.Stream])
		case "STATE":
			if !maps.EqualFunc(m.Value.Bookmarks, last, maps.Equal) {
				t.Errorf("bookmarks %v after records %v", m.Value.Bookmarks, last)
			}
		}
	}
}

// Only an ascending stream can be taken up again at its bookmark.
func TestRecordsAscendByBookmark(t *testing.T) {
	properties := map[string][]string{}
	last := map[string]map[string]any{}
	for _, m := range messages(t) {
		switch m.Type {
		case "SCHEMA":
			properties[m.Stream] = m.BookmarkProperties
			if len(m.BookmarkProperties) == 0 {
				t.Errorf("%s has no bookmark properties", m.Stream)
			}
		case "RECORD":
			row := columns(t, m)
			if before := last[m.Stream]; before != nil && compareBy(t, properties[m.Stream], before, row) >= 0 {
				t.Errorf("%s: %v is followed by %v", m.Stream, before, row)
			}
			last[m.Stream] = row
		}
	}
}

func compareBy(t *testing.T, names []string, a, b map[string]any) int {
	t.Helper()
	for _, name := range names {
		if order := compareValues(t, a[name], b[name]); order != 0 {
			return order
		}
	}
	return 0
}

func compareValues(t *testing.T, a, b any) int {
	t.Helper()
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case json.Number:
		x, errX := a.Int64()
		y, errY := b.(json.Number).Int64()
		if err := cmp.Or(errX, errY); err != nil {
			t.Fatal(err)
		}
		return cmp.Compare(x, y)
	}
	t.Fatalf("cannot order %T", a)
	return 0
}

func TestLastMessageIsTheFinalState(t *testing.T) {
	all := messages(t)
	last := all[len(all)-1]
	if last.Type != "STATE" || last.Value.CurrentlySyncing != nil {
		t.Errorf("the last message is %+v, want a STATE that is syncing nothing", last)
	}
}

func TestStreamsAreInterleaved(t *testing.T) {
	switches := map[[2]string]int{}
	before := ""
	for _, m := range messages(t) {
		if m.Type != "RECORD" {
			continue
		}
		switches[[2]string{before, m.Stream}]++
		before = m.Stream
	}
	for _, pair := range [][2]string{{"country_zones", "countries"}, {"powers_of_two", "fibonacci"}} {
		if switches[pair] < 100 {
			t.Errorf("%s gives way to %s %d times, want 100 or more", pair[0], pair[1], switches[pair])
		}
	}
}

func TestSourcesNameEveryStream(t *testing.T) {
	sources, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages(t) {
		if m.Type == "SCHEMA" && !bytes.Contains(sources, []byte("| `"+m.Stream+"` |")) {
			t.Errorf("SOURCES.md has no row for %s", m.Stream)
		}
	}
}
