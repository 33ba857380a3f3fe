package rawjson

// keys are the keys of the objects that a scanner is inside of, to notice one
// that comes twice in the same object.
type keys struct {
	open  [][]byte // of all open objects, the innermost last; without escapes
	found bool
}

// few is how many keys are compared one by one before a map pays.
const few = 24

// add notes a key of the object whose keys start at first. wide is that object's
// map, which add makes when there are many; the caller keeps it.
func (k *keys) add(first int, quoted []byte, wide map[string]struct{}) map[string]struct{} {
	if k.found {
		return wide
	}
	name := quoted[1 : len(quoted)-1]
	if HasEscape(quoted) {
		name = AppendUnquoted(nil, quoted)
	}
	if wide != nil {
		_, k.found = wide[string(name)]
		wide[string(name)] = struct{}{}
		return wide
	}
	for _, other := range k.open[first:] {
		if string(other) == string(name) {
			k.found = true
			return nil
		}
	}
	k.open = append(k.open, name)
	if len(k.open)-first <= few {
		return nil
	}
	wide = make(map[string]struct{}, 4*few)
	for _, other := range k.open[first:] {
		wide[string(other)] = struct{}{}
	}
	return wide
}

// AppendUnique appends a value in which every object has each key once: in the
// place of the first, with the value of the last, as Python's json reads it. White
// space between the tokens is left out.
func AppendUnique(dst, value []byte) []byte {
	dst, _ = appendUnique(dst, value, skipSpace(value, 0))
	return dst
}

// appendUnique appends the value that starts at i and returns the position after
// it.
func appendUnique(dst, text []byte, i int) ([]byte, int) {
	var end int
	switch text[i] {
	case '{':
		return appendUniqueObject(dst, text, i)
	case '[':
		return appendUniqueArray(dst, text, i)
	case '"':
		end = skipString(text, i)
	default:
		end = skipToken(text, i)
	}
	return append(dst, text[i:end]...), end
}

func appendUniqueArray(dst, text []byte, i int) ([]byte, int) {
	dst = append(dst, '[')
	for i = skipSpace(text, i+1); text[i] != ']'; {
		dst, i = appendUnique(dst, text, i)
		if i = skipSpace(text, i); text[i] == ',' {
			dst = append(dst, ',')
			i = skipSpace(text, i+1)
		}
	}
	return append(dst, ']'), i + 1
}

// part is where a member stands in what was appended.
type part struct{ start, end int }

func appendUniqueObject(dst, text []byte, i int) ([]byte, int) {
	start := len(dst)
	dst = append(dst, '{')
	var parts []part
	places := map[string]int{}
	repeated := false
	for i = skipSpace(text, i+1); text[i] != '}'; {
		from := len(dst)
		end := skipString(text, i)
		name := Unquote(text[i:end])
		dst = append(append(dst, text[i:end]...), ':')
		i = skipSpace(text, end)
		dst, i = appendUnique(dst, text, skipSpace(text, i+1))
		if place, seen := places[name]; seen {
			parts[place], repeated = part{from, len(dst)}, true
		} else {
			places[name] = len(parts)
			parts = append(parts, part{from, len(dst)})
		}
		if i = skipSpace(text, i); text[i] == ',' {
			dst = append(dst, ',')
			i = skipSpace(text, i+1)
		}
	}
	if repeated {
		dst = join(dst, start, parts)
	}
	return append(dst, '}'), i + 1
}

// join replaces what was appended of an object from start on by some of its parts.
func join(dst []byte, start int, parts []part) []byte {
	object := []byte{'{'}
	for n, p := range parts {
		if n > 0 {
			object = append(object, ',')
		}
		object = append(object, dst[p.start:p.end]...)
	}
	return append(dst[:start], object...)
}
