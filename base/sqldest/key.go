package sqldest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
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
func (p *plan) readKey(stream base.Stream) error {
	names, what := stream.UniqueConstraints, "unique_constraints"
	if len(names) == 0 {
		names, what = stream.KeyProperties, "key_properties"
	}
	for _, name := range names {
		place, ok := p.places[name]
		if !ok {
			return fmt.Errorf("%s names the column %q, which the schema lacks", what, name)
		}
		if p.columns[place].own {
			return fmt.Errorf("%s names the column %q, which differs in every run", what, name)
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

// keepUnique sees to it that a unique index holds the key, and no index of a
// former one.
func (w *Writer) keepUnique(ctx context.Context, tx *sql.Tx, p *plan, there []Index) error {
	key := slices.Sorted(slices.Values(p.columnNames(p.key)))
	held := len(key) == 0
	for _, index := range there {
		if slices.Equal(slices.Sorted(slices.Values(index.Columns)), key) {
			held = true
			continue
		}
		if !strings.HasPrefix(index.Name, indexPrefix) {
			continue
		}
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+w.dialect.Quote(index.Name)); err != nil {
			return fmt.Errorf("drop the index of its former key: %w", err)
		}
	}
	if held {
		return nil
	}
	names := p.columnNames(p.key)
	statement := "CREATE UNIQUE INDEX " + w.dialect.Quote(indexName(p.table, names)) + " ON " + w.dialect.Quote(p.table) + " (" + quoted(w.dialect, names) + ")"
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("make rows unique by the key (%s); remove the rows that share one, or load into another table: %w",
			strings.Join(names, ", "), err)
	}
	return nil
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
