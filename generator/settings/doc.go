// Package settings reads the settings of a connector from the source of its
// Config struct and writes what repeats them: the sample config, its JSON Schema,
// the table in README and the settings of Meltano's plugin.
//
//	found, err := settings.Read(ctx, settings.Source{
//		Module: "example.com/acme", Dir: "internal/acme", Files: files, Folder: ".",
//	})
//	if err != nil { … }      // an *Error: every fault at once, file:line:col first
//	table := settings.Table(found, "ACME_")
//
// It reads tags, types and nesting as package base does when the connector runs,
// so that both tell of the same settings; what base cannot see, doc comments and
// the constants of a type, is added to what people read.
//
// # How types are found
//
// The package is parsed and its declarations are type-checked, function bodies
// left out. Packages of the connector's own module are read in the same way, and
// the few types of other packages that nearly every Config is made of are
// declared in known.go: that takes a millisecond or two and no go command. Only
// when a field has a type of another package is the go command asked for what the
// compiler knows of it.
//
// # What is written
//
// Every writer is a function of the settings and of what the file holds now. Text
// between two markers is replaced and nothing else; where a value, a label or a
// comment is the author's, it stays.
package settings
