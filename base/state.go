package base

import (
	"bytes"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// stateFold joins states in the order they are added. Mage's sources write the
// bookmarks of one stream at a time, so bookmarks are merged: by stream and,
// within a stream that has an object for a bookmark, by key, the later winning.
// All other keys of the value are those of the later state. A value that is no
// object, or has no bookmarks to merge with, replaces what was there.
//
// It is kept taken apart: to add a state takes time for that state alone, however
// many bookmarks were there before.
type stateFold struct {
	whole     []byte  // of a value without bookmarks to merge with; else nil
	outer     *object // members of the value; that of bookmarks stands for its place
	bookmarks *object
}

// add joins a value, whose memory is not kept.
func (f *stateFold) add(value []byte) {
	value = bytes.Clone(value)
	bookmarks, has := rawjson.Get(value, "bookmarks")
	isObject := rawjson.KindOf(value) == rawjson.Object
	mergeable := has && rawjson.KindOf(bookmarks) == rawjson.Object
	if !isObject || has && !mergeable || !has && f.bookmarks == nil {
		*f = stateFold{whole: value}
		return
	}
	f.whole, f.outer = nil, &object{}
	for m := range rawjson.Members(value) {
		f.outer.add(m)
	}
	f.merge(bookmarks)
}

// addBookmarks gives the fold bookmarks and leaves all else.
func (f *stateFold) addBookmarks(members []rawjson.Member) {
	if f.outer == nil {
		f.outer = &object{}
		for m := range rawjson.Members(f.whole) {
			f.outer.add(m)
		}
		f.whole = nil
	}
	var bookmarks object
	for _, m := range members {
		bookmarks.add(m)
	}
	f.merge(bookmarks.bytes())
}

func (f *stateFold) merge(bookmarks []byte) {
	if f.bookmarks == nil {
		f.bookmarks = &object{}
	}
	for m := range rawjson.Members(bookmarks) {
		if before, ok := f.bookmarks.get(m.Key); ok {
			m.Value = mergeBookmark(before, m.Value)
		}
		f.bookmarks.add(m)
	}
	if _, placed := f.outer.get([]byte(`"bookmarks"`)); !placed {
		f.outer.add(rawjson.Member{Key: []byte(`"bookmarks"`)})
	}
}

// bytes is the fold as JSON, nil before the first state.
func (f *stateFold) bytes() []byte {
	if f.outer == nil {
		return f.whole
	}
	f.outer.add(rawjson.Member{Key: []byte(`"bookmarks"`), Value: f.bookmarks.bytes()})
	return f.outer.bytes()
}

// mergeBookmark merges two bookmarks that are objects, one level deep; else the
// later replaces the earlier.
func mergeBookmark(before, value []byte) []byte {
	if rawjson.KindOf(before) != rawjson.Object || rawjson.KindOf(value) != rawjson.Object {
		return value
	}
	var out object
	for _, text := range [][]byte{before, value} {
		for m := range rawjson.Members(text) {
			out.add(m)
		}
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
