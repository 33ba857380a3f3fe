package records

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Stream is what is known of a stream.
type Stream struct {
	Name          string
	KeyProperties []string
	Schema        json.RawMessage // a JSON Schema of an object with properties

	origin string // where it was read, for messages
}

// maxLine bounds a line of a recorded stream: schemas are long, not endless.
const maxLine = 64 << 20

// Read reads a recorded Singer stream or a catalog; name is that of the file. Of several
// schemas of a stream the last counts. Text that is no JSON is passed over in a stream,
// as taps log.
func Read(r io.Reader, name string) ([]Stream, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	text, err := io.ReadAll(io.LimitReader(in, maxLine+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if list, ok, err := readCatalog(text, name); ok || err != nil {
		return list, err
	}
	return readMessages(io.MultiReader(bytes.NewReader(text), in), name)
}

// catalogEntry is a stream of a catalog, and a SCHEMA message.
type catalogEntry struct {
	Type          string          `json:"type"`
	Stream        string          `json:"stream"`
	ID            string          `json:"tap_stream_id"`
	KeyProperties []string        `json:"key_properties"`
	Schema        json.RawMessage `json:"schema"`
	Metadata      []struct {
		Breadcrumb []string `json:"breadcrumb"`
		Metadata   struct {
			Selected      *bool    `json:"selected"`
			KeyProperties []string `json:"table-key-properties"`
		} `json:"metadata"`
	} `json:"metadata"`
}

// readCatalog reports false for what is no catalog.
func readCatalog(text []byte, name string) (list []Stream, ok bool, err error) {
	var catalog struct{ Streams []json.RawMessage }
	if json.Unmarshal(text, &catalog) != nil || catalog.Streams == nil {
		return nil, false, nil
	}
	for i, entry := range catalog.Streams {
		var e catalogEntry
		origin := fmt.Sprintf("%s: stream %d", name, i+1)
		if err := json.Unmarshal(entry, &e); err != nil {
			return nil, true, fmt.Errorf("%s: %w", origin, err)
		}
		if e.Stream == "" {
			e.Stream = e.ID
		}
		if !e.selected() {
			continue
		}
		list = append(list, Stream{Name: e.Stream, KeyProperties: e.KeyProperties, Schema: e.Schema, origin: origin})
	}
	return list, true, check(list)
}

// selected reads what a catalog says of the stream itself, and its keys from there.
func (e *catalogEntry) selected() bool {
	for _, m := range e.Metadata {
		if len(m.Breadcrumb) > 0 {
			continue
		}
		if e.KeyProperties == nil {
			e.KeyProperties = m.Metadata.KeyProperties
		}
		if m.Metadata.Selected != nil {
			return *m.Metadata.Selected
		}
	}
	return true
}

func readMessages(r io.Reader, name string) ([]Stream, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var list []Stream
	number := 0
	for lines.Scan() {
		number++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] != '{' {
			continue
		}
		var e catalogEntry
		origin := fmt.Sprintf("%s:%d", name, number)
		if err := json.Unmarshal(line, &e); err != nil {
			if typed, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Type != "SCHEMA" && typed.Field != "type" {
				continue // another message, whose keys mean something else
			}
			return nil, fmt.Errorf("%s: %w", origin, err)
		}
		if e.Type != "SCHEMA" {
			continue
		}
		s := Stream{Name: e.Stream, KeyProperties: e.KeyProperties, Schema: slices.Clone(e.Schema), origin: origin}
		if i := slices.IndexFunc(list, func(o Stream) bool { return o.Name == s.Name }); i >= 0 {
			list[i] = s
		} else {
			list = append(list, s)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, number+1, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s holds no SCHEMA message and is no catalog: give a recorded Singer stream, or the catalog of a tap", name)
	}
	return list, check(list)
}

// ReadFile reads one file of the folder schemas.
func ReadFile(name string, text []byte) (Stream, error) {
	var e catalogEntry
	if err := json.Unmarshal(text, &e); err != nil {
		return Stream{}, fmt.Errorf("%s: %w", name, err)
	}
	s := Stream{Name: e.Stream, KeyProperties: e.KeyProperties, Schema: e.Schema, origin: name}
	return s, check([]Stream{s})
}

// check tells what is wrong with streams, all at once.
func check(list []Stream) error {
	var faults []error
	for _, s := range list {
		if s.Name == "" {
			faults = append(faults, fmt.Errorf("%s: the stream has no name: give it as stream", s.origin))
			continue
		}
		if len(s.Schema) == 0 || string(s.Schema) == "null" {
			faults = append(faults, fmt.Errorf("%s: stream %q has no schema", s.origin, s.Name))
			continue
		}
		if _, err := parseSchema(s.Schema); err != nil {
			faults = append(faults, fmt.Errorf("%s: stream %q: %w", s.origin, s.Name, err))
		}
	}
	return errors.Join(faults...)
}

// File is the path and the text of a stream in the folder schemas.
func (s Stream) File() (path string, text []byte, err error) {
	var b bytes.Buffer
	schema, err := json.Marshal(struct {
		Stream        string          `json:"stream"`
		KeyProperties []string        `json:"key_properties,omitempty"`
		Schema        json.RawMessage `json:"schema"`
	}{s.Name, s.KeyProperties, s.Schema})
	if err != nil {
		return "", nil, fmt.Errorf("%s: stream %q: %w", s.origin, s.Name, err)
	}
	if err := json.Indent(&b, schema, "", "  "); err != nil {
		return "", nil, fmt.Errorf("%s: stream %q: %w", s.origin, s.Name, err)
	}
	b.WriteByte('\n')
	return Folder + "/" + fileName(s.Name), b.Bytes(), nil
}

// Folder holds the schemas that a connector knows, one file a stream.
const Folder = "schemas"

// fileName makes a file name that all systems can hold of any stream's name: letters
// that are not plain are written as %XX, capitals too, for some systems do not tell
// them from small ones.
func fileName(stream string) string {
	var b strings.Builder
	for i := range len(stream) {
		c := stream[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' && i > 0 || c == '.' && i > 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	const most = 120
	name := b.String()
	if len(name) > most {
		name = fmt.Sprintf("%s%%%s", name[:most], sum(stream))
	}
	return name + ".json"
}
