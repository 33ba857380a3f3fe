package base_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
)

// exact are numbers that a float64 or an int64 would change.
func exact() []string {
	return []string{
		"9007199254740993", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
		"12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678", "-0.0", "-0", "1e400", "1E-400", "1.10", "5e0",
	}
}

func TestNumbersKeepTheirDigitsEverywhere(t *testing.T) {
	for _, number := range exact() {
		text := `{"a": ` + number + `, "deep": {"b": [` + number + `]}}`
		var got base.Record
		d := &plain{export: func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
			got = recordData[0].Record.Clone()
			return nil
		}}
		input := checkedLine("s", `"a": {"type": "number"}`, `"deep": {"type": "object"}`) + recordLine("s", text)
		play(t, d, `{"table": "t"}`, input).says(t, 0)
		marshaled, err := json.Marshal(base.RecordData{Record: got, Stream: "s"})
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"record":` + strings.ReplaceAll(text, " ", "") + `,"stream":"s"}`; string(got.Raw()) != text || string(marshaled) != want {
			t.Errorf("raw %s, marshaled %s, want the digits of %s", got.Raw(), marshaled, number)
		}
		value, _ := got.Get("a")
		all, err := got.Map()
		if err != nil || value.Number().String() != number || all["a"] != json.Number(number) {
			t.Errorf("%s: Number %s, Map %v (%v)", number, value.Number(), all["a"], err)
		}
		want := map[string]any{"b": []any{json.Number(number)}}
		decoded, err := base.Decode[struct {
			A    json.Number
			Deep any
		}](got)
		if diff := cmp.Diff(want, decoded.Deep); err != nil || diff != "" || decoded.A.String() != number {
			t.Errorf("%s: decoded %+v (%v) %s", number, decoded, err, diff)
		}
		if _, err := base.Decode[struct{ A int8 }](got); err == nil && number != "-0" {
			t.Errorf("%s went into an int8", number)
		}
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	const input = `{"id": 1, "a": NaN, "b": [1, -Infinity, {"c": Infinity}], "d": "NaN"}`
	lines := schemaLine("s") + recordLine("s", input)
	play(t, &plain{}, `{"table": "t"}`, lines).says(t, 1, "stream s, line 2: column a: NaN and the infinities are no JSON: set non_finite: null")
	d := &plain{}
	play(t, d, `{"non_finite": "null"}`, lines).says(t, 0)
	if want := `export s {"id":1,"a":null,"b":[1, null, {"c": null}],"d":"NaN"}`; d.trace.String() != want {
		t.Errorf("%s, want %s", d.trace.String(), want)
	}
}

// Text that becomes an array brings its own repeated keys.
func TestOfRepeatedKeysInTextOfAnArrayTheLastWins(t *testing.T) {
	for name, value := range map[string]string{
		"JSON":            `"[{\"x\": 0, \"x\": 1}]"`,
		"elements":        `["{\"x\": 0, \"x\": 1}"]`,
		"Python literals": `"[{'x': 0, 'x': 1}]"`,
	} {
		d := &plain{}
		got := play(t, d, `{"table": "t"}`,
			schemaLine("s", `"v": {"type": "array", "items": {"type": "object"}}`)+recordLine("s", `{"v": `+value+`}`))
		got.says(t, 0)
		if want := `export s {"v":[{"x":1}]}`; d.trace.String() != want {
			t.Errorf("%s: %s, want %s", name, d.trace.String(), want)
		}
	}
}

func TestColumnsKeepTheirOrderAndTheLastOfRepeatedKeysWins(t *testing.T) {
	record, err := base.NewRecord([]byte(` { "z" : 1, "a": {"x": 0, "x": 1}, "\u007a": 2, "é\n": null } `))
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for name, value := range record.Columns() {
		columns = append(columns, fmt.Sprintf("%s=%s", name, value))
	}
	if diff := cmp.Diff([]string{"z=2", `a={"x":1}`, "é\n=null"}, columns); diff != "" || record.Len() != 3 {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if want := `{"\u007a":2,"a":{"x":1},"é\n":null}`; string(record.Raw()) != want {
		t.Errorf("raw %s, want %s", record.Raw(), want)
	}
	if _, ok := record.Get("y"); ok {
		t.Error("found a column that is not there")
	}
	if value, ok := record.Get("é\n"); !ok || !value.IsNull() {
		t.Error("a null column is there")
	}
}

func TestWhatIsNoRecord(t *testing.T) {
	for _, text := range []string{``, `{`, `[]`, `1`, `null`, `{"a": NaN}`, `{"a": 1} x`, "{\"a\": \"\xff\"}"} {
		if _, err := base.NewRecord([]byte(text)); err == nil {
			t.Errorf("%q is a record", text)
		}
		var item base.RecordData
		if err := json.Unmarshal([]byte(`{"record": `+text+`}`), &item); err == nil && text != "null" {
			t.Errorf("%q unmarshals to a record", text)
		}
	}
	var zero base.Record
	if text, err := json.Marshal(zero); err != nil || string(text) != "{}" || zero.Len() != 0 {
		t.Errorf("the zero record is %s (%v)", text, err)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	text := []byte(`{"id": 1, "name": "a"}`)
	record, err := base.NewRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	clone := record.Clone()
	for i := range text {
		text[i] = 'x'
	}
	id, _ := clone.Get("id")
	if string(clone.Raw()) != `{"id": 1, "name": "a"}` || string(id) != "1" {
		t.Errorf("the clone is %s with id %s", clone.Raw(), id)
	}
}

func TestValues(t *testing.T) {
	for text, want := range map[string]struct {
		kind base.Kind
		text string
	}{
		`null`: {base.KindNull, "null"}, `true`: {base.KindBool, "true"}, `1.10`: {base.KindNumber, "1.10"},
		`"a\u00e9\ud83d\ude00\n"`: {base.KindString, "aé😀\n"}, `"\ud800x"`: {base.KindString, "\ufffdx"},
		`[1, 2]`: {base.KindArray, "[1, 2]"}, `{"a": 1}`: {base.KindObject, `{"a": 1}`},
	} {
		v := base.Value(text)
		if v.Kind() != want.kind || v.Text() != want.text {
			t.Errorf("%s: %s %q, want %s %q", text, v.Kind(), v.Text(), want.kind, want.text)
		}
		if (v.Number() != "") != (want.kind == base.KindNumber) {
			t.Errorf("%s: number %q", text, v.Number())
		}
		if value, ok := v.Bool(); ok != (want.kind == base.KindBool) || value != (text == "true") {
			t.Errorf("%s: bool %v, %v", text, value, ok)
		}
		if v.LoneSurrogate() != strings.Contains(text, "d800") {
			t.Errorf("%s: lone surrogate %v", text, v.LoneSurrogate())
		}
	}
}

func TestVersionsOfRecords(t *testing.T) {
	var got []string
	d := &plain{export: func(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
		for _, item := range recordData {
			version, ok := item.Record.Version()
			got = append(got, fmt.Sprint(version, ok, item.Record.LineNumber()))
		}
		return nil
	}}
	line := func(version string) string {
		return `{"type": "RECORD", "stream": "s", "version": ` + version + `, "record": {}}` + "\n"
	}
	play(t, d, `{"table": "t"}`, schemaLine("s")+line("9223372036854775807")+line("null")+line(`"1"`)+line("1.0")).says(t, 0)
	if diff := cmp.Diff([]string{"9223372036854775807 true 2", "0 false 3", "0 false 4", "0 false 5"}, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestProcessRecordDataByItself(t *testing.T) {
	schema, err := base.NewSchema([]byte(`{"properties": {"tags": {"type": "array"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	record, err := base.NewRecord([]byte(`{"tags": "['a', None]"}`))
	if err != nil {
		t.Fatal(err)
	}
	d := &plain{}
	batch := []base.RecordData{{Record: record, Stream: "s", Schema: schema}}
	if err := base.ProcessRecordData(t.Context(), d, batch, "s", nil); err != nil {
		t.Fatal(err)
	}
	if want := `export s {"tags":["a", null]}`; d.trace.String() != want {
		t.Errorf("%s, want %s", d.trace.String(), want)
	}
	err = base.ProcessRecordData(t.Context(), d, []base.RecordData{{Record: record}}, "s", nil)
	if err == nil || !strings.Contains(err.Error(), "encountered before a corresponding schema") {
		t.Errorf("without a schema: %v", err)
	}
}
