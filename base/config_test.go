package base_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mage-dest/mage-dest/base"
)

// every has a field of each kind that a config may have.
type every struct {
	Shared

	Text     string            `json:"text" default:"some"`
	Needed   string            `json:"needed" required:"true"`
	Count    int               `json:"count" default:"3"`
	Small    uint8             `json:"small"`
	Ratio    float64           `json:"ratio"`
	Flag     bool              `json:"flag"`
	Wait     base.Duration     `json:"wait" default:"1m30s"`
	Secret   base.Secret       `json:"secret"`
	Address  netip.Addr        `json:"address"`
	List     []string          `json:"list"`
	Numbers  []int             `json:"numbers"`
	Labels   map[string]string `json:"labels"`
	Optional *int              `json:"optional"`
	Mode     string            `json:"mode" default:"a" enum:"a,b"`
	Server   struct {
		Host string `json:"host" default:"localhost"`
		Port int    `json:"port" required:"true"`
	} `json:"server"`
	Hidden   string `json:"-"`
	internal string
}

// Shared is embedded: its fields stand among those of the config.
type Shared struct {
	Region string `json:"region"`
}

type everything struct {
	base.Destination[every]
	seen *every
}

func (e *everything) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return nil
}

func (e *everything) HandleSchema(context.Context, base.Stream) error {
	e.seen = e.Config()
	e.seen.internal = "seen"
	return nil
}

// configure runs over one schema with the arguments and environment.
func configure(t *testing.T, env map[string]string, args ...string) (*every, outcome) {
	t.Helper()
	var stdout, stderr strings.Builder
	d := &everything{}
	exit := base.Run(t.Context(), d, tracedInfo(), base.Env{
		Args: args, Stdin: strings.NewReader(schemaLine("users")), Stdout: &stdout, Stderr: &stderr,
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
	})
	return d.seen, outcome{exit, stdout.String(), stderr.String()}
}

func TestConfigFromJSON(t *testing.T) {
	got, run := configure(t, nil, "--config_json", `{"region": "eu", "needed": "x", "count": 9007199254740993, "small": 255, "ratio": 1e-3, "flag": true,
		"wait": 2.5, "secret": "s", "address": "10.0.0.1", "list": ["a", "b"], "numbers": [1, 2], "labels": {"k": "v"}, "optional": 0, "mode": "b",
		"server": {"port": 80}, "text": null}`)
	run.says(t, 0)
	zero := 0
	want := &every{
		Shared: Shared{Region: "eu"}, Text: "some", Needed: "x", Count: 9007199254740993, Small: 255, Ratio: 0.001, Flag: true,
		Wait: base.Duration{Duration: 2500 * time.Millisecond}, Secret: base.NewSecret("s"), Address: netip.MustParseAddr("10.0.0.1"),
		List: []string{"a", "b"}, Numbers: []int{1, 2}, Labels: map[string]string{"k": "v"}, Optional: &zero, Mode: "b", internal: "seen",
	}
	want.Server.Host, want.Server.Port = "localhost", 80
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(every{}, base.Secret{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

func TestConfigFromTheEnvironment(t *testing.T) {
	got, run := configure(t, map[string]string{
		"ACME_CRM_NEEDED": "123", "ACME_CRM_FLAG": "1", "ACME_CRM_LIST": "a, b", "ACME_CRM_NUMBERS": "[1, 2]", "ACME_CRM_WAIT": "10",
		"ACME_CRM_SECRET": `{"not": "a file"}`, "ACME_CRM_SERVER_PORT": "81", "ACME_CRM_LABELS": `{"k": "v"}`, "ACME_CRM_COUNT": "5",
		"ACME_CRM_VALIDATION": "full",
	})
	run.says(t, 0)
	if got == nil || got.Needed != "123" || !got.Flag || len(got.List) != 2 || got.List[1] != "b" || len(got.Numbers) != 2 ||
		got.Wait.Seconds() != 10 || got.Secret.Reveal() != `{"not": "a file"}` || got.Server.Port != 81 || got.Labels["k"] != "v" || got.Count != 5 {
		t.Errorf("config %+v", got)
	}
}

func TestConfigGoesBeforeTheEnvironmentAndThatBeforeTheDefault(t *testing.T) {
	env := map[string]string{"ACME_CRM_TEXT": "environment", "ACME_CRM_COUNT": "4", "ACME_CRM_MODE": "b"}
	got, run := configure(t, env, "--config_json", `{"needed": "x", "server": {"port": 1}, "text": "config", "mode": null}`)
	run.says(t, 0)
	if got == nil || got.Text != "config" || got.Count != 4 || got.Mode != "a" {
		t.Errorf("config %+v", got)
	}
}

func TestConfigSourcesAreWholeObjects(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("config.json", "\xef\xbb\xbf"+` {"needed": "file", "server": {"port": 2}} `)
	empty := write("empty.json", `{}`)
	settings := write("settings.yaml", "config: &c\n  needed: settings\n  count: 12345678901234567\n  server: {port: 0x10}\n  labels: {a: \"1\"}\nother: *c\n")
	both := `{"needed": "json", "server": {"port": 1}}`
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"config_json before config":  {[]string{"--config", file, "--config_json", both}, "json 1 3"},
		"config before settings":     {[]string{"--config", file, "--settings", settings}, "file 2 3"},
		"empty config_json is none":  {[]string{"--config", file, "--config_json", "{}"}, "file 2 3"},
		"empty file is none":         {[]string{"--config", empty, "--settings", settings}, "settings 16 12345678901234567"},
		"settings by themselves":     {[]string{"--settings", settings}, "settings 16 12345678901234567"},
		"config_json null is none":   {[]string{"--config_json", "null", "--config", file}, "file 2 3"},
		"the last of repeated flags": {[]string{"--config_json", `{"x": 1}`, "--config_json", both}, "json 1 3"},
	} {
		got, run := configure(t, nil, test.args...)
		run.says(t, 0)
		if got == nil || fmt.Sprint(got.Needed, " ", got.Server.Port, " ", got.Count) != test.want {
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
	}
}

func TestAllFaultsOfAConfigAreToldAtOnce(t *testing.T) {
	_, run := configure(t, map[string]string{"ACME_CRM_RATIO": "much"}, "--config_json",
		`{"count": 1.5, "small": 256, "flag": "yes", "wait": -1, "secret": 7, "address": "nowhere", "list": "a", "mode": "c",
		"server": {"host": 7}, "maximum_batch_rows": "many", "validation": "strict", "non_finite": null}`)
	run.says(t, 1, "config: 14 problems",
		"needed: required: give it in the config or as ACME_CRM_NEEDED",
		"count: want an integer, not a number out of range or with a fraction",
		"small: want an integer, not a number out of range or with a fraction",
		"ratio (from ACME_CRM_RATIO): want a number, not a string",
		"flag: want a boolean, not a string",
		"wait: want a duration that is not negative",
		`secret: want a string or {\"file\": \"path of a file that holds it\"}`,
		"address: ",
		"list: want a list, not a string",
		`mode: want one of a, b, not \"c\"`,
		"server.host: want a string, not a number",
		"server.port: required: give it in the config or as ACME_CRM_SERVER_PORT",
		"maximum_batch_rows: want an integer, not a string",
		`validation: want one of mage, full, off, not \"strict\"`)
	if run.stdout != "" {
		t.Errorf("stdout %q, want nothing", run.stdout)
	}
}

func TestUnknownKeysAreWarnings(t *testing.T) {
	_, run := configure(t, nil, "--config_json", `{"needed": "x", "server": {"port": 1}, "tabel": "t"}`)
	run.says(t, 0, `WARNING [`, `config key \"tabel\" is not known to this connector and has no effect`)
}

func TestConfigsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	if err := os.WriteFile(bad, []byte("a: [1\n b: }"), 0o600); err != nil {
		t.Fatal(err)
	}
	bomb := filepath.Join(dir, "bomb.yaml")
	if err := os.WriteFile(bomb, []byte("config: &a\n  x: *a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"--config_json is not JSON: column 2":               {"--config_json", `{`},
		"--config_json must be a JSON object, not array":    {"--config_json", `[1]`},
		"NaN and the infinities are not allowed":            {"--config_json", `{"a": NaN}`},
		"read --config: open " + dir + "/none":              {"--config", dir + "/none"},
		"--config " + bad + " is not JSON":                  {"--config", bad},
		"read --settings: open " + dir + "/none":            {"--settings", dir + "/none"},
		"--settings " + bad:                                 {"--settings", bad},
		"--settings " + bomb:                                {"--settings", bomb},
		"maximum_batch_size_mb: want 0 or more, not -1":     {"--config_json", `{"needed": "x", "server": {"port": 1}, "maximum_batch_size_mb": -1}`},
		"server: want an object, not a list; ":              {"--config_json", `{"needed": "x", "server": [1]}`},
		"read the secret: open " + dir + "/none":            {"--config_json", `{"needed": "x", "server": {"port": 1}, "secret": {"file": "` + dir + `/none"}}`},
		"Config and config file path is missing. Give --co": nil,
	} {
		_, run := configure(t, nil, args...)
		run.says(t, 1, want)
	}
}

func TestSecretFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, run := configure(t, nil, "--config_json", fmt.Sprintf(`{"needed": "x", "server": {"port": 1}, "secret": {"file": %q}}`, path))
	run.says(t, 0)
	if got == nil || got.Secret.Reveal() != "from file" {
		t.Errorf("config %+v", got)
	}
}

// Structs that no config can be are errors of their author, told at the start.
type (
	taken struct {
		base.Destination[struct {
			Validation string `json:"validation"`
		}]
	}
	notBool struct {
		base.Destination[struct {
			A string `json:"a" required:"maybe"`
		}]
	}
	byPointer struct {
		base.Destination[struct{ *Shared }]
	}
	noDefault struct {
		base.Destination[struct {
			A int `json:"a" default:"many"`
		}]
	}
	noStruct struct{ base.Destination[string] }
)

func exportNothing() error { return nil }

func (*taken) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return exportNothing()
}
func (*notBool) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return exportNothing()
}
func (*byPointer) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return exportNothing()
}
func (*noDefault) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return exportNothing()
}
func (*noStruct) ExportBatchData(context.Context, []base.RecordData, string, base.Tags) error {
	return exportNothing()
}

func TestConfigStructsThatCannotBe(t *testing.T) {
	for want, d := range map[string]base.Connector{
		`the config key \"validation\" belongs to base`:                 &taken{},
		`config field A: tag required must be true or false, not \"may`: &notBool{},
		"config field Shared: embed the struct, not a pointer to it":    &byPointer{},
		"a: the tag default: want an integer":                           &noDefault{},
		"config must be a struct, not string":                           &noStruct{},
	} {
		play(t, d, `{"x": 1}`, schemaLine("users")).says(t, 1, want)
		about := play(t, d, "", "", "--about")
		if about.exit != 1 && !strings.Contains(want, "tag default") {
			t.Errorf("--about of a connector with %s exits with %d", want, about.exit)
		}
	}
}
