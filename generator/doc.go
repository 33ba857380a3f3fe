// Package generator turns a pack of templates and a few answers into a connector, a
// Go module of its own, and keeps the connector up to date with the pack.
//
// A file walks one way through it:
//
//	name + flags + answers + manifest -> answers checked -> render -> gofmt
//	      -> type check in memory -> Plan -> printed (dry run) or applied
//
// A Plan says of each file what is to become of it: create, unchanged, update, merge,
// conflict, keep, remove or refuse. Making a connector, updating it and checking it are
// three readings of one plan. Nothing is written before all of it has been checked. A
// new connector appears with one rename: it is there whole or not at all; one that is
// there is changed as a whole or not at all, see WriteChanges.
//
//	lib := generator.NewLibrary(templates.FS, "templates")
//	plan, err := generator.Prepare(ctx, generator.Request{
//		Name:     "acme-crm",
//		Template: "stub",
//		Library:  lib,
//		Base:     generator.Base{Version: "v1.2.3"},
//	})
//	if err != nil { … }      // every fault of name and answers at once
//	err = plan.Apply()       // or print plan.Steps: a dry run
//
//	// A year and some versions of the pack later:
//	plan, err = generator.PrepareUpdate(ctx, generator.UpdateRequest{Dir: "acme-crm", Library: lib})
//	err = plan.Apply()
//
// # Packs
//
// A pack is a folder: a manifest pack.yaml and, beside it, the files of a
// connector laid out exactly as they are rendered.
//
//	templates/stub/
//	  pack.yaml
//	  main.go.tmpl                            executed by text/template
//	  testdata/sample.singer                  no .tmpl: copied byte for byte
//	  internal/_package_/destination.go.tmpl  _package_ stands for the Go package
//	  _partials/readme.md.tmpl                {{ template "readme.md" . }} in any file
//
// In a path these words stand for a form of the connector's name: _binary_
// (acme-crm), _package_ (acmecrm), _class_ (AcmeCrm) and _uuid_ (acme_crm).
//
// The manifest:
//
//	name: stub               # the folder's name
//	version: 1.0.0           # semantic version; recorded in the connector
//	description: One line for `mage-dest templates list`.
//	extends: builtin/common  # optional: the pack of mage-dest's whose parameters,
//	                         # outputs, partials and requirements come first
//	drop: [Dockerfile]       # outputs of it that are not rendered
//	kind: connector          # or repository: what its connectors share, in its root
//	abstract: false          # true: only there to be extended, never listed
//	server: false            # true: what it makes stores in a server, so its sample
//	                         # config alone takes no stream; so for all that extend it
//	defaults:                # of parameters of the pack that it extends
//	  description: Loads Singer streams into a file.
//
//	parameters:              # asked of the user, read as {{ .Params.ci }}
//	  - name: ci
//	    type: enum           # string, enum, bool or int
//	    values: [github, none]
//	    default: github      # without a default an answer is required
//	    doc: Which CI workflow to render.
//	    ask: false           # true: asked for on a terminal even with a default
//	    file: false          # true: an enum's answer may be the path of a text file
//	                         # instead; it is "file" then, and .Texts.ci is the text
//	    was: [pipeline]      # names that it had in earlier versions of the pack
//
//	outputs:                 # every file of the folder, each once
//	  - path: .github/workflows/ci.yml
//	    class: merged        # generated, once or merged, see Class
//	    was: [ci.yml]        # paths that it had in earlier versions of the pack
//	    mode: "0644"         # or "0755"; 0644 when left out
//	    when: {ci: github}   # rendered only if every answer named here has the
//	                         # value, or one of a list of values
//	    delims: ["[[", "]]"] # for files that hold {{ }} of their own
//
//	requires:                # modules that the connector's go.mod names beside
//	  - module: modernc.org/sqlite          # mage-dest's own; indirect ones are
//	    version: v1.60.0                    # added by go mod tidy
//	    when: {…}            # as above
//
// Unknown keys, undeclared files, conditions on unknown parameters and the like
// are refused when the pack is loaded, all at once, each with file, line and
// column. An output with a path that the extended pack has too takes its place, and
// keeps its file if the pack brings none; a partial takes the place of one of its name. What several files share is a partial,
// a file each; an output defines no templates of its own. go.mod, tools/go.mod,
// config.schema.json and .mage-dest are the generator's own and cannot be outputs.
//
// # What a template sees
//
// The fields of Data, and the functions listed in functions.go: those of sprig
// whose result depends on nothing but their arguments. A parameter that is not
// declared is an error, never an empty string. Strings that users gave are one
// line of printable text; `quote` makes a Go, YAML or JSON string of them.
// A file of class generated says so in its first lines with {{ .Header }}. Go
// files are formatted after rendering; JSON and YAML files must parse.
//
// An error of a template, of the format of its output or of its types is told
// at the template's line:
//
//	templates/sqlite/config.go.tmpl:12:6: expected operand (in config.go:13:7, template sqlite, name=acme)
//
// # What a connector keeps
//
// .mage-dest.yaml says which template with which answers made which files, with a sum
// of each as it was rendered; .mage-dest/base holds the bytes of the once and merged
// ones as they were rendered. With both, an update needs no network, no git and no old
// binary. Secrets, times and paths of the user are never recorded.
//
// # What is made from a connector's own sources
//
// Generate reads the Config struct of a connector (package settings) and says what the
// sample config, its JSON Schema, the settings tables and the settings of Meltano's
// plugin are to be. In files that a pack renders, that stands between two markers: an
// update leaves it alone, for it is no change of the author's or the template's. A new
// connector gets the same from the Config that its pack renders; config.schema.json is
// of class derived, and nothing of it is recorded.
//
// # What an update does with a file
//
// The file as it stands is compared with what it was rendered as last, and that with
// what it is rendered as now. Line ends are folded before: a checkout that writes CRLF
// is none the different, and what is written has the line ends of the file.
//
//	generated  rewritten; if somebody has edited it, the update is refused, or with
//	           Force it is overwritten
//	merged     the template's changes are made in the author's text, as git merge-file
//	           --diff3 would; where they clash, marks show both, the state records it,
//	           and no further update is made until they are resolved
//	once       left alone; what its template has changed is told
//	go.mod     gets what the template newly requires, and later versions
//
// Files that the author deleted stay deleted, unless Restore is set. A file that the
// pack now renders to another path moves there with its edits, if the manifest says
// which path it was at. One that is no longer rendered is removed if nobody has edited
// it. The module path is that of the connector's go.mod. What Generate makes of the
// author's sources is part of the same plan, unless there are conflicts.
package generator
