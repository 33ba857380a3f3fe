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
	layout := "2006-01-02 15:04:05.999999+00"
	if column.SQLType != timestamptz {
		layout = "2006-01-02 15:04:05.999999"
	}
	return func(row []byte, v base.Value, _ bool) ([]byte, error) {
		if v.Kind() != base.KindString {
			return row, mismatch(column, v)
		}
		text := v.Text()
		if column.SQLType == "date" {
			day, err := time.Parse(time.DateOnly, text)
			if err != nil || day.Year() < 1 {
				return row, errNoDate
			}
			return append(row, text...), nil
		}
		at, err := parseTime(text)
		if err != nil {
			return row, err
		}
		if at.Nanosecond()%1000 != 0 {
			return row, errNanos
		}
		return at.UTC().AppendFormat(row, layout), nil
	}
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
