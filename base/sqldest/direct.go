package sqldest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
)

// errIndirect tells that a driver has rules of its own for arguments, which
// database/sql knows to follow.
var errIndirect = errors.New("the driver is to be used through database/sql")

// direct writes the batch in a transaction of database/sql, whose statements it
// runs with the driver itself. For every statement database/sql would make a slice
// of arguments, larger than the rows they are for: a tenth of the time of a load.
func (b *batch) direct(ctx context.Context) error {
	conn, err := b.writer.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the others; the transaction has told what went wrong
	return inTransaction(ctx, conn, func(tx *sql.Tx) error {
		if err := b.before(ctx, tx); err != nil {
			return err
		}
		err := withDriver(ctx, conn, func(driverConn any) error { return b.insertDirectly(ctx, driverConn) })
		if err != nil {
			return err
		}
		return b.after(ctx, tx)
	})
}

// withDriver is conn.Raw for a connection with a transaction under the same
// context. Raw holds the connection's lock. While it does the transaction cannot
// be rolled back, after which a statement would be a transaction of its own; but
// where the context has ended before that may have happened. After a panic or
// driver.ErrBadConn Raw waits for the transaction to end, which waits for Raw: it
// must see neither.
func withDriver(ctx context.Context, conn *sql.Conn, f func(driverConn any) error) (err error) {
	raw := conn.Raw(func(driverConn any) error {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("the driver panicked: %v\n%s", cause, debug.Stack())
			}
		}()
		if err = ctx.Err(); err == nil {
			err = f(driverConn)
		}
		return nil
	})
	switch {
	case raw == nil:
		return err
	case ctx.Err() != nil: // the transaction was rolled back, and took the connection with it
		return ctx.Err()
	}
	return fmt.Errorf("use the connection: %w", raw)
}

func (b *batch) insertDirectly(ctx context.Context, driverConn any) (err error) {
	single, err := b.prepareDirect(ctx, driverConn, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, single.Close()) }()
	many := single
	if len(b.kept) >= b.chunk {
		if many, err = b.prepareDirect(ctx, driverConn, b.chunk); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, many.Close()) }()
	}
	return b.store(ctx, single.insert, many.insert)
}

// directly is an insert that the driver has prepared.
type directly struct {
	driver.Stmt
	driver.StmtExecContext
	args []driver.NamedValue
}

// prepareDirect is the insert of a number of rows, or errIndirect.
func (b *batch) prepareDirect(ctx context.Context, driverConn any, rows int) (*directly, error) {
	preparer, ok := driverConn.(driver.ConnPrepareContext)
	if !ok || hasRules(driverConn) {
		return nil, errIndirect
	}
	stmt, err := preparer.PrepareContext(ctx, b.insertOf(rows))
	if err != nil {
		return nil, fmt.Errorf("prepare the insert: %w", err)
	}
	execer, ok := stmt.(driver.StmtExecContext)
	if !ok || hasRules(stmt) {
		return nil, errors.Join(errIndirect, stmt.Close())
	}
	args := make([]driver.NamedValue, rows*b.width())
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return &directly{stmt, execer, args}, nil
}

// hasRules reports whether a connection or a statement wants to see arguments
// before they are bound.
func hasRules(of any) bool {
	_, checks := of.(driver.NamedValueChecker)
	_, converts := of.(driver.ColumnConverter) //nolint:staticcheck // drivers may still have it
	return checks || converts
}

// insert does what database/sql does for a driver without rules of its own.
func (d *directly) insert(ctx context.Context, args []any) (err error) {
	for i, arg := range args {
		if !driver.IsValue(arg) {
			if arg, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return fmt.Errorf("insert: argument %d: %w", i+1, err)
			}
		}
		d.args[i].Value = arg
	}
	if _, err := d.ExecContext(ctx, d.args); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}
