package sqldest_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

var errUnheard = errors.New("the connection is gone")

// retrying is a dialect that may try everything again.
type retrying struct{ dialect }

func (retrying) Classify(err error) error { return base.Retryable(err) }

// unheard is a connection that breaks while a commit is under way: after it, or before.
type unheard struct {
	wrappedConn
	commits *int
	broken  int  // the commit of this number
	late    bool // it is done, and nobody hears of it
}

func (c unheard) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.wrappedConn.BeginTx(ctx, options)
	return unheardTx{tx, c}, err
}

type unheardTx struct {
	driver.Tx
	conn unheard
}

func (tx unheardTx) Commit() error {
	*tx.conn.commits++
	if *tx.conn.commits != tx.conn.broken {
		return tx.Tx.Commit()
	}
	end := tx.Rollback
	if tx.conn.late {
		end = tx.Tx.Commit
	}
	return errors.Join(end(), errUnheard)
}

// A commit that nobody heard of is done or not. What may be done twice is tried again:
// schemas, rows that take their own place, and rows of a run whose mark tells. Rows
// without any of that would be there twice, so that the run fails.
func TestCommitThatNobodyHeardOf(t *testing.T) {
	for _, tc := range []struct {
		name, more string
		args       []string
		mayFail    bool
	}{
		{name: "with a key", more: keyID},
		{name: "without a key, with an ID", more: `"key_properties":[]`, args: []string{"--run_id", "7"}},
		{name: "without a key and an ID", more: `"key_properties":[]`, mayFail: true},
	} {
		for _, late := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, done %t", tc.name, late), func(t *testing.T) {
				failed, last := 0, false
				for broken := 1; !last; broken++ {
					commits := 0
					s := newWrappedStore(t, func(conn wrappedConn) driver.Conn { return unheard{conn, &commits, broken, late} })
					s.dialect, s.config, s.args = retrying{}, `{"retry_wait": "1ms"}`, tc.args
					exit, log := s.run(schema("s", idInt, tc.more), record("s", `"id":1`), record("s", `"id":2`))
					last = commits < broken // all of them were heard of
					if exit == 0 {
						s.want(`SELECT id FROM s ORDER BY id`, "1", "2")
						continue
					}
					failed++
					if !tc.mayFail || !strings.Contains(lastLine(log), "commit: "+errUnheard.Error()) {
						t.Errorf("commit %d: exit code %d\n%s", broken, exit, log)
					}
				}
				if tc.mayFail != (failed == 1) {
					t.Errorf("%d of the runs failed", failed)
				}
			})
		}
	}
}
