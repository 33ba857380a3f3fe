package sqldest

import (
	"fmt"
	"slices"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// leftOut stands for the place of a column that the table lacks and may not get.
const leftOut = -1

// level is where the members of an object go: of the record itself, or of an object
// in it that is flattened.
type level struct {
	places map[string]int    // columns, or leftOut
	nested map[string]*level // objects whose members are columns
}

// put notes the column of a path.
func (l *level) put(path []string, place int) {
	for ; len(path) > 1; path = path[1:] {
		inner := l.nested[path[0]]
		if inner == nil {
			inner = &level{places: map[string]int{}}
			if l.nested == nil {
				l.nested = map[string]*level{}
			}
			l.nested[path[0]] = inner
		}
		l = inner
	}
	l.places[path[0]] = place
}

// walk finds the places of a member of the level's object, and of its own members
// where it is flattened. What has no place is told with its path; the path may be
// used again.
func (l *level) walk(path []string, name string, value base.Value, found func(place int, value base.Value), unknown func(path []string)) {
	kind := value.Kind()
	path = append(path, name)
	if inner := l.nested[name]; inner != nil {
		switch kind {
		case base.KindNull:
			return
		case base.KindObject:
			for member := range rawjson.Members(value) {
				inner.walk(path, member.Name(), base.Value(member.Value), found, unknown)
			}
			return
		}
	}
	place, known := l.places[name]
	switch {
	case !known:
		unknown(path)
	case place != leftOut && kind != base.KindNull:
		found(place, value)
	}
}

// flat is a property, with its path through the objects that are flattened.
type flat struct {
	path     []string
	property base.Property
}

// flattened are the properties of a schema, down to a depth.
func flattened(schema *base.Schema, depth int) ([]flat, error) {
	var all []flat
	for _, property := range schema.Properties() {
		path := []string{property.Name}
		inner, err := membersOf(property, depth)
		if err != nil {
			return nil, err
		}
		if inner == nil {
			all = append(all, flat{path, property})
			continue
		}
		below, err := flattened(inner, depth-1)
		if err != nil {
			return nil, err
		}
		for _, f := range below {
			all = append(all, flat{slices.Concat(path, f.path), f.property})
		}
	}
	return all, nil
}

// membersOf is the schema of a property's members if the property is always an
// object, its schema lists them, and depth allows to flatten it; else it is nil.
func membersOf(p base.Property, depth int) (*base.Schema, error) {
	isObject := len(p.Types) > 0 && !slices.ContainsFunc(p.Types, func(name string) bool { return name != "object" && name != "null" })
	if depth <= 0 || !isObject {
		return nil, nil
	}
	if listed, ok := rawjson.Get(p.Raw, "properties"); !ok || rawjson.Empty(listed) {
		return nil, nil
	}
	schema, err := base.NewSchema(p.Raw)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", p.Name, err)
	}
	return schema, nil
}
