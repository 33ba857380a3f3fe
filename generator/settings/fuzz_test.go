package settings

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FuzzRegion: what is found is the whole text, and what is written is found again.
func FuzzRegion(f *testing.F) {
	const open, end = "<!-- settings: mage-dest generate -->", "<!-- settings: end -->"
	f.Add("a\n"+open+"\nb\n"+end+"\nc", "x\n")
	f.Add(open+"\n"+end, "")
	f.Add(end+"\n"+open+"\n"+open, "x")
	f.Add("  "+open+" \n\n\t"+end+"\n"+end, "y\n")
	f.Fuzz(func(t *testing.T, text, inside string) {
		r, err := findRegion("f", text, open, end)
		if err != nil {
			return
		}
		if r.before+r.inside+r.after != text {
			t.Fatalf("%q is cut into %q", text, r)
		}
		if strings.Contains(inside, "settings:") || !strings.HasSuffix("\n"+inside, "\n") {
			return
		}
		again, err := findRegion("f", r.replace(inside), open, end)
		if err != nil || again.inside != inside || again.before != r.before || again.after != r.after {
			t.Errorf("%q between the markers of %q is found as %q, %v", inside, text, again, err)
		}
	})
}

// FuzzTag: of a tag that is taken, reflection finds every key and its value.
func FuzzTag(f *testing.F) {
	for _, tag := range []string{`json:"a" doc:"b c"`, `json:a`, `json:"a"doc:"b"`, ` a:"\"" `, `a:""`, `a:"b" a:"c"`, "a:`b`", `:"a"`, "a\x00:\"b\""} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if malformed(tag) != "" {
			return
		}
		keys := 0
		for rest := strings.TrimLeft(tag, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
			name, after, _ := strings.Cut(rest, ":")
			quoted, err := strconv.QuotedPrefix(after)
			if err != nil {
				t.Fatalf("%q is taken, and after %q there is no text in quotes", tag, name)
			}
			value, found := reflect.StructTag(tag).Lookup(name)
			if want, err := strconv.Unquote(quoted); !found || err != nil || value != want {
				t.Errorf("%q is taken, and %q is found as %q, %v", tag, name, value, found)
			}
			rest, keys = after[len(quoted):], keys+1
		}
		if strings.Trim(tag, " ") != "" && keys == 0 {
			t.Errorf("%q is taken and has no key", tag)
		}
	})
}

// FuzzSample: a sample is JSON, has no key that is no setting, and stays as it is the
// second time.
func FuzzSample(f *testing.F) {
	for _, text := range []string{``, `{}`, `{"url": 1, "tls": {"verify": 5, "x": 1}}`, `{"tls": 1}`, `[]`, `{"url": {"a": [1, {"b": null}]}, "url": 2}`, `{`, "{\"\xff\": 1}"} {
		f.Add(text)
	}
	list := fuzzed()
	schema := bytes.ReplaceAll(Document("f", list, nil), []byte(`"default": 10`), []byte(`"default": 9`))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := UpdateSample("f", []byte(text), schema, list, nil)
		if err != nil {
			return
		}
		var config map[string]any
		if err := json.Unmarshal(got, &config); err != nil {
			t.Fatalf("%q becomes %q: %v", text, got, err)
		}
		known := objectOf(append(list, Shared()...))
		for name := range config {
			if known.members[name] == nil {
				t.Errorf("%q becomes %q with a key %q", text, got, name)
			}
		}
		if again, err := UpdateSample("f", got, Document("f", list, nil), list, nil); err != nil || string(again) != string(got) {
			t.Errorf("%q becomes %q and then %q, %v", text, got, again, err)
		}
	})
}

// FuzzMeltano: what is written is YAML, changes nothing outside of the markers, and
// stays as it is the second time.
func FuzzMeltano(f *testing.F) {
	const open, end = "# settings: mage-dest generate\n", "# settings: end\n"
	for _, text := range []string{
		"", "settings:\n  - name: url\n    label: U # u\n", "settings: 1\n", "settings: [{name: limit, value: 9}]\n", "- a\n",
		"settings:\n  - &a {name: url}\n  - *a\n", "settings_group_validation: [[]]\n", "a: &x {b: *x}\n", "# alone\n",
		"settings:\n  - name: mode\n    options: {a: 1}\n  - url\n", "settings:\n  - name: {a: b}\n", "? [a]\n: b\n", "a: 1\na: 2\n",
	} {
		f.Add("x:\n", "", text, "y: 1\n")
		f.Add("", "  ", text, "    - name: workers\n")
	}
	list := fuzzed()
	f.Fuzz(func(t *testing.T, before, indent, inside, after string) {
		text := before + indent + open + inside + indent + end + after
		got, err := UpdateMeltano("f", []byte(text), list)
		if err != nil || string(got) == text {
			return
		}
		if err := yaml.Unmarshal(got, new(yaml.Node)); err != nil {
			t.Errorf("%q becomes %q: %v", text, got, err)
		}
		was, _ := findRegion("f", text, strings.TrimSpace(open), strings.TrimSpace(end))
		is, err := findRegion("f", string(got), strings.TrimSpace(open), strings.TrimSpace(end))
		if err != nil || is.before != was.before || is.after != was.after {
			t.Fatalf("%q becomes %q, %v", text, got, err)
		}
		if again, err := UpdateMeltano("f", got, list); err != nil || string(again) != string(got) {
			t.Errorf("%q becomes %q and then %q, %v", text, got, again, err)
		}
	})
}

// FuzzRead: whatever stands in a Config, there are settings or there is an error.
func FuzzRead(f *testing.F) {
	for _, fields := range []string{
		"A int", "A, B []map[string]*inner `json:\"x\"`", "A struct{ B struct{ C level } }", "A [3]loop", "A interface{ M() }", "A []Config",
		"A map[level]Destination", "inner", "A func(Config) chan Config", "A base.Duration `enum:\"1s,2\" default:\"2\"`", "A json.Number `default:\"x\"`",
		"A time.Month", "A base.Destination[int]", "}; type X struct {", "A uint64 `default:\"18446744073709551616\"`", "A [len(\"abc\")]byte", "_ int",
	} {
		f.Add(fields)
	}
	f.Fuzz(func(t *testing.T, fields string) {
		list, err := readText(t, connectorWith(fields))
		if err != nil {
			return
		}
		if text := Document("f", list, nil); !json.Valid(text) {
			t.Errorf("the schema of %q is no JSON:\n%s", fields, text)
		}
		sample, err := UpdateSample("f", nil, nil, list, nil)
		if err != nil || !json.Valid(sample) {
			t.Errorf("the sample of %q is %q, %v", fields, sample, err)
		}
	})
}

// fuzzed are a few settings of different kinds.
func fuzzed() []Setting {
	return []Setting{
		{Path: []string{"url"}, Type: "string", Required: true, Value: &Schema{}},
		{Path: []string{"limit"}, Type: "integer", Default: &Literal{"10", json.RawMessage("10")}, Value: &Schema{}},
		{Path: []string{"mode"}, Type: "string", Enum: []*Literal{{"off", json.RawMessage(`"off"`)}, {"on", json.RawMessage(`"on"`)}}, Value: &Schema{}, strictEnum: true},
		{Path: []string{"tls", "verify"}, Type: "boolean", Default: &Literal{"true", json.RawMessage("true")}, Doc: "- odd: text #", Value: &Schema{}},
		{Path: []string{"tls", "key"}, Type: "secret", Value: &Schema{}},
	}
}
