// Package templates carries the built-in packs: one folder per pack, laid out as
// it is rendered, with a manifest pack.yaml beside the templates. The format is
// described in package generator.
package templates

import "embed"

// FS holds every built-in pack under its own name.
//
//go:embed all:*/*
var FS embed.FS
