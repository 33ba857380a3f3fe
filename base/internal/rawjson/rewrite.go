package rawjson

// AppendPython appends a value in the form Python's json.dumps gives it: one
// line, ", " and ": " between the parts, everything outside ASCII escaped.
// Numbers and escapes keep their spelling; NaN and the infinities become null.
func AppendPython(dst, value []byte) []byte {
	for i := 0; i < len(value); {
		switch c := value[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end := skipString(value, i)
			dst = appendASCII(dst, value[i:end])
			i = end
		case ',', ':':
			dst = append(dst, c, ' ')
			i++
		case '{', '}', '[', ']':
			dst = append(dst, c)
			i++
		default:
			dst, i = appendToken(dst, value, i)
		}
	}
	return dst
}

// appendToken appends the number or word that starts at i, null for one that is
// not finite, and returns the position after it.
func appendToken(dst, value []byte, i int) ([]byte, int) {
	end := skipToken(value, i)
	if KindOf(value[i:end]) == NonFinite {
		return append(dst, "null"...), end
	}
	return append(dst, value[i:end]...), end
}

// MapStrings appends a value with each of its strings, keys included, as edit
// gives it. edit gets what stands between the quotes, escapes and all.
func MapStrings(dst, value []byte, edit func(string) string) []byte {
	for i := 0; i < len(value); {
		if value[i] != '"' {
			dst = append(dst, value[i])
			i++
			continue
		}
		end := skipString(value, i)
		dst = append(dst, '"')
		dst = append(dst, edit(string(value[i+1:end-1]))...)
		dst = append(dst, '"')
		i = end
	}
	return dst
}

// appendASCII escapes what is not ASCII in a quoted string and leaves the
// escapes that are there as they are.
func appendASCII(dst, quoted []byte) []byte {
	start := 0
	for i := 0; i < len(quoted); i++ {
		if quoted[i] < 0x7f {
			continue
		}
		dst = append(dst, quoted[start:i]...)
		end := i
		for end < len(quoted) && quoted[end] >= 0x7f {
			end++
		}
		escaped := AppendQuotedASCII(nil, string(quoted[i:end]))
		dst = append(dst, escaped[1:len(escaped)-1]...)
		start, i = end, end-1
	}
	return append(dst, quoted[start:]...)
}

// AppendFinite appends a value as it stands, with null in the place of every
// NaN, Infinity and -Infinity.
func AppendFinite(dst, value []byte) []byte {
	for i := 0; i < len(value); {
		switch value[i] {
		case '"':
			end := skipString(value, i)
			dst = append(dst, value[i:end]...)
			i = end
		case 'N', 'I', '-':
			dst, i = appendToken(dst, value, i)
		default:
			dst = append(dst, value[i])
			i++
		}
	}
	return dst
}
