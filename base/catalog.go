package base

import (
	"fmt"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// parseCatalog reads --catalog_json: streams by tap_stream_id, or stream.
func parseCatalog(text string) (map[string]objectText, error) {
	catalog := map[string]objectText{}
	if text == "" {
		return catalog, nil
	}
	if _, err := rawjson.Check([]byte(text)); err != nil {
		return nil, fmt.Errorf("--catalog_json is not JSON: %w", err)
	}
	streams, _ := rawjson.Get([]byte(text), "streams")
	i := 0
	for entry := range rawjson.Elements(streams) {
		name, err := optionalText(objectText(entry), "tap_stream_id")
		if err == nil && name == "" {
			name, err = optionalText(objectText(entry), "stream")
		}
		if err != nil || name == "" {
			return nil, fmt.Errorf("--catalog_json: stream %d has neither tap_stream_id nor stream", i)
		}
		catalog[name] = objectText(entry)
		i++
	}
	return catalog, nil
}

// adoptFromCatalog makes the catalog's entry the schema of a stream the first
// time that a message names it.
func (r *run) adoptFromCatalog(name string, line singer.Line) error {
	entry, ok := r.catalog[name]
	if !ok || r.flows[name].known() {
		return nil
	}
	s, err := newStream(name, entry, r.limits.Streams)
	if err != nil {
		return fmt.Errorf("--catalog_json: %w", err)
	}
	s.fromCatalog = true
	return r.adopt(s, line)
}
