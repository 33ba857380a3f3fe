// Command readback prints what a SQLite file holds: for each table a line
// {"table": NAME, "columns": […]}, then a line {"row": […]} for each of its rows,
// in the order in which they were written. Values are what SQLite itself holds,
// not what a driver makes of the columns' declared types.
//
// mage-dest try compiles it in the module of the connector that it tries, so the
// tool itself links no database.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	_ "modernc.org/sqlite"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "readback: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: readback FILE")
	}
	// rw, not ro: only so does SQLite take its own -wal and -shm files away again.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: args[0]}).EscapedPath()+"?mode=rw")
	if err != nil {
		return err
	}
	defer db.Close()
	names, err := texts(ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
	if err != nil {
		return fmt.Errorf("list the tables of %s: %w", args[0], err)
	}
	buffered := bufio.NewWriter(os.Stdout)
	out := json.NewEncoder(buffered)
	for _, name := range names {
		if err := printTable(ctx, db, name, out); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return buffered.Flush()
}

func printTable(ctx context.Context, db *sql.DB, name string, out *json.Encoder) error {
	columns, err := texts(ctx, db, "SELECT name FROM pragma_table_info(?) ORDER BY cid", name)
	if err != nil {
		return err
	}
	if err := out.Encode(map[string]any{"table": name, "columns": columns}); err != nil {
		return err
	}
	wanted := make([]string, len(columns))
	for i, column := range columns {
		wanted[i] = "+" + quote(column) // an expression has no declared type
	}
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(wanted, ", ")+" FROM "+quote(name))
	if err != nil {
		return err
	}
	defer rows.Close()
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i, value := range values {
			if f, ok := value.(float64); ok {
				values[i] = json.Number(strconv.FormatFloat(f, 'g', -1, 64))
			}
		}
		if err := out.Encode(map[string]any{"row": values}); err != nil {
			return err
		}
	}
	return rows.Err()
}

func texts(ctx context.Context, db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
