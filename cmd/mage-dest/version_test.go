package main

import (
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

func TestConnectorsStandOnTheVersionOrTheCheckoutOfMageDest(t *testing.T) {
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(checkout, "cmd", "mage-dest", "version.go")
	const pseudo = "v0.0.0-20260102030405-0123456789ab"
	main := func(version, sum string) *debug.BuildInfo {
		return &debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: version, Sum: sum}}
	}
	for name, test := range map[string]struct {
		info   *debug.BuildInfo
		source string
		want   generator.Base
	}{
		"installed by version":          {main("v1.2.3", "h1:x"), source, generator.Base{Version: "v1.2.3"}},
		"installed by commit":           {main(pseudo, "h1:x"), source, generator.Base{Version: pseudo}},
		"checkout at a tag":             {main("v1.2.3", ""), source, generator.Base{Version: "v1.2.3"}},
		"checkout at a tag, edited":     {main("v1.2.3+dirty", ""), source, generator.Base{Replace: checkout}},
		"checkout at a commit":          {main(pseudo, ""), source, generator.Base{Replace: checkout}},
		"checkout without git":          {main("(devel)", ""), source, generator.Base{Replace: checkout}},
		"checkout, built with trimpath": {main("(devel)", ""), modulePath + "/cmd/mage-dest/version.go", generator.Base{}},
		"source folder is gone":         {main("(devel)", ""), "/nowhere/cmd/mage-dest/version.go", generator.Base{}},
		"no build information":          {nil, source, generator.Base{Replace: checkout}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := baseOf(test.info, test.source); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
