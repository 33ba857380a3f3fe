package base

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/mage-dest/mage-dest/base/internal/jsonschema"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// Stream is what a SCHEMA message, or the catalog, says of a stream. Lists that
// the message leaves out or gives as null are nil.
type Stream struct {
	Name   string
	Schema *Schema

	// KeyProperties name the columns that identify a row. Empty: rows have no key
	// and are appended.
	KeyProperties []string

	BookmarkProperties []string

	// PartitionKeys are those of the stream, then those the config adds.
	PartitionKeys []string

	// ReplicationMethod is FULL_TABLE, INCREMENTAL, LOG_BASED or "".
	ReplicationMethod string

	// UniqueConstraints name the columns on which rows conflict; Mage's own notion,
	// beside KeyProperties.
	UniqueConstraints []string

	// UniqueConflictMethod says what becomes of a row that conflicts: IGNORE or
	// UPDATE, or "" where the stream does not say.
	UniqueConflictMethod string

	// DisableColumnTypeCheck is true when the stream does not say: Mage's rule.
	DisableColumnTypeCheck bool

	// Version is that of the last ACTIVATE_VERSION, or nil.
	Version *int64

	fromCatalog bool
	explicit    bool             // the stream itself says whether columns are checked
	plan        *jsonschema.Plan // of its records
	checker     checker          // nil: they are not checked
	coerces     bool             // records that fit may hold text which stands for an array
	source      []byte           // what the stream was made of, to know a repetition
	flow        *flow            // nil outside of a run
}

// room is how many columns a record will have, at the most that room is made for
// beforehand: records of a wide schema may be sparse.
func (s *Stream) room() int {
	const most = 64
	return min(len(s.Schema.properties), most)
}

// known tells a stream that has a schema from one of which nothing is known.
func (s *Stream) known() bool { return s != nil && s.Schema != nil }

// definition is a SCHEMA message or a catalog entry: both have the same keys.
type definition interface {
	Get(key string) (value []byte, ok bool)
}

// streamKeys are the keys of a definition that make a stream what it is.
func streamKeys() []string {
	return []string{
		"schema", "key_properties", "bookmark_properties", "partition_keys", "replication_method",
		"unique_constraints", "unique_conflict_method", "disable_column_type_check",
	}
}

// ConflictKeys are the columns by which rows conflict: UniqueConstraints, else
// KeyProperties; none where all rows are rows of their own.
func (s *Stream) ConflictKeys() []string {
	if len(s.UniqueConstraints) > 0 {
		return s.UniqueConstraints
	}
	return s.KeyProperties
}

// newStream reads a definition. The memory of the definition is not kept.
func newStream(name string, d definition, overrides streamOverrides) (*Stream, error) {
	s := &Stream{Name: name, DisableColumnTypeCheck: true, source: sourceOf(d)}
	schema, ok := d.Get("schema")
	if !ok {
		return nil, fmt.Errorf("the schema is missing: a SCHEMA message needs the key schema")
	}
	parsed, err := parseSchema(schema, overrides.properties())
	if err != nil {
		return nil, err
	}
	s.Schema = parsed
	if err := s.readLists(d); err != nil {
		return nil, err
	}
	s.PartitionKeys = append(s.PartitionKeys, overrides.PartitionKeys...)
	if s.ReplicationMethod, err = optionalText(d, "replication_method"); err != nil {
		return nil, err
	}
	if s.UniqueConflictMethod, err = optionalText(d, "unique_conflict_method"); err != nil {
		return nil, err
	}
	return s, s.readCheck(d)
}

func (s *Stream) readLists(d definition) (err error) {
	lists := []struct {
		key  string
		list *[]string
	}{
		{"key_properties", &s.KeyProperties},
		{"bookmark_properties", &s.BookmarkProperties},
		{"partition_keys", &s.PartitionKeys},
		{"unique_constraints", &s.UniqueConstraints},
	}
	for _, l := range lists {
		if *l.list, err = stringList(d, l.key); err != nil {
			return err
		}
	}
	return nil
}

// readCheck reads disable_column_type_check; absent and null mean true.
func (s *Stream) readCheck(d definition) error {
	value, ok := d.Get("disable_column_type_check")
	if !ok || Value(value).IsNull() {
		return nil
	}
	disabled, ok := Value(value).Bool()
	if !ok {
		return fmt.Errorf("disable_column_type_check must be true or false, not %s", Value(value).Kind())
	}
	s.DisableColumnTypeCheck, s.explicit = disabled, true
	return nil
}

// sourceOf joins what defines a stream, so that two definitions can be compared
// byte for byte.
func sourceOf(d definition) []byte {
	var out []byte
	for _, key := range streamKeys() {
		value, _ := d.Get(key)
		out = append(append(out, value...), 0)
	}
	return out
}

// message is the SCHEMA message of the stream as it came, or as the catalog has it:
// without what base and the config add.
func (s *Stream) message() []byte {
	out := rawjson.AppendQuoted([]byte(`{"type":"SCHEMA","stream":`), s.Name)
	values := bytes.Split(s.source, []byte{0})
	for i, key := range streamKeys() {
		if len(values[i]) > 0 {
			out = append(append(rawjson.AppendQuoted(append(out, ','), key), ':'), values[i]...)
		}
	}
	return append(out, '}')
}

func stringList(d definition, key string) ([]string, error) {
	value, ok := d.Get(key)
	if !ok || Value(value).IsNull() {
		return nil, nil
	}
	if rawjson.KindOf(value) != rawjson.Array {
		return nil, fmt.Errorf("%s must be a list of column names, not %s", key, Value(value).Kind())
	}
	list := []string{}
	for element := range rawjson.Elements(value) {
		if rawjson.KindOf(element) != rawjson.String {
			return nil, fmt.Errorf("%s must hold column names, not %s", key, Value(element).Kind())
		}
		list = append(list, rawjson.Unquote(element))
	}
	return list, nil
}

func optionalText(d definition, key string) (string, error) {
	value, ok := d.Get(key)
	if !ok || Value(value).IsNull() {
		return "", nil
	}
	if rawjson.KindOf(value) != rawjson.String {
		return "", fmt.Errorf("%s must be a string, not %s", key, Value(value).Kind())
	}
	return rawjson.Unquote(value), nil
}

// parseVersion reads the version of a RECORD or ACTIVATE_VERSION message.
func parseVersion(text []byte) (int64, error) {
	version, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("version must be an integer of at most 64 bits, not %s", Value(text).Kind())
	}
	return version, nil
}

// MarshalJSON renders the stream with the keys of a SCHEMA message, and with the
// values that Mage's base holds for what the message leaves out: null, and an
// empty list of partition keys.
func (s Stream) MarshalJSON() ([]byte, error) {
	partitionKeys := s.PartitionKeys
	if partitionKeys == nil {
		partitionKeys = []string{}
	}
	return json.Marshal(map[string]any{
		"stream": s.Name, "schema": s.Schema, "key_properties": s.KeyProperties,
		"bookmark_properties": s.BookmarkProperties, "partition_keys": partitionKeys,
		"replication_method": nullable(s.ReplicationMethod), "unique_constraints": s.UniqueConstraints,
		"unique_conflict_method":    nullable(s.UniqueConflictMethod),
		"disable_column_type_check": s.DisableColumnTypeCheck, "version": s.Version,
	})
}

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
