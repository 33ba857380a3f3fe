package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"unicode/utf8"
)

// row is one record while it is made: its columns' names and JSON texts.
type row struct {
	random *rand.Rand
	style  style
	names  []string
	texts  [][]byte
}

func newRow(s style, seed uint64) *row {
	return &row{random: rand.New(rand.NewPCG(seed, 14)), style: s}
}

func (r *row) reset() { r.names, r.texts = r.names[:0], r.texts[:0] }

// put adds a column by its JSON text, made as fmt.Sprintf does.
func (r *row) put(name, format string, args ...any) {
	n := len(r.texts)
	r.names = append(r.names, name)
	if n < cap(r.texts) {
		r.texts = r.texts[:n+1]
	} else {
		r.texts = append(r.texts, nil)
	}
	r.texts[n] = fmt.Appendf(r.texts[n][:0], format, args...)
}

// putText adds a column that is a string.
func (r *row) putText(name, text string) { r.put(name, "%s", r.quoted(text)) }

// putNullable adds a column that is null in one of ten records.
func (r *row) putNullable(name, format string, args ...any) {
	if r.random.IntN(10) == 0 {
		r.put(name, "null")
		return
	}
	r.put(name, format, args...)
}

// quoted is a text as a JSON string in the row's style.
func (r *row) quoted(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can always be written
	}
	if !r.style.ascii {
		return string(quoted)
	}
	var out []byte
	for _, c := range string(quoted) {
		if c < utf8.RuneSelf {
			out = append(out, byte(c))
		} else {
			out = fmt.Appendf(out, `\u%04x`, c) // our texts hold nothing beyond the basic plane
		}
	}
	return string(out)
}

// appendObject writes the record.
func (r *row) appendObject(b []byte) []byte {
	if r.style.shuffled {
		r.random.Shuffle(len(r.names), func(i, j int) {
			r.names[i], r.names[j] = r.names[j], r.names[i]
			r.texts[i], r.texts[j] = r.texts[j], r.texts[i]
		})
	}
	b = append(b, '{')
	for i, name := range r.names {
		if i > 0 {
			b = append(b, r.style.comma...)
		}
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, '"')
		b = append(b, r.style.colon...)
		b = append(b, r.texts[i]...)
	}
	return append(b, '}')
}
