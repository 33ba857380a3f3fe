package sqldest

import (
	"database/sql"
	"fmt"
	"testing"

	_ "modernc.org/sqlite"
)

func TestFewStatementsAreHeld(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is gone with the test
	s := newStatements(db)
	for range 2 {
		for n := range 2 * mostStatements {
			if _, err := s.prepare(t.Context(), fmt.Sprint("SELECT ", n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(s.held) != mostStatements || s.order.Len() != mostStatements {
		t.Errorf("%d statements in %d places, want %d", len(s.held), s.order.Len(), mostStatements)
	}
	last, err := s.prepare(t.Context(), fmt.Sprint("SELECT ", 2*mostStatements-1))
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.prepare(t.Context(), fmt.Sprint("SELECT ", 2*mostStatements-1))
	if err != nil || last != again {
		t.Errorf("a statement was prepared twice (%v)", err)
	}
	var n int
	if err := again.QueryRow().Scan(&n); err != nil || n != 2*mostStatements-1 {
		t.Errorf("%d, %v from a statement that is held", n, err)
	}
}
