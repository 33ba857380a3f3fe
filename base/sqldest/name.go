package sqldest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// suffixed is a name that is the id's own: what can be kept of it, and the first
// digits of the id's hash.
func suffixed(name, id string, limit int) string {
	sum := sha256.Sum256([]byte(id))
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
func fitting(name, id string, limit int) string {
	if name == "" || strings.Contains(name, "\x00") || limit > 0 && len(name) > limit {
		return suffixed(name, id, limit)
	}
	return name
}

// TableName is the table of a stream in a database of this dialect, where the settings
// do not name another: the stream's name if the database can bear it.
func TableName(d Dialect, stream string) string {
	return fitting(stream, stream, d.Limits().Identifier)
}

// namer finds the column of each property.
type namer struct {
	dialect Dialect
	there   map[string]bool   // columns that the table has
	folded  map[string]string // the same by their folded name
	taken   map[string]string // columns by the label that has them
}

// wantedName is what a property would be called.
type wantedName struct {
	label string // for messages
	name  string
	id    string // no other property's
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
// property that has a column with a suffix of its own, or one of its very name, keeps
// it in every run, whatever other properties come and go; only then one whose name
// differs in case will do.
func (n *namer) assign(wanted []wantedName) ([]string, error) {
	columns := make([]string, len(wanted))
	limit := n.dialect.Limits().Identifier
	for _, own := range []func(w wantedName) string{
		func(w wantedName) string { return suffixed(w.name, w.id, limit) },
		func(w wantedName) string { return fitting(w.name, w.id, limit) },
	} {
		for i, w := range wanted {
			if name := own(w); columns[i] == "" && n.there[name] && n.free(name) {
				columns[i] = n.take(name, w)
			}
		}
	}
	for i, w := range wanted {
		if columns[i] != "" {
			continue
		}
		name := fitting(w.name, w.id, limit)
		if similar, ok := n.folded[n.dialect.Fold(name)]; ok {
			name = similar
		}
		if !n.free(name) {
			name = suffixed(w.name, w.id, limit)
		}
		if !n.free(name) {
			return nil, fmt.Errorf("columns %q and %q would be one column of the table: rename one in the tap",
				n.taken[n.dialect.Fold(name)], w.label)
		}
		columns[i] = n.take(name, w)
	}
	return columns, nil
}

func (n *namer) free(name string) bool {
	_, taken := n.taken[n.dialect.Fold(name)]
	return !taken
}

func (n *namer) take(name string, w wantedName) string {
	n.taken[n.dialect.Fold(name)] = w.label
	return name
}
