package settings

import (
	"embed"
	"path"
)

// basePackage is what connectors embed Destination of.
const basePackage = "github.com/mage-dest/mage-dest/base"

// kafkaPackage is an engine of base, which has settings of its own.
const kafkaPackage = basePackage + "/kafka"

// known declares the types of other packages that nearly every Config is made of,
// with the methods that decide how base reads them, and the settings of base
// itself. Whatever else these packages hold is looked up when a Config needs it.
// A test holds the declarations to the packages themselves.
//
//go:embed known/*.go.txt
var known embed.FS

// knownSource returns the declarations of a package, nil if there are none.
func knownSource(importPath string) []byte {
	switch importPath {
	case basePackage, kafkaPackage, "time", "encoding/json":
		source, err := known.ReadFile("known/" + path.Base(importPath) + ".go.txt")
		if err != nil {
			panic(err) // it is embedded
		}
		return source
	}
	return nil
}
