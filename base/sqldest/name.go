package sqldest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// suffixed is a name that is the given one's own: what can be kept of it, and the
// first digits of its hash.
func suffixed(name string, limit int) string {
	sum := sha256.Sum256([]byte(name))
	suffix := "_" + hex.EncodeToString(sum[:4])
	kept := strings.ReplaceAll(name, "\x00", "_")
	if limit > 0 && len(kept)+len(suffix) > limit {
		kept = kept[:limit-len(suffix)]
		for !utf8.ValidString(kept) {
			kept = kept[:len(kept)-1]
		}
	}
	return kept + suffix
}

// fitting is the name itself if a database can bear it.
func fitting(name string, limit int) string {
	if name == "" || strings.Contains(name, "\x00") || limit > 0 && len(name) > limit {
		return suffixed(name, limit)
	}
	return name
}

// namer finds the column of each property.
type namer struct {
	dialect Dialect
	there   map[string]bool   // columns that the table has
	folded  map[string]string // the same by their folded name
	taken   map[string]string // columns by the property that has them
}

func newNamer(d Dialect, there []Column) *namer {
	n := &namer{d, map[string]bool{}, map[string]string{}, map[string]string{}}
	for _, c := range there {
		n.there[c.Name] = true
		n.folded[d.Fold(c.Name)] = c.Name
	}
	return n
}

// assign gives each property a column, one of the table's or a new one. A
// property that has a column of its very name, or suffixed name, keeps it in
// every run, whatever other properties come and go; only then one whose name
// differs in case will do.
func (n *namer) assign(properties []string) (map[string]string, error) {
	columns := make(map[string]string, len(properties))
	limit := n.dialect.Limits().Identifier
	for _, own := range []func(string) string{
		func(p string) string { return fitting(p, limit) },
		func(p string) string { return suffixed(p, limit) },
	} {
		for _, p := range properties {
			if name := own(p); columns[p] == "" && n.there[name] && n.free(name) {
				n.take(name, p, columns)
			}
		}
	}
	for _, p := range properties {
		if columns[p] != "" {
			continue
		}
		name := fitting(p, limit)
		if similar, ok := n.folded[n.dialect.Fold(name)]; ok {
			name = similar
		}
		if !n.free(name) {
			name = suffixed(p, limit)
		}
		if !n.free(name) {
			return nil, fmt.Errorf("columns %q and %q would be one column of the table: rename one in the tap",
				n.taken[n.dialect.Fold(name)], p)
		}
		n.take(name, p, columns)
	}
	return columns, nil
}

func (n *namer) free(name string) bool {
	_, taken := n.taken[n.dialect.Fold(name)]
	return !taken
}

func (n *namer) take(name, property string, columns map[string]string) {
	n.taken[n.dialect.Fold(name)] = property
	columns[property] = name
}
