package jsonschema

import "bytes"

// isDateTime follows RFC 3339, section 5.6. A leap second is one where it is
// 23:59:60 in UTC.
func isDateTime(text []byte) bool {
	const date = len("2006-01-02")
	return len(text) > date && text[date]|0x20 == 't' && isDate(text[:date]) && isTime(text[date+1:])
}

// isDate follows RFC 3339, full-date.
func isDate(text []byte) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	century, ok1 := twoDigits(text, 0)
	year, ok2 := twoDigits(text, 2)
	month, ok3 := twoDigits(text, 5)
	day, ok4 := twoDigits(text, 8)
	return ok1 && ok2 && ok3 && ok4 && 1 <= month && month <= 12 && 1 <= day && day <= daysIn(month, 100*century+year)
}

func daysIn(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// isTime follows RFC 3339, full-time.
func isTime(text []byte) bool {
	if len(text) < len("15:04:05Z") || text[2] != ':' || text[5] != ':' {
		return false
	}
	hour, ok1 := twoDigits(text, 0)
	minute, ok2 := twoDigits(text, 3)
	second, ok3 := twoDigits(text, 6)
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return false
	}
	rest := text[8:]
	if rest[0] == '.' {
		digits := leadingDigits(rest[1:])
		if digits == 0 {
			return false
		}
		rest = rest[1+digits:]
	}
	offset, ok := minutesFromUTC(rest)
	if !ok {
		return false
	}
	const day = 24 * 60
	return second < 60 || (60*hour+minute-offset+day)%day == day-1
}

// minutesFromUTC reads Z or an offset such as +05:30.
func minutesFromUTC(text []byte) (minutes int, ok bool) {
	if len(text) == 1 {
		return 0, text[0]|0x20 == 'z'
	}
	if len(text) != len("+05:30") || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hour, ok1 := twoDigits(text, 1)
	minute, ok2 := twoDigits(text, 4)
	if minutes = 60*hour + minute; text[0] == '-' {
		minutes = -minutes
	}
	return minutes, ok1 && ok2 && hour < 24 && minute < 60
}

func twoDigits(text []byte, i int) (value int, ok bool) {
	a, b := text[i], text[i+1]
	return 10*int(a-'0') + int(b-'0'), isDigit(a) && isDigit(b)
}

// isDuration follows RFC 3339, appendix A, but for parts that may be left out
// between two others.
func isDuration(text []byte) bool {
	if len(text) < 2 || text[0] != 'P' {
		return false
	}
	text = text[1:]
	if n := leadingDigits(text); n > 0 && n+1 == len(text) && text[n] == 'W' {
		return true
	}
	date, time, timed := bytes.Cut(text, []byte{'T'})
	return hasUnits(date, "YMD") && (!timed || len(time) > 0 && hasUnits(time, "HMS"))
}

// hasUnits tells whether a text is numbers, each with one of the units, in their
// order.
func hasUnits(text []byte, units string) bool {
	for len(text) > 0 {
		n := leadingDigits(text)
		if n == 0 || n == len(text) {
			return false
		}
		at := bytes.IndexByte([]byte(units), text[n])
		if at < 0 {
			return false
		}
		text, units = text[n+1:], units[at+1:]
	}
	return true
}

// isPeriod follows RFC 3339, appendix A: two ends, or one and how long it is to the
// other.
func isPeriod(text []byte) bool {
	start, end, ok := bytes.Cut(text, []byte{'/'})
	switch {
	case !ok:
		return false
	case isDateTime(start):
		return isDateTime(end) || isDuration(end)
	}
	return isDuration(start) && isDateTime(end)
}
