package base_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

const sentinel = `s3cr&t<"ü\pass word/+`

// spellings are the forms in which a program may print the sentinel.
func spellings() []string {
	quoted, _ := json.Marshal(sentinel) //nolint:errchkjson // a string always marshals
	inner := strings.Trim(string(quoted), `"`)
	ascii := strings.Trim(fmt.Sprintf("%+q", sentinel), `"`)
	return []string{sentinel, inner, ascii, url.QueryEscape(sentinel), url.PathEscape(sentinel), "s3cr&t", `s3cr\u0026t`, "pass word"}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	config := fmt.Sprintf(`{"token": %q, "on_invalid": "dead_letter", "dead_letter_path": %%q}`, sentinel)
	said := errors.New("cannot log in with " + sentinel + ", that is " + url.QueryEscape(sentinel) + fmt.Sprintf(", or %q", sentinel))
	secretOf := func(d *plain) base.Secret { return d.Config().Token }
	tests := map[string]func(d *plain) func(context.Context, []base.RecordData, string, base.Tags) error{
		"error": func(*plain) func(context.Context, []base.RecordData, string, base.Tags) error {
			return func(context.Context, []base.RecordData, string, base.Tags) error { return said }
		},
		"panic": func(*plain) func(context.Context, []base.RecordData, string, base.Tags) error {
			return func(context.Context, []base.RecordData, string, base.Tags) error { panic(said.Error()) }
		},
		"reason of a dead letter": func(*plain) func(context.Context, []base.RecordData, string, base.Tags) error {
			return func(context.Context, []base.RecordData, string, base.Tags) error {
				return &base.BatchError{Failed: map[int]error{0: said}}
			}
		},
		"log": func(d *plain) func(context.Context, []base.RecordData, string, base.Tags) error {
			return func(context.Context, []base.RecordData, string, base.Tags) error {
				secret := secretOf(d)
				d.Logger().Info("logging in with "+secret.Reveal(), "password", secret.Reveal(), "secret", secret,
					"list", []string{secret.Reveal()}, "map", map[string]string{secret.Reveal(): "x"}, "error", said, "config", *d.Config())
				d.Logger().With("with", secret.Reveal()).WithGroup("group").Warn("x", "inside", secret.Reveal())
				return nil
			}
		},
		"formatted": func(d *plain) func(context.Context, []base.RecordData, string, base.Tags) error {
			return func(context.Context, []base.RecordData, string, base.Tags) error {
				secret := secretOf(d)
				return fmt.Errorf("%v %s %q %x %+v %#v %d", secret, secret, secret, secret, d.Config(), *d.Config(), secret)
			}
		},
	}
	for name, export := range tests {
		t.Run(name, func(t *testing.T) {
			letters := filepath.Join(t.TempDir(), "letters")
			d := &plain{}
			d.export = export(d)
			got := play(t, d, fmt.Sprintf(config, letters), schemaLine("users")+recordLine("users", `{"id": 1}`), "--debug")
			dead, _ := os.ReadFile(letters)
			for place, text := range map[string]string{"stdout": got.stdout, "stderr": got.stderr, "dead letters": string(dead)} {
				for _, spelling := range spellings() {
					if strings.Contains(text, spelling) {
						t.Errorf("%s shows %q:\n%s", place, spelling, text)
					}
				}
			}
			if name != "formatted" && !strings.Contains(got.stderr+string(dead), "***") {
				t.Errorf("nothing was masked, so nothing was tested:\n%s", got.stderr)
			}
		})
	}
}

func TestAboutAndFaultyConfigsShowNoSecret(t *testing.T) {
	for _, args := range [][]string{
		{"--about", "json"}, {"--about"}, {"--about", "markdown"},
		{"--config_json", fmt.Sprintf(`{"token": [%q], "table": 7}`, sentinel)},
		{"--config_json", fmt.Sprintf(`{"token": {"file": 7, "x": %q}, "validation": "x"}`, sentinel)},
		{"--config_json", fmt.Sprintf(`{"table": {"password": %q}}`, sentinel)},
	} {
		got := play(t, &plain{}, "", schemaLine("users"), args...)
		for _, spelling := range spellings() {
			if strings.Contains(got.stdout+got.stderr, spelling) {
				t.Errorf("%v shows %q:\n%s%s", args[0], spelling, got.stdout, got.stderr)
			}
		}
	}
}

// Digits and words that stand in every log line may be secrets, too: the line must
// remain one that Mage can read.
func TestMaskedLinesStayJSON(t *testing.T) {
	for _, secret := range []string{"type", "1234", "LOG\"", "message", "0000", "true", "INFO", `\\\\`} {
		config, err := json.Marshal(map[string]string{"token": secret})
		if err != nil {
			t.Fatal(err)
		}
		d := &plain{}
		d.export = func(context.Context, []base.RecordData, string, base.Tags) error {
			d.Logger().Info("says "+secret, "n", 12345678, "flag", true, "text", secret)
			return nil
		}
		got := play(t, d, string(config), schemaLine("users")+recordLine("users", `{"id": 1}`), "--log_to_stdout", "1", "--state", filepath.Join(t.TempDir(), "state"))
		for line := range strings.Lines(got.stdout) {
			var read struct {
				Type, Level, Message string
				Timestamp            int64
				Tags                 map[string]any
			}
			if err := json.Unmarshal([]byte(line), &read); err != nil || read.Type != "LOG" || read.Level == "" || read.Timestamp < 1e9 || read.Tags == nil {
				t.Errorf("with the secret %q: %v in %s", secret, err, line)
			}
		}
	}
}

// many has secrets in every place that a config has.
type many struct {
	List   []base.Secret          `json:"list"`
	Map    map[string]base.Secret `json:"map"`
	Nested struct {
		Pointer *base.Secret `json:"pointer"`
	} `json:"nested"`
}

type manySecrets struct{ base.Destination[many] }

func (m *manySecrets) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return errors.New("hunter-one hunter-two hunter-three hunter-three-and-more")
}

func TestSecretsInListsMapsAndFilesAreMasked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("hunter-three\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`{"list": ["hunter-one", "hunter-three-and-more"], "map": {"a": "hunter-two"}, "nested": {"pointer": {"file": %q}}}`, file)
	got := play(t, &manySecrets{}, config, schemaLine("users")+recordLine("users", `{"id": 1}`))
	got.says(t, 1, "stream users: *** *** *** ***.")
}
