// Command forty is a connector with settings of every kind.
package main

import (
	"github.com/mage-dest/mage-dest/base"

	"github.com/mage-dest/mage-dest/generator/settings/testdata/forty/internal/acme"
)

func main() { base.Main(&acme.Destination{}, base.Info{Name: "forty"}) }
