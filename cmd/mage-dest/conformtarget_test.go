package main

import (
	"testing"
)

func TestRowsOfARead(t *testing.T) {
	for text, want := range map[string]int{
		"":                             0,
		"\n \n":                        0,
		`{"id": 1}`:                    1,
		"{\"id\": 1}\n\n{\"id\": 2}\n": 2,
		`[{"id": 1}, {"id": 2}]`:       2,
		`[]`:                           0,
		`{"id": 1} x`:                  -1,
		`[1]`:                          -1,
		`5`:                            -1,
	} {
		rows, err := rowsOf([]byte(text))
		if err != nil {
			rows = nil
		}
		if got := len(rows); want >= 0 && (err != nil || got != want) || want < 0 && err == nil {
			t.Errorf("%q: %d rows, %v, want %d", text, got, err, want)
		}
	}
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{`{"id": 1}`, "{}\n{}", `[{}]`, "null", "\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if rows, err := rowsOf(text); err != nil && rows != nil && len(rows) > len(text) {
			t.Errorf("%d rows of %d bytes", len(rows), len(text))
		}
	})
}

func TestOnlyNumbers(t *testing.T) {
	got, err := numbers([]string{"14", "38-40", "39"})
	if err != nil || len(got) != 4 || got[0] != 14 || got[3] != 40 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"0", "45", "5-3", "x", "1-", "-1"} {
		if got, err := numbers([]string{bad}); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}
