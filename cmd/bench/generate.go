package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// stateEvery is how many records stand between two STATE lines.
const stateEvery = 10_000

// generate writes n records of a shape, after the SCHEMA of each stream and with a
// STATE now and then, and returns how many lines that were. The same shape and seed
// give the same bytes, and fewer records the beginning of more.
func generate(w io.Writer, s shape, n int, seed uint64) (lines int, err error) {
	out := bufio.NewWriterSize(w, 1<<20)
	for _, stream := range s.streams {
		line, err := schemaLine(s, stream)
		if err != nil {
			return 0, fmt.Errorf("shape %s: %w", s.name, err)
		}
		if _, err := out.Write(line); err != nil {
			return 0, err
		}
		lines++
	}
	r := newRow(s.style, seed)
	var b []byte
	for i := range n {
		stream := s.streams[i%len(s.streams)]
		r.reset()
		s.fill(r, i+1)
		b = appendRecordLine(b[:0], r, stream, i)
		if (i+1)%stateEvery == 0 || i+1 == n {
			b = appendStateLine(b, s.streams, i+1)
			lines++
		}
		if _, err := out.Write(b); err != nil {
			return 0, err
		}
		lines++
	}
	return lines, out.Flush()
}

// schemaLine asks for Mage's check of each column, which is off by default.
func schemaLine(s shape, stream string) ([]byte, error) {
	var schema bytes.Buffer
	if err := json.Compact(&schema, []byte(s.schema)); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return fmt.Appendf(nil, `{"type":"SCHEMA","stream":"%s","schema":%s,"key_properties":["id"],"bookmark_properties":["id"],"disable_column_type_check":false}`+"\n",
		stream, schema.Bytes()), nil
}

func appendRecordLine(b []byte, r *row, stream string, i int) []byte {
	comma, colon := r.style.comma, r.style.colon
	b = fmt.Appendf(b, `{"type"%s"RECORD"%s"stream"%s"%s"%s"record"%s`, colon, comma, colon, stream, comma, colon)
	b = r.appendObject(b)
	return fmt.Appendf(b, `%s"time_extracted"%s"2026-03-01T%02d:%02d:%02d.%06dZ"}`+"\n", comma, colon, i/360_000%24, i/6000%60, i/100%60, i%100*10_000)
}

func appendStateLine(b []byte, streams []string, id int) []byte {
	var bookmarks []string
	for _, stream := range streams {
		bookmarks = append(bookmarks, fmt.Sprintf(`"%s":{"id":%d}`, stream, id))
	}
	return fmt.Appendf(b, `{"type":"STATE","value":{"bookmarks":{%s}}}`+"\n", strings.Join(bookmarks, ","))
}

// input is a generated file.
type input struct {
	path           string
	records, lines int
	bytes          int64
}

// generateOrders writes a file of the plainest shape, whose key is id.
func generateOrders(path string, records int) error {
	const seed = 3
	_, err := generateFile(path, shapes()[0], records, seed)
	return err
}

// generateFile writes an input to a file.
func generateFile(path string, s shape, n int, seed uint64) (input, error) {
	f, err := os.Create(path)
	if err != nil {
		return input{}, err
	}
	defer f.Close()
	lines, err := generate(f, s, n, seed)
	if err != nil {
		return input{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return input{}, err
	}
	return input{path: path, records: n, lines: lines, bytes: info.Size()}, f.Close()
}
