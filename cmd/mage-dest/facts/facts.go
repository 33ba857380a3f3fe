// Package facts carries the Singer stream that `mage-dest try` loads into a
// new destination: real facts, small enough to bundle and awkward enough to
// show what a destination does with them.
//
// The stream is what a tap writes to stdout: JSON lines of SCHEMA, RECORD and
// STATE messages, one message a line, the streams interleaved.
//
//   - countries: code, name, flag and time zones of every country; arrays,
//     two of them empty, and text beyond the basic plane
//   - country_zones: which zone serves which country; a composite key
//   - zones: id, countries, position and comments of every time zone; a nested
//     object, nulls
//   - leap_seconds: when TAI-UTC changed; date-times
//   - fibonacci: F(0) to F(300); integers of up to 63 digits, alone, in arrays
//     and in four scripts
//   - powers_of_two: 2^n and 2^-n, n from 0 to 128; exact decimals of up to 128
//     places
//   - numbers: the edges of machine numbers, decimals of 38 digits, and the
//     names of two constants in languages that read either way
//
// Every stream declares its key, every key occurs once, and each STATE carries
// a bookmark per stream, which is that stream's last record so far. So a
// destination holds all of it when its row counts equal the RECORD lines per
// stream and its final state equals the last STATE.
//
// Where the facts come from, and under which terms, is told in SOURCES.md.
package facts

import _ "embed"

//go:embed world.singer
var world string

// World returns the bundled stream: UTF-8, less than 300 KB, every line ended
// by a newline. The caller owns the bytes; each call returns a fresh copy.
func World() []byte { return []byte(world) }
