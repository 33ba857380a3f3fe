package base

import (
	"bytes"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// emptyState tells a STATE value that says nothing.
func emptyState(value []byte) bool {
	value = rawjson.Trim(value)
	switch rawjson.KindOf(value) {
	case rawjson.Null, rawjson.Invalid:
		return true
	case rawjson.String:
		return len(value) == 2
	case rawjson.Array, rawjson.Object:
		return len(rawjson.Trim(value[1:len(value)-1])) == 0
	}
	return false
}

// foldState joins a state to those before it. Mage's sources write the bookmarks
// of one stream at a time, so bookmarks are merged: by stream and, within a
// stream that has an object for a bookmark, by key, the later winning. All other
// keys of the value are those of the later state. A value that is no object, or
// has no bookmarks to merge with, replaces what was there.
func foldState(before, value []byte) []byte {
	old, hadBookmarks := rawjson.Get(before, "bookmarks")
	if rawjson.KindOf(value) != rawjson.Object || !hadBookmarks || rawjson.KindOf(old) != rawjson.Object {
		return append([]byte(nil), value...)
	}
	bookmarks, has := rawjson.Get(value, "bookmarks")
	if has && rawjson.KindOf(bookmarks) != rawjson.Object {
		return append([]byte(nil), value...)
	}
	merged := mergeObjects(old, bookmarks, mergeBookmark)
	var out object
	for m := range rawjson.Members(value) {
		if rawjson.KeyIs(m.Key, "bookmarks") {
			m.Value = merged
		}
		out.add(m)
	}
	if !has {
		out.add(rawjson.Member{Key: []byte(`"bookmarks"`), Value: merged})
	}
	return out.bytes()
}

// foldBookmarks gives a state the bookmarks of members and leaves all else.
func foldBookmarks(before []byte, members []rawjson.Member) []byte {
	var bookmarks object
	for _, m := range members {
		bookmarks.add(m)
	}
	var out object
	placed := false
	for m := range rawjson.Members(before) {
		if rawjson.KeyIs(m.Key, "bookmarks") {
			m.Value, placed = bookmarks.bytes(), true
		}
		out.add(m)
	}
	if !placed {
		out.add(rawjson.Member{Key: []byte(`"bookmarks"`), Value: bookmarks.bytes()})
	}
	return out.bytes()
}

// mergeBookmark merges two bookmarks that are objects, one level deep; else the
// later replaces the earlier.
func mergeBookmark(before, value []byte) []byte {
	if rawjson.KindOf(before) != rawjson.Object || rawjson.KindOf(value) != rawjson.Object {
		return value
	}
	return mergeObjects(before, value, func(_, value []byte) []byte { return value })
}

// mergeObjects lays the members of value over those of before; join makes one of
// two that have the same key.
func mergeObjects(before, value []byte, join func(before, value []byte) []byte) []byte {
	var out object
	for m := range rawjson.Members(before) {
		out.add(m)
	}
	for m := range rawjson.Members(value) {
		if old, ok := out.get(m.Key); ok {
			m.Value = join(old, m.Value)
		}
		out.add(m)
	}
	return out.bytes()
}

// object is a JSON object in the making, its members in the order they came.
type object struct {
	members []rawjson.Member
	places  map[string]int
}

func (o *object) get(key []byte) ([]byte, bool) {
	i, ok := o.places[rawjson.Unquote(key)]
	if !ok {
		return nil, false
	}
	return o.members[i].Value, true
}

// add sets a member, where its key stands already in its place.
func (o *object) add(m rawjson.Member) {
	if o.places == nil {
		o.places = map[string]int{}
	}
	name := m.Name()
	if i, ok := o.places[name]; ok {
		o.members[i].Value = m.Value
		return
	}
	o.places[name] = len(o.members)
	o.members = append(o.members, m)
}

func (o *object) bytes() []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			out.WriteString(", ")
		}
		out.Write(m.Key)
		out.WriteString(": ")
		out.Write(m.Value)
	}
	out.WriteByte('}')
	return out.Bytes()
}
