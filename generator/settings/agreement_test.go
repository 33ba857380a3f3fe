package settings

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const fortyModule = "github.com/mage-dest/mage-dest/generator/settings/testdata/forty"

// readFolder reads the connector in a folder as a module of its own.
func readFolder(t *testing.T, module, folder string) ([]Setting, error) {
	t.Helper()
	return Read(t.Context(), Source{Module: module, Dir: "internal/acme", Files: filesOf(folder), Folder: folder})
}

func filesOf(folder string) func(string) (map[string][]byte, error) {
	return func(dir string) (map[string][]byte, error) {
		found, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(dir), "*.go"))
		files := map[string][]byte{}
		for _, name := range found {
			if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
				return nil, err
			}
		}
		return files, err
	}
}

// forty builds the connector of testdata/forty and reads its settings.
func forty(t *testing.T) (binary string, list []Setting) {
	t.Helper()
	list, err := readFolder(t, fortyModule, filepath.Join("testdata", "forty"))
	if err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(t.TempDir(), "forty.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./testdata/forty").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary, list
}

func about(t *testing.T, binary, form string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "--about", form).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// told is a setting as --about json has it.
type told struct {
	Type        string
	Description string
	Default     json.RawMessage
	Enum        []string
	Examples    []json.RawMessage
	Secret      bool
	Env         string
	Properties  map[string]told
	Required    []string
}

// flat are the settings by key. A setting's own key in Required tells that it is.
func (s told) flat(prefix string, into map[string]told) {
	for name, inner := range s.Properties {
		if inner.Properties != nil {
			inner.flat(prefix+name+".", into)
			continue
		}
		for _, required := range s.Required {
			if required == name {
				inner.Required = []string{name}
			}
		}
		into[prefix+name] = inner
	}
}

func TestSettingsAreThoseOfTheProgram(t *testing.T) {
	binary, list := forty(t)
	var program struct{ Settings told }
	if err := json.Unmarshal(about(t, binary, "json"), &program); err != nil {
		t.Fatal(err)
	}
	want := map[string]told{}
	program.Settings.flat("", want)

	got := map[string]told{}
	for _, s := range append(list, Shared()...) {
		each := told{Type: s.Type, Description: s.Doc, Env: s.Variable("FORTY_")}
		switch s.Type {
		case "secret":
			each.Type, each.Secret = "string", true
		case "duration":
			each.Type = "string"
		}
		if s.Default != nil {
			each.Default = s.Default.JSON
		}
		if s.Example != nil {
			each.Examples = []json.RawMessage{s.Example.JSON}
		}
		for _, value := range s.Enum {
			each.Enum = append(each.Enum, value.Text)
		}
		if s.Required {
			each.Required = s.Path[len(s.Path)-1:]
		}
		if program := want[s.Key()]; program.Description == "" {
			each.Description = "" // told by a comment, which the program cannot see
		}
		got[s.Key()] = each
	}
	spaceless := cmp.Transformer("compact", func(text json.RawMessage) string {
		var b bytes.Buffer
		if len(text) > 0 && json.Compact(&b, text) != nil {
			return string(text)
		}
		return b.String()
	})
	if len(want) < 40 {
		t.Errorf("the program tells of %d settings", len(want))
	}
	if diff := cmp.Diff(want, got, spaceless); diff != "" {
		t.Errorf("settings (-program +source):\n%s", diff)
	}
}

func TestTableHasTheRowsOfTheProgram(t *testing.T) {
	binary, list := forty(t)
	_, want, _ := strings.Cut(string(about(t, binary, "markdown")), "| setting |")
	_, got, _ := strings.Cut(Table(append(list, Shared()...), "FORTY_"), "| setting |")
	wantRows, gotRows := strings.Split(strings.TrimSpace(want), "\n"), strings.Split(strings.TrimSpace(got), "\n")
	if len(wantRows) != len(gotRows) {
		t.Fatalf("%d rows, the program prints %d", len(gotRows), len(wantRows))
	}
	for i := range wantRows {
		cells := strings.Split(gotRows[i], " | ")
		if !strings.Contains(wantRows[i], " |  | ") {
			continue
		}
		cells[2] = "" // told by a comment
		gotRows[i] = strings.Join(cells, " | ")
	}
	if diff := cmp.Diff(wantRows, gotRows); diff != "" {
		t.Errorf("rows (-program +source):\n%s", diff)
	}
}

func TestCommentsTellWhereNoTagDoes(t *testing.T) {
	list, err := readFolder(t, fortyModule, filepath.Join("testdata", "forty"))
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, s := range list {
		docs[s.Key()] = s.Doc
	}
	for key, want := range map[string]string{
		"Region":       "Region is told by its comment.",
		"retries":      "Attempts in all.",
		"auth.key":     "Key of the user.",
		"tls.ca_file":  "CAFile holds the certificates of those that are trusted.",
		"trace":        "Whether requests are traced.",
		"archive.Name": `name of file ("foo/bar.txt")`, // in another module
		"auth.user":    "",
	} {
		if docs[key] != want {
			t.Errorf("%s is told as %q, want %q", key, docs[key], want)
		}
	}
}

// compile makes a validator of the schema that is written for the connector.
func compile(t *testing.T, list []Setting) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Document("forty", list, nil)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("config.schema.json") // against the meta-schema, too
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// configs are configs with what is right or wrong in one place.
func configs() (right, wrong map[string]string) {
	const complete = `{"url": "u", "auth": {"user": "me", "key": "k"}, "tuning": {"narrow": 2}`
	right, wrong = map[string]string{"complete": complete + "}"}, map[string]string{"without what is required": `{"Region": "x"}`}
	add := func(into map[string]string, members ...string) {
		for _, member := range members {
			into[member] = complete + ", " + member + "}"
		}
	}
	add(right,
		`"unknown": 1`, `"Region": null`, `"mode": "replace"`, `"retries": -7`, `"tls": null`, `"tls": {}`, `"proxy": null`,
		`"proxy": {"host": "h", "port": 1, "other": true}`, `"archive": {"Data": "aGk="}`, `"archive": {"Data": [1, 2]}`,
		`"small": 255`, `"float": 1e3`, `"tags": []`, `"tags": ["a", null]`, `"ports": [65535]`, `"mirrors": [{"port": 1}]`,
		`"headers": {"a": "b"}`, `"Matrix": [[1], [2]]`, `"anything": {"a": [1]}`, `"Raw": 5`, `"exact": "1e400"`, `"exact": 12.50`,
		`"since": "2026-01-02T03:04:05Z"`, `"Pause": 5`, `"every": "1h"`, `"every": 1.5`, `"every": null`, `"pair": ["a", "b"]`,
		`"level": "WARN"`, `"host": "10.0.0.1"`, `"wait": "30s"`, `"waits": ["1ms", 3]`, `"node": {"children": [{"children": []}]}`,
		`"maximum_batch_age": "1.5h"`, `"maximum_batch_age": 0`, `"validation": "off"`, `"_streams": {"columns": {"a": 1}}`, `"workers": 3`,
	)
	add(wrong,
		`"url": 5`, `"url": null`, `"Region": 5`, `"mode": "drop"`, `"mode": 1`, `"retries": 1.5`, `"retries": "3"`, `"auth": {"user": "me"}`,
		`"auth": null`, `"tuning": {"narrow": 3}`, `"tuning": {"narrow": null}`, `"tls": 5`, `"tls": []`, `"tls": {"verify": "yes"}`,
		`"tls": {"version": 1}`, `"proxy": "x"`, `"proxy": {"port": "1"}`, `"small": 256`, `"small": -1`, `"tags": "a"`, `"tags": [1]`,
		`"ports": [65536]`, `"ports": {}`, `"mirrors": {}`, `"mirrors": [1]`, `"headers": []`, `"headers": {"a": 1}`, `"Weights": {"a": "1"}`,
		`"exact": "x"`, `"exact": true`, `"since": 5`, `"Pause": "5s"`, `"every": "soon"`, `"every": "-1s"`, `"every": -1`, `"every": true`,
		`"every": 1e10`, `"pair": ["a", 5]`, `"pair": "a"`, `"host": 5`, `"waits": ["x"]`, `"node": {"children": 5}`, `"trace": "true"`,
		`"maximum_batch_age": "1 h"`, `"validation": "some"`, `"maximum_batch_rows": "5"`,
	)
	return right, wrong
}

func TestSchemaTakesWhatTheProgramTakes(t *testing.T) {
	binary, list := forty(t)
	schema := compile(t, list)
	right, wrong := configs()
	try := func(name, config string, want bool) {
		t.Run(name, func(t *testing.T) {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(config))
			if err != nil {
				t.Fatal(err)
			}
			valid := schema.Validate(value)
			out, failed := exec.CommandContext(t.Context(), binary, "--config_json", config).CombinedOutput()
			if (valid == nil) != want || (failed == nil) != want {
				t.Errorf("want taken: %v\nby the schema: %v\nby the program: %v\n%s", want, valid, failed, out)
			}
		})
	}
	for name, config := range right {
		try(name, config, true)
	}
	for name, config := range wrong {
		try(name, config, false)
	}
}

func TestSampleOfTheProgramIsTaken(t *testing.T) {
	binary, list := forty(t)
	sample, err := UpdateSample("templates/config.json", nil, nil, list, nil)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), binary, "--config_json", string(sample)).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, sample)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	if err := compile(t, list).Validate(value); err != nil {
		t.Error(err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
