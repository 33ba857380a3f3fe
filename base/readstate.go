package base

import (
	"errors"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

func (r *run) readState(m singer.Message) error {
	value, ok := m.Get("value")
	if !ok {
		return errors.New("STATE without value: the key value must be the state")
	}
	r.last.stream = stateStreamName(value)
	if r.info.RecordByRecord {
		return r.tellAsRead(value)
	}
	// It counts for the set that is filled, whenever it may be told: where a set ends
	// must not depend on how fast the one before is exported.
	r.set.bytes += r.ledger.stateRead(value)
	r.set.started(r.now)
	if r.set.records+len(r.set.letters) == 0 && r.inFlight == nil {
		r.ledger.release()
	}
	return nil
}

// tellAsRead writes a STATE as it was read: all records before it are exported.
func (r *run) tellAsRead(value []byte) error {
	if rawjson.Empty(value) {
		return nil
	}
	if err := r.storeLetters(r.set); err != nil {
		return err
	}
	_, err := r.writeState(value, true)
	return err
}

// stateStreamName is the stream that Mage's base takes a STATE for (8.2 of its
// contract); here it only fills a tag.
func stateStreamName(value []byte) string {
	if current, ok := rawjson.Get(value, "current_stream"); ok && rawjson.KindOf(current) == rawjson.String {
		return rawjson.Unquote(current)
	}
	bookmarks, _ := rawjson.Get(value, "bookmarks")
	for _, object := range [][]byte{bookmarks, value} {
		for m := range rawjson.Members(object) {
			return m.Name()
		}
	}
	return ""
}
