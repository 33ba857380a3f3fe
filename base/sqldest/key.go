package sqldest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base"
)

// indexPrefix begins the names of the indexes that the writer makes, and drops.
const indexPrefix = "mage_dest_key_"

// indexName is one that no other key of any table has.
func indexName(table string, columns []string) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{table}, columns...), "\x00")))
	return indexPrefix + hex.EncodeToString(sum[:8])
}

// readKey takes the key of a stream: Mage's unique_constraints, else Singer's
// key_properties.
func (p *plan) readKey(stream base.Stream, method LoadMethod) error {
	if method == AppendOnly {
		return nil
	}
	names, what := stream.UniqueConstraints, "unique_constraints"
	if len(names) == 0 {
		names, what = stream.KeyProperties, "key_properties"
	}
	for _, name := range names {
		place, err := p.keyPlace(name)
		if err != nil {
			return fmt.Errorf("%s names the column %q, %w", what, name, err)
		}
		if !slices.Contains(p.key, place) {
			p.key = append(p.key, place)
		}
	}
	switch method := strings.ToUpper(stream.UniqueConflictMethod); method {
	case "", "UPDATE":
	case "IGNORE":
		p.ignore = true
	default:
		return fmt.Errorf("unique_conflict_method is %q: want UPDATE or IGNORE", stream.UniqueConflictMethod)
	}
	return nil
}

// keyPlace finds a column of the key, by the name of its property or by that which a
// flattened one has.
func (p *plan) keyPlace(name string) (int, error) {
	place, ok := p.root.places[name]
	for i := 0; !ok && i < len(p.columns); i++ {
		place, ok = i, p.columns[i].label() == name
	}
	switch {
	case !ok:
		return 0, errors.New("which the schema lacks")
	case place == leftOut:
		return 0, errors.New("which the table lacks, and schema_change is discard")
	case p.columns[place].own != nil:
		return 0, errors.New("which differs in every run")
	}
	return place, nil
}

// keepUnique are the statements that see to it that a unique index holds the key, and
// no index of a former one.
func (w *Writer) keepUnique(p *plan, there Table) (all []change) {
	key := slices.Sorted(slices.Values(p.columnNames(p.key)))
	held := len(key) == 0
	for _, index := range there.Unique {
		if slices.Equal(slices.Sorted(slices.Values(index.Columns)), key) {
			held = true
			continue
		}
		if strings.HasPrefix(index.Name, indexPrefix) {
			all = append(all, changes("drop the index of its former key", w.dropKey(p.table, index)...)...)
		}
	}
	if held {
		return all
	}
	names := p.columnNames(p.key)
	aim := fmt.Sprintf("make rows unique by the key (%s); remove the rows that share one, or load into another table", strings.Join(names, ", "))
	return append(all, changes(aim, w.addKey(p.table, indexName(p.table, names), names, len(there.Columns) == 0)...)...)
}

func (w *Writer) addKey(table, name string, columns []string, isNew bool) []string {
	if w.extensions.schemer != nil {
		return w.extensions.schemer.AddKey(table, name, columns, isNew)
	}
	return []string{"CREATE UNIQUE INDEX " + w.dialect.Quote(name) + " ON " + w.table(table) + " (" + quoted(w.dialect, columns) + ")"}
}

func (w *Writer) dropKey(table string, index Index) []string {
	if w.extensions.schemer != nil {
		return w.extensions.schemer.DropKey(table, index)
	}
	return []string{"DROP INDEX " + w.dialect.Quote(index.Name)}
}

// insert is the statement's description for a number of rows.
func (p *plan) insert(rows int) Insert {
	insert := Insert{Table: p.table, Rows: rows, Key: p.columnNames(p.key)}
	for i, c := range p.columns {
		insert.Columns = append(insert.Columns, c.Name)
		if len(p.key) > 0 && p.updates(i) {
			insert.Update = append(insert.Update, c.Name)
		}
	}
	return insert
}

// updates reports whether a row that is there gets the new value of a column. One
// that stays as it is, by IGNORE, still belongs to the version that was sent:
// else ActivateVersion would delete it.
func (p *plan) updates(i int) bool {
	if p.ignore {
		return i == p.version || i == p.deleted
	}
	return i != p.created && !slices.Contains(p.key, i)
}
