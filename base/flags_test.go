package base_test

import (
	"strings"
	"testing"
)

func TestWrongUsageExitsWith2(t *testing.T) {
	for want, args := range map[string][]string{
		"acme-crm: unknown flag --no_such; acme-crm --help lists the flags": {"--no_such"},
		"--con could be --config or --config_json":                          {"--con", "x"},
		"--s could be --settings or --show_templates or --state":            {"--s"},
		"--config needs a value":                                            {"--config"},
		"--state needs a value":                                             {"--state", "--debug"},
		`unexpected argument "file"`:                                        {"file"},
		`unexpected argument "--"`:                                          {"--"},
		"want text, json or markdown":                                       {"--about", "yaml"},
		"unknown flag --":                                                   {"-" + "-=x"},
	} {
		got := play(t, &plain{}, "", "", args...)
		got.says(t, 2, want)
		if got.stdout != "" || strings.Contains(got.stderr, "LOG") {
			t.Errorf("%v: stdout %q, stderr %q", args, got.stdout, got.stderr)
		}
	}
}

func TestFlagsMayBeCutShortAndJoined(t *testing.T) {
	input := schemaLine("users") + recordLine("users", `{"id": 1}`)
	for name, args := range map[string][]string{
		"whole":        {"--config_json", `{"table": "t"}`},
		"with =":       {`--config_json={"table": "t"}`},
		"prefix":       {"--config_j", `{"table": "t"}`},
		"prefix and =": {`--config_j={"table": "t"}`, "--cat={}", "--log", "0", "--deb"},
		"one dash":     {"-config_json", `{"table": "t"}`},
	} {
		d := &plain{}
		if got := play(t, d, "", input, args...); got.exit != 0 || d.trace.String() != `export users {"id": 1}` {
			t.Errorf("%s: exit code %d, calls %q\n%s", name, got.exit, d.trace.String(), got.stderr)
		}
	}
}

func TestLogToStdoutMeansWhatItSays(t *testing.T) {
	for value, want := range map[string]bool{"1": true, "true": true, "yes": true, "0": false, "false": false, "False": false, "no": false, "": false} {
		got := play(t, &plain{}, `{"table": "t"}`, "", "--log_to_stdout="+value)
		if logged := strings.Contains(got.stdout, `"type": "LOG"`); logged != want || (got.stderr == "") != want {
			t.Errorf("%q: stdout %q, stderr %q", value, got.stdout, got.stderr)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	if got := play(t, &plain{}, "", "", "--version"); got.exit != 0 || got.stdout != "acme-crm 1.2.3\n" || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	for _, flag := range []string{"--help", "-h", "--he"} {
		got := play(t, &plain{}, "", "", flag)
		if got.exit != 0 || got.stderr != "" {
			t.Errorf("%s: %+v", flag, got)
		}
		golden(t, "help.golden", got.stdout)
	}
}

func TestAbout(t *testing.T) {
	for _, form := range []string{"text", "json", "markdown"} {
		got := play(t, &full{}, "", "", "--about", form)
		if got.exit != 0 || got.stderr != "" {
			t.Errorf("%s: %+v", form, got)
		}
		golden(t, "about-"+form+".golden", got.stdout)
	}
	if text, bare := play(t, &full{}, "", "", "--about", "text"), play(t, &full{}, "", "", "--about"); text != bare {
		t.Error("--about alone is not --about text")
	}
}

func TestTemplatesAreOneLine(t *testing.T) {
	if got := play(t, &plain{}, "", "", "--show_templates"); got.exit != 0 || got.stdout != `{"config": {"table": "rows"}}`+"\n" {
		t.Errorf("%+v", got)
	}
}

func TestConnectionTestWithNothingToTest(t *testing.T) {
	play(t, &plain{}, `{"table": "t"}`, "", "--test_connection").says(t, 2, "there is nothing to test")
}
