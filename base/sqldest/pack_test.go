package sqldest_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the dialects of these tests into their packs")

// TestDialectsAreThoseOfThePacks holds the dialects, on which all tests here stand, to
// the files that connectors get.
func TestDialectsAreThoseOfThePacks(t *testing.T) {
	for from, to := range map[string]string{
		"sqlite_test.go":         "sqlite/internal/_package_/dialect.go.tmpl",
		"postgres_test.go":       "postgres/internal/_package_/dialect.go.tmpl",
		"postgrestype_test.go":   "postgres/internal/_package_/sqltype.go.tmpl",
		"postgresencode_test.go": "postgres/internal/_package_/encode.go.tmpl",
		"postgrestime_test.go":   "postgres/internal/_package_/time.go.tmpl",
	} {
		const head = "{{- /* gotype: github.com/mage-dest/mage-dest/generator.Data */ -}}\n// {{ .Header }}\n\npackage {{ .Name.Package }}\n"
		source, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(source), "\n")
		file := "../../templates/" + to
		if *update {
			if err := os.WriteFile(file, []byte(head+body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		rendered, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(rendered) != head+body {
			t.Errorf("%s differs from %s below the package clause: change that, then run this test with -update", file, from)
		}
	}
}
