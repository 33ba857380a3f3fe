// Package templates carries the built-in packs: one folder per pack, laid out as
// it is rendered, with a manifest pack.yaml beside the templates. The format is
// described in package generator.
package templates

import "embed"

// FS holds every built-in pack under its own name. A new pack is added to the
// list; "all:" takes the files whose names start with a dot or _ too.
//
//go:embed all:common all:http all:postgres all:repository all:sqlite all:stub all:upkeep
var FS embed.FS
