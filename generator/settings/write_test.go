package settings

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// small are the settings of a small connector.
func small(t *testing.T) []Setting {
	t.Helper()
	list, err := readText(t, connectorWith(`
	URL string `+"`json:\"url\" required:\"true\" example:\"https://example.com\" doc:\"Address | of it.\"`"+`
	APIKey base.Secret `+"`json:\"api_key\" required:\"true\" doc:\"Key: for it.\"`"+`
	Mode string `+"`json:\"mode\" enum:\"off,on,half_on\" default:\"off\"`"+`
	Limit int `+"`json:\"limit\" default:\"10\"`"+`
	Note string `+"`json:\"note\"`"+`
	TLS struct{
		CAFile string `+"`json:\"ca_file\"`"+`
		Verify bool `+"`json:\"verify\" default:\"true\"`"+`
	} `+"`json:\"tls\"`"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFilesAreBroughtInLine runs the cases of testdata/update: each archive holds
// a file as it is, before/NAME, and as it is to be, after/NAME, or the error.
func TestFilesAreBroughtInLine(t *testing.T) {
	list := small(t)
	cases, err := filepath.Glob(filepath.Join("testdata", "update", "*.txtar"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive := txtar.Parse([]byte(readFile(t, file)))
			before, after := archive.Files[0], archive.Files[1]
			name := strings.TrimPrefix(before.Name, "before/")
			got, err := update(name, before.Data, list)
			if after.Name == "error" {
				if err == nil || err.Error() != strings.TrimSpace(string(after.Data)) {
					t.Errorf("got  %v\nwant %s", err, after.Data)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(after.Data), string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again, err := update(name, got, list)
			if err != nil || string(again) != string(got) {
				t.Errorf("a second time is not the same: %v\n%s", err, again)
			}
		})
	}
}

func update(name string, text []byte, list []Setting) ([]byte, error) {
	switch filepath.Ext(name) {
	case ".json":
		return UpdateSample(name, text, nil, list, nil)
	case ".md":
		return UpdateMarkdown(name, text, list, "ACME_")
	}
	return UpdateMeltano(name, text, list)
}

func TestWithoutMarkersNothingIsWritten(t *testing.T) {
	for _, name := range []string{"README.md", "meltano.yml"} {
		for _, text := range []string{"", "text\n", "settings: mage-dest generate\nsettings: end\n"} {
			got, err := update(name, []byte(text), nil)
			if got != nil || !errors.Is(err, ErrNoMarkers) {
				t.Errorf("%s, %q: %q, %v", name, text, got, err)
			}
		}
	}
}

func TestMergesLeaveRegionsAlone(t *testing.T) {
	const open, end = "<!-- settings: mage-dest generate -->\n", "<!-- settings: end -->\n"
	tests := map[string]struct{ text, from, want string }{
		"in both":         {"a\n" + open + "x\n" + end + "b\n", open + "y\nz\n" + end, "a\n" + open + "y\nz\n" + end + "b\n"},
		"only in one":     {"a\n", open + "y\n" + end, "a\n"},
		"only in another": {open + "x\n" + end, "a\n", open + "x\n" + end},
		"without an end":  {open + "x\n", open + "y\n" + end, open + "x\n"},
		"in YAML":         {" # settings: mage-dest generate\n # settings: end\n", "# settings: mage-dest generate\na: 1\n# settings: end\n", " # settings: mage-dest generate\na: 1\n # settings: end\n"},
	}
	for name, test := range tests {
		if got := string(WithRegion([]byte(test.text), []byte(test.from))); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestLabelsAreForPeople(t *testing.T) {
	for want, path := range map[string][]string{
		"URL": {"url"}, "API key": {"api_key"}, "TLS CA file": {"tls", "ca_file"}, "Soft delete": {"soft_delete"},
		"Élan": {"élan"}, "_": {"_"}, "MaxSize": {"MaxSize"},
	} {
		if got := label(path...); got != want {
			t.Errorf("%v is labelled %q, want %q", path, got, want)
		}
	}
}

func TestDefaultsOfThenFollowThoseOfNow(t *testing.T) {
	then, now := small(t), small(t)
	for i, s := range now {
		switch s.Key() {
		case "limit":
			now[i].Default = &Literal{"20", []byte("20")}
		case "tls.verify":
			now[i].Default = &Literal{"false", []byte("false")}
		case "mode":
			now[i].Default = nil
		}
	}
	schema := Document("acme", then, nil)
	tests := map[string]struct{ text, want string }{
		"the default of then": {
			`{"url": "u", "api_key": "", "limit": 10, "tls": {"verify": true}}`,
			`{"url": "u", "api_key": "", "limit": 20, "tls": {"verify": false}}`,
		},
		"the author's": {
			`{"url": "u", "api_key": "", "limit": 11, "tls": {"verify": false}}`,
			`{"url": "u", "api_key": "", "limit": 11, "tls": {"verify": false}}`,
		},
		"no default any more": {
			`{"url": "u", "api_key": "", "mode": "off", "limit": 20, "tls": {"verify": false}}`,
			`{"url": "u", "api_key": "", "mode": "off", "limit": 20, "tls": {"verify": false}}`,
		},
	}
	for name, test := range tests {
		got, err := UpdateSample("config.json", []byte(test.text), schema, now, nil)
		if err != nil || !sameJSON(got, []byte(test.want)) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}
