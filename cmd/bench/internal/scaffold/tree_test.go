package scaffold

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestATreeIsWhatIsNotMageDestsOwn(t *testing.T) {
	dir := t.TempDir()
	want := tree{"README.md": []byte("read\n"), "a/b.go": []byte("package b\n")}
	if err := want.write(dir); err != nil {
		t.Fatal(err)
	}
	if err := (tree{".mage-dest.yaml": nil, ".mage-dest/base/README.md": nil}).write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := readTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAFolderThatIsNotTheTreeIsSeen(t *testing.T) {
	want := tree{"README.md": []byte("read\n"), "go.mod": []byte("module a\n"), "tools/go.mod": []byte("module b\n")}
	tests := map[string]struct {
		file, content string // "" removes it
		want          string // "" for none
	}{
		"as it is":          {"README.md", "read\n", ""},
		"with another file": {"answers.yml", "a: b\n", ""},
		"changed":           {"README.md", "write\n", "README.md holds not what"},
		"missing":           {"tools/go.mod", "", "tools/go.mod"},
		"tidied":            {"go.mod", "module a\n\ngo 1.26\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := want.write(dir); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, filepath.FromSlash(test.file))
			err := os.WriteFile(file, []byte(test.content), 0o644)
			if test.content == "" {
				err = os.Remove(file)
			}
			if err != nil {
				t.Fatal(err)
			}
			switch err := want.foundIn(dir); {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(filepath.ToSlash(err.Error()), test.want)):
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}
