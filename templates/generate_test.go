package templates_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

// TestPartialsSayWhatConfigSays: what a pack renders is what generate would write.
// new writes it in the place of what was rendered, so the merge base is what shows it.
func TestPartialsSayWhatConfigSays(t *testing.T) {
	for _, pack := range packNames(t) {
		for _, name := range []string{"acme", "a-b-c2"} {
			t.Run(pack+"/"+name, func(t *testing.T) {
				c := newConnector(t, pack, name)
				g, err := generator.Generate(context.Background(), generator.GenerateRequest{Dir: c.dir})
				if err != nil {
					t.Fatal(err)
				}
				for _, change := range g.Changes {
					t.Errorf("generate would change what new wrote:\n%s", g.Diff(change.Path))
				}
				for _, notice := range g.Notices {
					t.Error(notice)
				}
				c.compareWithBase(t)
			})
		}
	}
}

// compareWithBase expects every file to be as it was rendered.
func (c connector) compareWithBase(t *testing.T) {
	t.Helper()
	base := c.path(".mage-dest/base")
	compared := 0
	err := filepath.WalkDir(base, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(base, path)
		if err != nil {
			return err
		}
		rendered, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		compared++
		if written := c.read(t, filepath.ToSlash(name)); !bytes.Equal(rendered, []byte(written)) {
			t.Errorf("%s was rendered\n%s\nand generate makes of it\n%s", name, rendered, written)
		}
		return nil
	})
	if err != nil || compared == 0 {
		t.Fatalf("%d files compared: %v", compared, err)
	}
}
