package base

import (
	"unsafe"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// filling is a struct on its way to be filled from a record.
type filling struct {
	layout  *layout
	strings rawjson.Strings
	next    int       // the field that probably comes next
	few     [2]uint64 // which fields are filled; enough for most structs
	more    []uint64  // the same for those with more fields
	rest    []byte    // the object of what is left to encoding/json
}

// fill fills the struct of the layout's type at to, which must be zero; target is a
// pointer to it. It says no, with some fields filled, to whatever is not plainly as
// encoding/json would do it: that then decides, and words the error.
func (f *filling) fill(r Record, to unsafe.Pointer, target any) bool {
	f.strings = rawjson.StringsFor(len(r.Raw()))
	f.begin()
	for name, value := range r.Columns() {
		if !f.column(to, name, value) {
			return false
		}
	}
	if len(f.rest) == 0 {
		return true
	}
	f.rest[len(f.rest)-1] = '}'
	return decode(f.rest, target) == nil
}

func (f *filling) column(to unsafe.Pointer, name string, value Value) bool {
	place := f.layout.find(name, f.next)
	return place < 0 || f.field(&f.strings, to, place, name, value)
}

// begin makes room to note which fields are filled.
func (f *filling) begin() {
	if len(f.layout.fields) > len(f.few)*64 {
		f.more = make([]uint64, len(f.layout.fields)/64+1)
	}
}

// field fills a field from the column of that name.
func (f *filling) field(s *rawjson.Strings, to unsafe.Pointer, place int, name string, value Value) bool {
	f.next = place + 1
	if f.twice(place) {
		return false // encoding/json knows what becomes of a field that is filled already
	}
	field := &f.layout.fields[place]
	if field.read != nil {
		return field.read(s, unsafe.Add(to, field.offset), value)
	}
	if len(f.rest) == 0 {
		f.rest = append(f.rest, '{')
	}
	f.rest = appendMember(f.rest, name, value, ',')
	return true
}

// twice notes that a field is being filled and tells whether it was before, by a
// column whose name is the same but for case.
func (f *filling) twice(place int) bool {
	filled := f.few[:]
	if f.more != nil {
		filled = f.more
	}
	word, bit := &filled[place/64], uint64(1)<<(place%64)
	was := *word&bit != 0
	*word |= bit
	return was
}
