// Httpapi is an API that keeps records in an SQLite file, for tests: a process of its
// own, so that it can be killed in the middle of a load and come back.
//
//	httpapi ADDRESS FILE
//
// It takes JSON arrays of objects that have an id:
//
//	POST /keyed/STREAM    a record takes the place of the one that has its id
//	POST /append/STREAM   records are added; a request that is done already, by its
//	                      Idempotency-Key, is not done again
//
// A request is one transaction: it is done when it is answered, and may be done when the
// answer did not come.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"

	_ "modernc.org/sqlite"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: httpapi ADDRESS FILE")
	}
	db, err := sql.Open("sqlite", "file:"+os.Args[2]+"?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=busy_timeout(20000)")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY)`); err != nil {
		log.Fatal(err)
	}
	a := api{db}
	http.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("POST /keyed/{stream}", a.take("INSERT OR REPLACE INTO %s VALUES (?, ?)", "INTEGER PRIMARY KEY"))
	http.HandleFunc("POST /append/{stream}", a.take("INSERT INTO %s VALUES (?, ?)", "INTEGER"))
	log.Fatal(http.ListenAndServe(os.Args[1], nil)) //nolint:gosec // it serves one test
}

type api struct{ db *sql.DB }

// plainName is what can stand in a statement as it is.
var plainName = regexp.MustCompile(`^[a-z_]+$`)

// take answers requests by storing their records with a statement, in a table whose id is
// of a type.
func (a api) take(statement, id string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		stream := r.PathValue("stream")
		body, err := io.ReadAll(r.Body)
		var records []json.RawMessage
		if err == nil {
			err = json.Unmarshal(body, &records)
		}
		if err != nil || !plainName.MatchString(stream) {
			http.Error(w, fmt.Sprintf("stream %q: %v", stream, err), http.StatusBadRequest)
			return
		}
		table := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (id %s, record TEXT)", stream, id)
		// Not the request's context: what was begun is done, whether somebody waits or not.
		err = a.store(context.WithoutCancel(r.Context()), table, fmt.Sprintf(statement, stream), r.Header.Get("Idempotency-Key"), records)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

func (a api) store(ctx context.Context, table, insert, key string, records []json.RawMessage) error {
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to roll back
	if _, err := tx.ExecContext(ctx, table); err != nil {
		return err
	}
	marked, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO done VALUES (?)`, key)
	if err != nil {
		return err
	}
	if n, err := marked.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, tx.Commit()) // it is done already
	}
	for _, record := range records {
		var columns struct{ ID int64 }
		if err := json.Unmarshal(record, &columns); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, columns.ID, string(record)); err != nil {
			return err
		}
	}
	return tx.Commit()
}
