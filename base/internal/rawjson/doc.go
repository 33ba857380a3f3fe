// Package rawjson reads JSON as the bytes it is: it checks the syntax of a
// text strictly, finds members and elements in it, and turns single values
// into Go values, without ever building a map of the whole.
//
// Strict means RFC 8259: valid UTF-8, no control characters in strings, no
// leading zeros, nothing behind the value but white space. Two things go beyond
// the letter of the RFC and are told to the caller instead of being refused:
// the tokens NaN, Infinity and -Infinity, which Python's json writes by
// default, and repeated keys, of which the last wins, as in Python.
//
// Every function but Check expects text that Check has accepted.
package rawjson
