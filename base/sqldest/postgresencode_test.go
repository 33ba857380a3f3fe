package sqldest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

var (
	errNUL       = errors.New(`it holds U+0000, which PostgreSQL cannot store in text or jsonb; nul_characters: remove leaves it out`)
	errSurrogate = errors.New("it holds half of a surrogate pair, which is no character and cannot be stored")
	errTiny      = errors.New("it has more than 16,383 digits after the point, and PostgreSQL would round it")
)

// BulkEncoder writes values as COPY's text form wants them. What a value would lose in
// the column is an error.
func (d postgres) BulkEncoder(column sqldest.Column, _ sqldest.Type) sqldest.BulkEncoder {
	element, isArray := strings.CutSuffix(column.SQLType, "[]")
	if isArray {
		return d.arrayEncoder(column, element)
	}
	plain := d.encoder(column)
	return func(row []byte, v base.Value) ([]byte, error) { return plain(row, v, false) }
}

// appender writes a value. In an array texts stand in quotes.
type appender func(row []byte, v base.Value, inArray bool) ([]byte, error)

// encoder is the appender for the values of a column, or the elements of one.
func (d postgres) encoder(column sqldest.Column) appender {
	switch sqlType := column.SQLType; {
	case isInteger(sqlType):
		return integerEncoder(column)
	case isFraction(sqlType):
		return fractionEncoder(column)
	case sqlType == booleanType:
		return appendBoolean
	case sqlType == jsonbType, sqlType == jsonType:
		return d.appendJSON
	case isTime(sqlType):
		return timeEncoder(column)
	case strings.HasPrefix(sqlType, "character"):
		return d.characterEncoder(column)
	}
	return d.appendText // text, and what this package knows nothing of: the server reads its text
}

// mismatch is a value that is not what its column is for.
func mismatch(column sqldest.Column, v base.Value) error {
	return fmt.Errorf("it is of the JSON type %s, and the column of type %s: mend the schema or the record", v.Kind(), column.SQLType)
}

// numberIn is the number that a value is, or that stands in a text, as Mage has it.
func numberIn(v base.Value) (number []byte, ok bool) {
	switch v.Kind() {
	case base.KindNumber:
		return v, true
	case base.KindString:
		text := v[bytes.IndexByte(v, '"')+1 : bytes.LastIndexByte(v, '"')]
		if len(text) > 0 && (text[0] == '-' || '0' <= text[0] && text[0] <= '9') && json.Valid(text) {
			return text, true
		}
	}
	return nil, false
}

func integerEncoder(column sqldest.Column) appender {
	lowest, highest, wider := int64(math.MinInt64), int64(math.MaxInt64), numeric
	switch column.SQLType {
	case "integer":
		lowest, highest, wider = math.MinInt32, math.MaxInt32, bigint
	case "smallint":
		lowest, highest, wider = math.MinInt16, math.MaxInt16, bigint
	}
	return func(row []byte, v base.Value, _ bool) ([]byte, error) {
		number, ok := numberIn(v)
		if !ok {
			return row, mismatch(column, v)
		}
		value, ok := sqldest.Int64(number)
		switch {
		case ok && lowest <= value && value <= highest:
			return strconv.AppendInt(row, value, 10), nil
		case ok:
			return row, &sqldest.WiderError{SQLType: wider, Column: column}
		case string(number) == "-0":
			return append(row, '0'), nil
		}
		return row, &sqldest.WiderError{SQLType: numeric, Column: column}
	}
}

// fractionEncoder writes the digits as they came.
func fractionEncoder(column sqldest.Column) appender {
	holds := func([]byte) bool { return true }
	switch sqlType := column.SQLType; {
	case sqlType == "double precision":
		holds = func(number []byte) bool { _, ok := sqldest.Float64(number); return ok }
	case sqlType == "real":
		holds = func(number []byte) bool {
			value, ok := sqldest.Float64(number)
			short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', -1, 32), 64)
			return ok && err == nil && short == value
		}
	case sqlType != numeric:
		var precision, scale int
		if n, _ := fmt.Sscanf(sqlType, "numeric(%d,%d)", &precision, &scale); n > 0 {
			holds = func(number []byte) bool {
				d := parseDecimal(number)
				return len(d.digits) == 0 || len(d.digits)+d.exponent <= precision-scale && -d.exponent <= scale
			}
		}
	}
	return func(row []byte, v base.Value, _ bool) ([]byte, error) {
		number, ok := numberIn(v)
		switch {
		case !ok:
			return row, mismatch(column, v)
		case !holds(number):
			return row, &sqldest.WiderError{SQLType: numeric, Column: column}
		case isTiny(number):
			return row, errTiny
		}
		return append(row, number...), nil
	}
}

// isTiny tells numbers that no numeric holds whole.
func isTiny(number []byte) bool {
	if len(number) < 10000 && bytes.IndexAny(number, "eE") < 0 {
		return false
	}
	return -parseDecimal(number).exponent > 16383
}

func appendBoolean(row []byte, v base.Value, _ bool) ([]byte, error) {
	switch string(bytes.Trim(bytes.TrimSpace(v), `"`)) {
	case "true":
		return append(row, 't'), nil
	case "false":
		return append(row, 'f'), nil
	}
	return row, mismatch(sqldest.Column{SQLType: booleanType}, v)
}

// appendText writes a text, or the JSON of what is none.
func (d postgres) appendText(row []byte, v base.Value, inArray bool) ([]byte, error) {
	if n := len(v); !inArray && n > 1 && v[0] == '"' && v[n-1] == '"' && bytes.IndexByte(v, '\\') < 0 {
		return append(row, v[1:n-1]...), nil // most of all values: JSON has no control characters that are not escaped
	}
	text, err := d.textOf(v)
	if err != nil {
		return row, err
	}
	return appendCopied(row, text, inArray), nil
}

// textOf is what a value says, without what PostgreSQL cannot store.
func (d postgres) textOf(v base.Value) (string, error) {
	text, err := sqldest.TextOf(v)
	if err != nil {
		return "", errSurrogate
	}
	if strings.IndexByte(text, 0) < 0 {
		return text, nil
	}
	if !d.dropNUL {
		return "", errNUL
	}
	return strings.ReplaceAll(text, "\x00", ""), nil
}

// appendCopied writes a text so that COPY reads it back; in an array it stands in
// quotes, which has an escape of its own.
func appendCopied[Text ~string | ~[]byte](row []byte, text Text, inArray bool) []byte {
	if inArray {
		row = append(row, '"')
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\\' && inArray:
			row = append(row, `\\\\`...)
		case c == '\\':
			row = append(row, `\\`...)
		case c == '"' && inArray:
			row = append(row, `\\"`...)
		case c == '\n':
			row = append(row, `\n`...)
		case c == '\r':
			row = append(row, `\r`...)
		case c == '\t':
			row = append(row, `\t`...)
		default:
			row = append(row, c)
		}
	}
	if inArray {
		row = append(row, '"')
	}
	return row
}

func (d postgres) characterEncoder(column sqldest.Column) appender {
	most := math.MaxInt
	if _, length, ok := strings.Cut(column.SQLType, "("); ok {
		if n, err := strconv.Atoi(strings.TrimSuffix(length, ")")); err == nil {
			most = n
		}
	}
	return func(row []byte, v base.Value, inArray bool) ([]byte, error) {
		text, err := d.textOf(v)
		if err != nil {
			return row, err
		}
		if len(text) > most && utf8.RuneCountInString(text) > most {
			return row, &sqldest.WiderError{SQLType: textType, Column: column}
		}
		return appendCopied(row, text, inArray), nil
	}
}

// appendJSON writes JSON text.
func (d postgres) appendJSON(row []byte, v base.Value, inArray bool) ([]byte, error) {
	text := []byte(v)
	if bytes.IndexByte(text, '\\') >= 0 {
		var err error
		if text, err = d.storable(text); err != nil {
			return row, err
		}
	}
	if err := checkExponents(text); err != nil {
		return row, err
	}
	return appendCopied(row, text, inArray), nil
}

// storable is JSON text without escapes that PostgreSQL refuses.
func (d postgres) storable(text []byte) ([]byte, error) {
	if sqldest.HasLoneSurrogate(text) {
		return nil, errSurrogate
	}
	if !bytes.Contains(text, []byte(`\u0000`)) {
		return text, nil
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\':
			out = append(out, text[i])
		case !bytes.HasPrefix(text[i:], []byte(`\u0000`)):
			out = append(out, text[i], text[i+1])
			i++
		case !d.dropNUL:
			return nil, errNUL
		default:
			i += len(`\u0000`) - 1
		}
	}
	return out, nil
}

// checkExponents looks for numbers that jsonb, which holds numeric, would round.
func checkExponents(text []byte) error {
	if !bytes.Contains(text, []byte("e-")) && !bytes.Contains(text, []byte("E-")) && len(text) < 10000 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil // the end: that it is JSON was checked before
		}
		if number, ok := token.(json.Number); ok && isTiny([]byte(number)) {
			return errTiny
		}
	}
}

// arrayEncoder writes a PostgreSQL array of one dimension.
func (d postgres) arrayEncoder(column sqldest.Column, element string) sqldest.BulkEncoder {
	encode := d.encoder(sqldest.Column{Name: column.Name, SQLType: element})
	return func(row []byte, v base.Value) ([]byte, error) {
		if v.Kind() != base.KindArray {
			return row, mismatch(column, v)
		}
		var elements []json.RawMessage
		if err := json.Unmarshal(v, &elements); err != nil {
			return row, err
		}
		row = append(row, '{')
		for i, e := range elements {
			if i > 0 {
				row = append(row, ',')
			}
			value := base.Value(e)
			if value.IsNull() {
				row = append(row, "NULL"...)
				continue
			}
			var err error
			row, err = d.appendElement(row, column, element, value, encode)
			if err != nil {
				return row, err
			}
		}
		return append(row, '}'), nil
	}
}

// appendElement writes an element of an array. One that would come back as another JSON
// value needs an array of jsonb; as PostgreSQL makes none of the others, jsonb.
func (d postgres) appendElement(row []byte, column sqldest.Column, element string, v base.Value, encode appender) ([]byte, error) {
	kind := v.Kind()
	fits := kind == base.KindString
	switch {
	case element == jsonbType:
		fits = true
	case element == booleanType:
		fits = kind == base.KindBool
	case isInteger(element), isFraction(element):
		fits = kind == base.KindNumber
	}
	if !fits {
		return row, &sqldest.WiderError{SQLType: jsonbType, Column: column}
	}
	row, err := encode(row, v, true)
	var wider *sqldest.WiderError
	if errors.As(err, &wider) {
		return row, &sqldest.WiderError{SQLType: wider.SQLType + "[]", Column: column}
	}
	return row, err
}

// Encode makes a parameter of a value, in a form of its own for each value of the
// column: keys are compared by it.
func (d postgres) Encode(column sqldest.Column, t sqldest.Type, v base.Value) (any, error) {
	if isInteger(column.SQLType) { // most keys
		if value, ok := sqldest.Int64(v); ok && v.Kind() == base.KindNumber {
			return value, nil
		}
	}
	copied, err := d.BulkEncoder(column, t)(nil, v)
	if err != nil {
		return nil, err
	}
	switch sqlType := column.SQLType; {
	case isTime(sqlType):
		return canonicalTime(string(copied)), nil
	case isInteger(sqlType):
		return strconv.ParseInt(string(copied), 10, 64)
	case sqlType == booleanType:
		return string(copied), nil
	case isFraction(sqlType):
		return parseDecimal(copied).String(), nil
	case sqlType == jsonbType, sqlType == jsonType:
		return canonicalJSON(v)
	case strings.HasSuffix(sqlType, "[]"):
		return nil, fmt.Errorf("a column of type %s cannot be part of a key", sqlType)
	}
	text, err := d.textOf(v)
	if strings.HasPrefix(column.SQLType, "character(") {
		text = strings.TrimRight(text, " ")
	}
	return text, err
}

// canonicalJSON is the same text for values that jsonb takes for equal.
func canonicalJSON(v base.Value) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(v))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	text, err := json.Marshal(canonical(value))
	return string(text), err
}

func canonical(value any) any {
	switch v := value.(type) {
	case json.Number:
		return json.Number(parseDecimal([]byte(v)).String())
	case []any:
		for i := range v {
			v[i] = canonical(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = canonical(v[name])
		}
	}
	return value
}

// decimal is a number: its digits without zeros at the ends, and the power of ten of
// the last.
type decimalNumber struct {
	negative bool
	digits   string
	exponent int
}

// parseDecimal reads a JSON number.
func parseDecimal(number []byte) decimalNumber {
	var d decimalNumber
	mantissa, power, _ := strings.Cut(strings.ToLower(string(number)), "e")
	mantissa, d.negative = strings.CutPrefix(mantissa, "-")
	d.exponent, _ = strconv.Atoi(strings.TrimPrefix(power, "+"))
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent -= len(fraction)
	digits := strings.TrimLeft(whole+fraction, "0")
	d.digits = strings.TrimRight(digits, "0")
	d.exponent += len(digits) - len(d.digits)
	if d.digits == "" {
		return decimalNumber{}
	}
	return d
}

func (d decimalNumber) String() string {
	if d.digits == "" {
		return "0"
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	if d.exponent == 0 {
		return sign + d.digits
	}
	return sign + d.digits + "e" + strconv.Itoa(d.exponent)
}
