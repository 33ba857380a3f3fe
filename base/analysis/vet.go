package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// Finding is a fault in a connector's code.
type Finding struct {
	Analyzer string `json:"analyzer"`
	File     string `json:"file"` // absolute
	Line     int    `json:"line"`
	Column   int    `json:"column"` // in bytes, from 1
	Message  string `json:"message"`

	// Todo tells what is left to do in a fresh connector, which is no fault.
	Todo bool `json:"todo,omitempty"`

	// Fix is what would mend it; empty where that takes thought.
	Fix []Edit `json:"fix,omitempty"`
}

// Edit replaces the bytes of a file from Start up to End.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// Vet runs all analyzers over the packages that patterns name, as the go command
// understands them in dir, without their tests. The packages that they import and that
// are of the author's too are read for what is to be known of their functions; all
// others are known by their compiled types alone, which makes it fast.
//
// It fails if a package does not compile.
func Vet(ctx context.Context, dir string, patterns []string) ([]Finding, error) {
	wanted, err := load(ctx, dir, packages.NeedName|packages.NeedImports|packages.NeedDeps|packages.NeedModule, patterns)
	if err != nil {
		return nil, err
	}
	pkgs, err := load(ctx, dir, packages.LoadSyntax|packages.NeedModule, ofAuthor(wanted))
	if err != nil {
		return nil, err
	}
	analyzers := Analyzers()
	for _, a := range analyzers {
		if finished := a.Flags.Lookup("finished"); finished != nil {
			if err := finished.Value.Set("true"); err != nil {
				return nil, err
			}
		}
	}
	severImports(pkgs)
	graph, err := checker.Analyze(analyzers, pkgs, nil)
	if err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return findings(graph, wanted)
}

// load loads packages and fails with all that is wrong with them.
func load(ctx context.Context, dir string, mode packages.LoadMode, patterns []string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{Context: ctx, Dir: dir, Mode: mode}, patterns...)
	if err != nil {
		return nil, fmt.Errorf("load packages: %w", err)
	}
	var faults []error
	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		for _, fault := range pkg.Errors {
			if fault.Pos == "" || fault.Pos == "-" {
				faults = append(faults, errors.New(fault.Msg))
				continue
			}
			faults = append(faults, fault)
		}
	})
	if len(pkgs) == 0 {
		faults = append(faults, fmt.Errorf("no package matches %v", patterns))
	}
	return pkgs, errors.Join(faults...)
}

// ofAuthor lists the packages, and what they import that is worked on with them.
func ofAuthor(pkgs []*packages.Package) []string {
	var paths []string
	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		if pkg.Module != nil && pkg.Module.Version == "" && pkg.Module.Main {
			paths = append(paths, pkg.PkgPath)
		}
	})
	for _, pkg := range pkgs {
		if !slices.Contains(paths, pkg.PkgPath) {
			paths = append(paths, pkg.PkgPath)
		}
	}
	return paths
}

// severImports cuts the packages off from what they import and was not read: there are
// no facts to be had from that, and no source to look for them.
func severImports(pkgs []*packages.Package) {
	for _, pkg := range pkgs {
		for path, imported := range pkg.Imports {
			if !slices.Contains(pkgs, imported) {
				delete(pkg.Imports, path)
			}
		}
	}
}

// findings collects what was reported in the wanted packages, by file and line.
func findings(graph *checker.Graph, wanted []*packages.Package) ([]Finding, error) {
	var found []Finding
	for _, action := range graph.Roots {
		if action.Err != nil {
			return nil, fmt.Errorf("%s: %w", action, action.Err)
		}
		if !slices.ContainsFunc(wanted, func(pkg *packages.Package) bool { return pkg.PkgPath == action.Package.PkgPath }) {
			continue
		}
		for _, d := range action.Diagnostics {
			found = append(found, newFinding(action, d))
		}
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return found, nil
}

func newFinding(action *checker.Action, d analysis.Diagnostic) Finding {
	fset := action.Package.Fset
	at := fset.Position(d.Pos)
	f := Finding{
		Analyzer: action.Analyzer.Name, File: at.Filename, Line: at.Line, Column: at.Column,
		Message: d.Message, Todo: d.Category == Todo,
	}
	if len(d.SuggestedFixes) == 0 {
		return f
	}
	for _, edit := range d.SuggestedFixes[0].TextEdits {
		end := edit.End
		if !end.IsValid() {
			end = edit.Pos
		}
		start := fset.Position(edit.Pos)
		f.Fix = append(f.Fix, Edit{start.Filename, start.Offset, fset.Position(end).Offset, string(edit.NewText)})
	}
	return f
}
