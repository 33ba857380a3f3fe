package records

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// recordedStreams are streams of real taps: those of this project and, with
// MAGE_DEST_STREAMS=all and where they lie beside it, those of others, whose code takes
// half a minute to compile.
func recordedStreams(t *testing.T) []string {
	t.Helper()
	files := []string{"../../cmd/mage-dest/facts/world.singer", "../../templates/common/testdata/sample.singer"}
	const shared = "../../../shared/streams"
	if _, err := os.Stat(shared); err != nil || os.Getenv("MAGE_DEST_STREAMS") != "all" {
		return files
	}
	err := filepath.WalkDir(shared, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(name) != ".md" {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestTypedRecordsHoldEveryValue generates code for all streams of all files, compiles
// it, and lets it decode every record.
func TestTypedRecordsHoldEveryValue(t *testing.T) {
	dir := t.TempDir()
	module(t, dir)
	source, err := os.ReadFile("testdata/decodeall/main.go")
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "main.go", string(source))
	var imports, table strings.Builder
	for i, file := range recordedStreams(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := Read(bytes.NewReader(text), file)
		if err != nil {
			t.Logf("left out: %v", err)
			continue
		}
		pkg := fmt.Sprintf("p%d", i)
		src, err := Go(pkg, list)
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, pkg+"/records_gen.go", string(src))
		abs, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&imports, "\t%q\n", "example.com/decodeall/"+pkg)
		fmt.Fprintf(&table, "\t\t%q: {\n", abs)
		for _, m := range regexp.MustCompile(`(?m)^// Decode(\w+) reads a record of stream (".*")\.`).FindAllStringSubmatch(string(src), -1) {
			fmt.Fprintf(&table, "\t\t\t%s: func(r base.Record) (any, error) { return %s.Decode%s(r) },\n", m[2], pkg, m[1])
		}
		table.WriteString("\t\t},\n")
	}
	put(t, dir, "table.go", "package main\n\nimport (\n\t\"github.com/mage-dest/mage-dest/base\"\n"+imports.String()+")\n\nfunc table() map[string]decoders {\n\treturn map[string]decoders{\n"+table.String()+"\t}\n}\n")
	goCommand(t, dir, "mod", "tidy")
	out := goCommand(t, dir, "run", ".")
	var told []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "refused ") {
			told = append(told, filepath.Base(strings.TrimSpace(line)))
		}
	}
	t.Logf("%s", out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
	if strings.Contains(out, "WRONG") || !strings.Contains(out, "wrong 0") {
		t.Error(out)
	}
	// These records do not fit the schemas that they come with.
	for _, line := range told {
		if !regexp.MustCompile(`required, but missing|want \w+, not \w+`).MatchString(line) {
			t.Error(line)
		}
	}
	t.Logf("refused: %d\n%s", len(told), strings.Join(told, "\n"))
}

// module starts a module that uses the base of this checkout.
func module(t testing.TB, dir string) {
	t.Helper()
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "go.mod", "module example.com/decodeall\n\ngo 1.26.0\n\nrequire github.com/mage-dest/mage-dest v0.0.0\n\nreplace github.com/mage-dest/mage-dest => "+checkout+"\n")
}

func goCommand(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func put(t testing.TB, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
