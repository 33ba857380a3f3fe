package trial

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Sent is what a Singer stream says a store should hold in the end.
type Sent struct {
	Streams []*SentStream // in the order of their first message
	Records int           // RECORD lines
	State   json.RawMessage
}

// SentStream is one stream of it.
type SentStream struct {
	Name    string
	Keys    []string // unique_constraints, or else key_properties
	Records int      // RECORD lines
	Rows    []Row    // one for each key, the last that came; all where there is no key

	keepFirst bool // unique_conflict_method IGNORE
	versioned bool // ACTIVATE_VERSION may have removed rows
	places    map[string]int
}

// Row is a record or a row of a table: its values by column, with json.Number
// for numbers.
type Row map[string]any

// ReadSent reads a whole stream. Lines that are no Singer message are passed
// over: they are the connector's to judge.
func ReadSent(in io.Reader) (*Sent, error) {
	var sent Sent
	return &sent, eachLine(in, func(line string) {
		var m struct {
			Type     string          `json:"type"`
			Stream   string          `json:"stream"`
			Keys     []string        `json:"key_properties"`
			Unique   []string        `json:"unique_constraints"`
			Conflict string          `json:"unique_conflict_method"`
			Record   json.RawMessage `json:"record"`
			Value    json.RawMessage `json:"value"`
		}
		if json.Unmarshal([]byte(line), &m) != nil {
			return
		}
		switch m.Type {
		case "SCHEMA":
			s := sent.stream(m.Stream)
			s.Keys, s.keepFirst = m.Unique, m.Conflict == "IGNORE"
			if len(m.Unique) == 0 {
				s.Keys = m.Keys
			}
		case "RECORD":
			sent.Records++
			sent.stream(m.Stream).add(m.Record)
		case "ACTIVATE_VERSION":
			sent.stream(m.Stream).versioned = true
		case "STATE":
			sent.State = m.Value
		}
	})
}

func (s *Sent) stream(name string) *SentStream {
	i := slices.IndexFunc(s.Streams, func(one *SentStream) bool { return one.Name == name })
	if i >= 0 {
		return s.Streams[i]
	}
	one := &SentStream{Name: name, places: map[string]int{}}
	s.Streams = append(s.Streams, one)
	return one
}

func (s *SentStream) add(text []byte) {
	s.Records++
	value, err := decode(text)
	row, ok := value.(map[string]any)
	if err != nil || !ok {
		return
	}
	key := keyOf(row, s.Keys)
	place, seen := s.places[key]
	if seen && len(s.Keys) > 0 {
		if !s.keepFirst {
			s.Rows[place] = row
		}
		return
	}
	s.places[key] = len(s.Rows)
	s.Rows = append(s.Rows, row)
}

// keyOf is a record's key as text.
func keyOf(row Row, keys []string) string {
	var parts []string
	for _, key := range keys {
		parts = append(parts, fmt.Sprint(row[key]))
	}
	return fmt.Sprintf("%q", parts)
}

// decode reads one JSON value with every digit of its numbers.
func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return value, nil
}
