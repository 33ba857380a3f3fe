package base_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestSummaryTellsCheckedFromUnchecked(t *testing.T) {
	off := strings.Replace(checkedLine("off"), "false", "true", 1)
	input := schemaLine("silent") + checkedLine("on") + off +
		recordLine("silent", `{"id": 1}`) + recordLine("on", `{"id": 1}`) + recordLine("off", `{"id": 1}`)
	for config, want := range map[string][]string{
		`{"table": "t"}`: {
			`"validation": "unchecked (disable_column_type_check absent)"`, `"validation": "checked (mage)"`,
			`"validation": "unchecked (disable_column_type_check true)"`,
			"Records of 2 streams were not checked against their schema; set validation: full to check them.",
		},
		`{"validation": "full"}`: {`"validation": "checked (full)"`},
		`{"validation": "off"}`:  {`"validation": "unchecked (validation: off)"`},
	} {
		got := play(t, &plain{}, config, input)
		got.says(t, 0, append(want, "3 records read, 3 exported, 0 rejected, of 3 streams in 3 batches")...)
	}
	got := play(t, &plain{}, `{"table": "t"}`, recordLine("ghost", `{"id": 1}`))
	got.says(t, 1, "1 records read, 0 exported", `"validation": "no schema"`)
}

// The line stays readable, however many streams there are.
func TestSummaryIsBounded(t *testing.T) {
	var input strings.Builder
	for i := range 300 {
		input.WriteString(schemaLine(fmt.Sprintf("s%d", i)))
	}
	play(t, &plain{}, `{"table": "t"}`, input.String()).says(t, 0, `"streams_not_shown": 200`, "of 300 streams")
}
