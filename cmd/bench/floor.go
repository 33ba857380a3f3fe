package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

func runLines(j job) (int, error) {
	return eachLine(j.stdin, func([]byte) bool { return true })
}

func runSyntax(j job) (int, error) { return eachLine(j.stdin, valid) }

func runJSONValid(j job) (int, error) { return eachLine(j.stdin, json.Valid) }

// eachLine calls good with each line, without its end, and counts them.
func eachLine(r io.Reader, good func(line []byte) bool) (lines int, err error) {
	buffer := make([]byte, 256<<10)
	held := 0 // bytes at the start of buffer that no line end was seen in
	for {
		n, err := r.Read(buffer[held:])
		full := buffer[:held+n]
		for {
			end := bytes.IndexByte(full[held:], '\n')
			if end < 0 {
				break
			}
			lines++
			if !good(full[:held+end]) {
				return lines, fmt.Errorf("line %d is not JSON", lines)
			}
			full, held = full[held+end+1:], 0
		}
		held = copy(buffer, full)
		if held == len(buffer) {
			buffer = append(buffer, make([]byte, len(buffer))...)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return lines, err
		}
	}
	if held > 0 {
		lines++
		if !good(buffer[:held]) {
			return lines, fmt.Errorf("line %d is not JSON", lines)
		}
	}
	return lines, nil
}
