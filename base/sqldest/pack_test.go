package sqldest_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the dialect of these tests into the sqlite pack")

// TestDialectIsThatOfThePack holds sqlite_test.go, on which all tests here stand,
// to the file that connectors get.
func TestDialectIsThatOfThePack(t *testing.T) {
	const file = "../../templates/sqlite/internal/_package_/dialect.go.tmpl"
	const head = "{{- /* gotype: github.com/mage-dest/mage-dest/generator.Data */ -}}\n// {{ .Header }}\n\npackage {{ .Name.Package }}\n"
	source, err := os.ReadFile("sqlite_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(source), "\n")
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
		t.Errorf("%s differs from sqlite_test.go below the package clause: change that, then run this test with -update", file)
	}
}
