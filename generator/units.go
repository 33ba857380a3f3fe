package generator

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FindConnectors lists the folders that the arguments of a command mean. One that
// ends with /... stands for every folder with a .mage-dest.yaml in it or below; folders
// that the go command does not look into either are left out. Any other is a
// connector's own folder. Without arguments it is the working directory.
func FindConnectors(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"."}, nil
	}
	var dirs []string
	for _, arg := range args {
		top, below := strings.CutSuffix(filepath.ToSlash(arg), "/...")
		if !below {
			dirs = append(dirs, filepath.Clean(arg))
			continue
		}
		found, err := connectorsBelow(filepath.FromSlash(top))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, inputErrorf("%s: no folder there holds a %s", arg, stateFile)
		}
		dirs = append(dirs, found...)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

func connectorsBelow(top string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != top && isSkipped(d.Name()):
			return fs.SkipDir
		case !d.IsDir() && d.Name() == stateFile:
			dirs = append(dirs, filepath.Dir(name))
		}
		return nil
	})
	if os.IsNotExist(err) {
		return nil, inputErrorf("%s: there is no such folder", top)
	}
	if err != nil {
		return nil, fmt.Errorf("look for connectors below %s: %w", top, err)
	}
	return dirs, nil
}

func isSkipped(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_") ||
		folder == "testdata" || folder == "vendor" || folder == "node_modules"
}
