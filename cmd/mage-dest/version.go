package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/mage-dest/mage-dest/generator"
)

const modulePath = "github.com/mage-dest/mage-dest"

// versionInfo is what version prints with --json.
type versionInfo struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of mage-dest",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			v := versionInfo{Version: versionOf(info), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if asJSON {
				return json.NewEncoder(s.Out).Encode(v)
			}
			_, err := fmt.Fprintf(s.Out, "mage-dest %s %s %s\n", v.Version, v.Go, v.Platform)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func versionOf(info *debug.BuildInfo) string {
	if info == nil || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// ownBase says what connectors made by this program stand on: its own version
// if it is a released one, or else the checkout that it was built from.
func ownBase() generator.Base {
	info, _ := debug.ReadBuildInfo()
	_, file, _, _ := runtime.Caller(0)
	return baseOf(info, file)
}

// baseOf returns an empty Base when the program is neither: then --replace is needed.
func baseOf(info *debug.BuildInfo, sourceFile string) generator.Base {
	if version := versionOf(info); info != nil && isReleased(info.Main) {
		return generator.Base{Version: version}
	}
	// sourceFile is <checkout>/cmd/mage-dest/version.go, unless -trimpath hid it.
	checkout := filepath.Dir(filepath.Dir(filepath.Dir(sourceFile)))
	src, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if !filepath.IsAbs(sourceFile) || err != nil || modfile.ModulePath(src) != modulePath {
		return generator.Base{}
	}
	return generator.Base{Replace: checkout}
}

// isReleased reports whether the go command could fetch this very version. A
// checkout has no sum; its version is a pseudo-version or ends in +dirty, unless
// a tag stands at its commit.
func isReleased(m debug.Module) bool {
	if m.Path != modulePath || m.Replace != nil || !semver.IsValid(m.Version) {
		return false
	}
	return m.Sum != "" || !module.IsPseudoVersion(m.Version) && semver.Build(m.Version) == ""
}
