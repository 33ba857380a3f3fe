// Package build is a helper of a connector that knows nothing of base.
package build

import "strings"

func Insert(table string, columns []string) string { // want Insert:`result 0 holds parameter 0, parameter 1`
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")"
}

func Quoted(table string) string {
	return `INSERT INTO "` + strings.ReplaceAll(table, `"`, `""`) + `"`
}

type execer interface {
	Exec(query string, args ...any) (int, error)
}

func Drop(db execer, table string) error { // want Drop:`parameter 1 is run as SQL`
	_, err := db.Exec("DROP TABLE " + table)
	return err
}
