package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// suiteGroup is a schema of the official test suite with the values it is tried on.
type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

// suiteDir is where the suite lies beside a checkout; it is not part of it.
const suiteDir = "../../../../shared/json-schema-test-suite"

// TestSuite holds every required case of the official test suite against the
// plans, and tells how many needed no help of the library.
func TestSuite(t *testing.T) {
	if _, err := os.Stat(suiteDir); err != nil {
		t.Skipf("the official test suite is not beside this checkout: %v", err)
	}
	for name, draft := range map[string]*jsonschema.Draft{
		"draft4": jsonschema.Draft4, "draft6": jsonschema.Draft6, "draft7": jsonschema.Draft7,
	} {
		t.Run(name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(suiteDir, name, "*.json"))
			if err != nil || len(files) < 20 {
				t.Fatalf("%d files, %v", len(files), err)
			}
			cases, native := 0, 0
			for _, file := range files {
				for _, group := range readSuite(t, file) {
					c, n := runSuiteGroup(t, filepath.Base(file), group, draft)
					cases, native = cases+c, native+n
				}
			}
			t.Logf("%d required cases, %d of them (%.1f %%) without the library", cases, native, 100*float64(native)/float64(cases))
			if 100*native < 85*cases {
				t.Errorf("want at least 85 %% without the library")
			}
		})
	}
}

func readSuite(t *testing.T, file string) (groups []suiteGroup) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return groups
}

func runSuiteGroup(t *testing.T, file string, group suiteGroup, draft *jsonschema.Draft) (cases, native int) {
	t.Helper()
	schema, err := compileWith(group.Schema, draft, remotes{})
	if err != nil {
		t.Errorf("%s, %s: %v", file, group.Description, err)
		return 0, 0
	}
	plan := schema.Plan(nil)
	var pass Pass
	for _, test := range group.Tests {
		cases++
		if plan.Fallbacks == 0 {
			native++
		}
		verdict := pass.Judge(plan, test.Data)
		if verdict.End < 0 || !verdict.Plain() || verdict.Valid != test.Valid {
			t.Errorf("%s, %s, %s: %+v, want valid %v", file, group.Description, test.Description, verdict, test.Valid)
		}
		decoder := json.NewDecoder(bytes.NewReader(test.Data))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if library := len(schema.Validate(value)) == 0; library != test.Valid {
			t.Logf("%s, %s, %s: the library is wrong", file, group.Description, test.Description)
		}
	}
	return cases, native
}

// remotes loads what the suite's schemas refer to.
type remotes struct{}

func (remotes) Load(url string) (any, error) {
	path, ok := strings.CutPrefix(url, "http://localhost:1234/")
	if !ok {
		return nil, fmt.Errorf("%s is not of the suite", url)
	}
	text, err := os.ReadFile(filepath.Join(suiteDir, "remotes", filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}
