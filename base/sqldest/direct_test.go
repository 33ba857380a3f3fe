package sqldest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/mage-dest/mage-dest/base/sqldest"
)

// wrapped is the driver of a database with a connection between it and its user.
type wrapped struct {
	driver driver.Driver
	url    string
	wrap   func(wrappedConn) driver.Conn
}

func (w wrapped) Driver() driver.Driver { return w.driver }

func (w wrapped) Connect(context.Context) (driver.Conn, error) {
	conn, err := w.driver.Open(w.url)
	if err != nil {
		return nil, err
	}
	return w.wrap(conn.(wrappedConn)), nil
}

// wrappedConn is what the tests need of a connection.
type wrappedConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
}

func newWrappedStore(t *testing.T, wrap func(wrappedConn) driver.Conn) *store {
	t.Helper()
	s := newStore(t)
	s.db = sql.OpenDB(wrapped{s.db.Driver(), databaseURL(t.TempDir()), wrap})
	s.db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ruled is a connection with a rule for arguments: it counts them.
type ruled struct {
	wrappedConn
	checked *int
}

func (c ruled) CheckNamedValue(*driver.NamedValue) error {
	*c.checked++
	return driver.ErrSkip
}

// ruledStatements makes statements with that rule.
type ruledStatements struct {
	wrappedConn
	checked *int
}

func (c ruledStatements) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.wrappedConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return ruledStatement{stmt, stmt.(driver.StmtExecContext), c.checked}, nil
}

type ruledStatement struct {
	driver.Stmt
	driver.StmtExecContext
	checked *int
}

func (s ruledStatement) CheckNamedValue(*driver.NamedValue) error {
	*s.checked++
	return driver.ErrSkip
}

// old is a connection of a driver that knows no contexts.
type old struct{ driver.Conn }

func TestRulesOfADriverAreFollowed(t *testing.T) {
	checked := 0
	for name, tc := range map[string]struct {
		wrap func(wrappedConn) driver.Conn
		want int // arguments looked at
	}{
		"connection": {func(c wrappedConn) driver.Conn { return ruled{c, &checked} }, many * 4},
		"statement":  {func(c wrappedConn) driver.Conn { return ruledStatements{c, &checked} }, many * 4},
		"none":       {func(c wrappedConn) driver.Conn { return c }, 0},
		"old driver": {func(c wrappedConn) driver.Conn { return old{c} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newWrappedStore(t, tc.wrap)
			w := sqldest.New(s.db, s.dialect, s.options)
			stream, batch := integers(t, "s", 2, many, func(int, int) bool { return true }, "c0")
			if err := w.HandleSchema(t.Context(), stream); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				checked = 0
				if err := w.Write(t.Context(), stream, batch); err != nil {
					t.Fatal(err)
				}
				if checked != tc.want {
					t.Errorf("the driver was asked about %d arguments, want %d", checked, tc.want)
				}
			}
			s.want(`SELECT count(*), sum(c0 = 100 * (rowid - 1) AND c1 = c0 + 1) FROM s`, "5003 5003")
		})
	}
}

// deaf is a driver that does not heed contexts; end is called when a transaction
// has begun.
type deaf struct {
	wrappedConn
	end func()
}

func (c deaf) BeginTx(_ context.Context, options driver.TxOptions) (driver.Tx, error) {
	defer c.end()
	return c.wrappedConn.BeginTx(context.Background(), options)
}

func (c deaf) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.wrappedConn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	return deafStatement{stmt, stmt.(driver.StmtExecContext)}, nil
}

type deafStatement struct {
	driver.Stmt
	exec driver.StmtExecContext
}

func (s deafStatement) ExecContext(_ context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.exec.ExecContext(context.Background(), args)
}

// database/sql rolls a transaction back as soon as its context ends. A statement
// that came after that would be stored by itself.
func TestNothingIsWrittenAfterARollback(t *testing.T) {
	for range 20 { // whichever comes first
		ctx, cancel := context.WithCancel(t.Context())
		armed := false
		s := newWrappedStore(t, func(c wrappedConn) driver.Conn {
			return deaf{c, func() {
				if armed {
					cancel()
				}
			}}
		})
		w := sqldest.New(s.db, s.dialect, s.options)
		stream, batch := integers(t, "s", 2, 3, func(int, int) bool { return true })
		if err := w.HandleSchema(ctx, stream); err != nil {
			t.Fatal(err)
		}
		armed = true
		if err := w.Write(ctx, stream, batch); !errors.Is(err, context.Canceled) {
			t.Errorf("Write: %v, want context.Canceled", err)
		}
		armed = false
		s.want(`SELECT count(*) FROM s`, `0`)
		cancel()
	}
}

// bad is a connection that breaks or panics at an insert.
type bad struct {
	wrappedConn
	spring func() error
}

func (c bad) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.spring(); err != nil {
		return nil, err
	}
	return c.wrappedConn.PrepareContext(ctx, query)
}

func TestBrokenConnections(t *testing.T) {
	sprung := errors.New("sprung")
	for name, spring := range map[string]func() error{
		"error":          func() error { return sprung },
		"bad connection": func() error { return driver.ErrBadConn },
		"panic":          func() error { panic("sprung") },
	} {
		t.Run(name, func(t *testing.T) {
			armed := false
			s := newWrappedStore(t, func(c wrappedConn) driver.Conn {
				return bad{c, func() error {
					if armed {
						return spring()
					}
					return nil
				}}
			})
			w := sqldest.New(s.db, s.dialect, s.options)
			stream, batch := integers(t, "s", 2, 3, func(int, int) bool { return true })
			if err := w.HandleSchema(t.Context(), stream); err != nil {
				t.Fatal(err)
			}
			armed = true
			if err := w.Write(t.Context(), stream, batch); err == nil {
				t.Error("a broken connection went unseen")
			}
			armed = false
			if err := w.Write(t.Context(), stream, batch); err != nil {
				t.Fatal(err)
			}
			s.want(`SELECT count(*) FROM s`, `3`)
		})
	}
}
