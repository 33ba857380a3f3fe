package sqldest_test

import (
	"errors"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

var (
	errNoTime = errors.New("it is no date and time as RFC 3339 has them (2026-01-31T23:59:59.123456Z)")
	errNoDate = errors.New("it is no date as RFC 3339 has it (2026-01-31)")
	errNanos  = errors.New("it is more exact than a microsecond, and the column is not: make the column text, or take format out of the schema")
)

// timeEncoder writes times in UTC, so that no setting of a session changes them. One
// without a zone is taken for UTC.
func timeEncoder(column sqldest.Column) appender {
	layout, withZone := "2006-01-02 15:04:05.999999", column.SQLType == timestamptz
	if withZone {
		layout += "+00"
	}
	return func(row []byte, v base.Value, _ bool) ([]byte, error) {
		if v.Kind() != base.KindString {
			return row, mismatch(column, v)
		}
		if column.SQLType == "date" {
			return appendDate(row, v.Text())
		}
		zoned, plain := plainTime(v[1 : len(v)-1])
		switch { // as it came, for the server reads it in the same way
		case plain && zoned == withZone:
			return append(row, v[1:len(v)-1]...), nil
		case plain && withZone:
			return append(append(row, v[1:len(v)-1]...), "+00"...), nil
		}
		at, err := parseTime(v.Text())
		if err != nil {
			return row, err
		}
		if at.Nanosecond()%1000 != 0 {
			return row, errNanos
		}
		return at.UTC().AppendFormat(row, layout), nil
	}
}

func appendDate(row []byte, text string) ([]byte, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1 {
		return row, errNoDate
	}
	return append(row, text...), nil
}

// plainTime tells what most times are, written as RFC 3339 has them down to
// microseconds, or without a zone.
func plainTime(text []byte) (zoned, ok bool) {
	const form = "dddd-dd-ddTdd:dd:dd"
	if len(text) < len(form) {
		return false, false
	}
	for i := range len(form) {
		switch c := text[i]; {
		case form[i] == 'd' && (c < '0' || c > '9'), form[i] == 'T' && c != 'T' && c != ' ', form[i] != 'd' && form[i] != 'T' && c != form[i]:
			return false, false
		}
	}
	two := func(i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }
	year, month, day := two(0)*100+two(2), two(5), two(8)
	last := 31
	switch month {
	case 2:
		last = 28 // the 29th is looked up
	case 4, 6, 9, 11:
		last = 30
	}
	if year < 2 || year > 9998 || month < 1 || month > 12 || day < 1 || day > last || two(11) > 23 || two(14) > 59 || two(17) > 59 {
		return false, false
	}
	rest := text[len(form):]
	if len(rest) > 1 && rest[0] == '.' {
		digits := 1
		for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
			digits++
		}
		if digits < 2 || digits > 7 {
			return false, false
		}
		rest = rest[digits:]
	}
	switch {
	case len(rest) == 0:
		return false, true
	case len(rest) == 1 && rest[0] == 'Z':
		return true, true
	case len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':':
		for _, i := range []int{1, 2, 4, 5} {
			if rest[i] < '0' || rest[i] > '9' {
				return false, false
			}
		}
		return true, rest[1] == '0' && rest[4] <= '5'
	}
	return false, false
}

// canonicalTime is the same text for the same moment, of what a timeEncoder wrote.
func canonicalTime(copied string) string {
	at, err := parseTime(copied)
	if err != nil {
		return copied
	}
	return at.UTC().Format("2006-01-02 15:04:05.999999Z")
}

// parseTime reads a date and time, with T or a space between, with or without seconds,
// a fraction and a zone; or a date alone.
func parseTime(text string) (time.Time, error) {
	if len(text) > len(time.DateOnly) && (text[len(time.DateOnly)] == ' ' || text[len(time.DateOnly)] == 't') {
		text = text[:len(time.DateOnly)] + "T" + text[len(time.DateOnly)+1:]
	}
	if rest, ok := strings.CutSuffix(text, "z"); ok {
		text = rest + "Z"
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			if year := at.UTC().Year(); year < 1 || year > 9999 {
				return at, errNoTime
			}
			return at, nil
		}
	}
	return time.Time{}, errNoTime
}
