package base

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// showTemplates prints {"config": …}: one key per file of templates/, by its name
// without .json, on one line (11.2 of Mage's contract).
func showTemplates(out io.Writer, files fs.FS) error {
	var all object
	if files != nil {
		names, err := fs.Glob(files, "templates/*.json")
		if err != nil {
			return fmt.Errorf("templates: %w", err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return fmt.Errorf("templates: %w", err)
			}
			if _, err := rawjson.Check(text); err != nil {
				return fmt.Errorf("%s is not JSON: %w", name, err)
			}
			key := rawjson.AppendQuoted(nil, strings.TrimSuffix(path.Base(name), ".json"))
			all.add(rawjson.Member{Key: key, Value: rawjson.Trim(text)})
		}
	}
	if _, err := fmt.Fprintf(out, "%s\n", rawjson.AppendPython(nil, all.bytes())); err != nil {
		return fmt.Errorf("print the templates: %w", err)
	}
	return nil
}
