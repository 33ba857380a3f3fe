package sqldest

import (
	"container/list"
	"context"
	"database/sql"
	"fmt"
)

// mostStatements bounds what is held prepared: a run may have thousands of
// streams.
const mostStatements = 64

// statements keeps prepared statements by their text, the last used first.
type statements struct {
	db    *sql.DB
	order *list.List // of prepared
	held  map[string]*list.Element
}

type prepared struct {
	text string
	stmt *sql.Stmt
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, order: list.New(), held: map[string]*list.Element{}}
}

// prepare returns a statement that is not to be closed. It must not be called
// while a transaction is open: a database with one connection would wait for
// itself.
func (s *statements) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if element, ok := s.held[text]; ok {
		s.order.MoveToFront(element)
		return element.Value.(prepared).stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare the insert: %w", err)
	}
	s.held[text] = s.order.PushFront(prepared{text, stmt})
	if s.order.Len() <= mostStatements {
		return stmt, nil
	}
	oldest := s.order.Remove(s.order.Back()).(prepared)
	delete(s.held, oldest.text)
	if err := oldest.stmt.Close(); err != nil {
		return nil, fmt.Errorf("close a statement: %w", err)
	}
	return stmt, nil
}
