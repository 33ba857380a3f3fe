package lostctx

import (
	"context"
	"database/sql"
	"net/http"
	"os/exec"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/lostctx/client"
)

type Destination struct {
	base.Destination[struct{}]
	db *sql.DB
}

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if _, err := d.db.Exec("INSERT INTO t VALUES (?)", 1); err != nil { // want `the call waits in Exec, which does not end when ctx does: .*; hand ctx on`
		return err
	}
	if err := d.db.Ping(); err != nil { // want `waits in Ping`
		return err
	}
	if err := d.db.QueryRow("SELECT 1").Err(); err != nil { // want `waits in QueryRow`
		return err
	}
	if _, err := d.db.ExecContext(context.Background(), "SELECT 1"); err != nil { // want `takes context.Background\(\)`
		return err
	}
	short, cancel := context.WithTimeout(context.TODO(), time.Second) // want `takes context.TODO\(\)`
	defer cancel()
	if err := short.Err(); err != nil {
		return err
	}
	if err := exec.Command("true").Run(); err != nil { // want `starts a program by exec.Command`
		return err
	}
	if _, err := http.NewRequest(http.MethodGet, "https://example.com", nil); err != nil { // want `makes a request by http.NewRequest`
		return err
	}
	if _, err := http.Get("https://example.com"); err != nil { // want `waits in http.Get`
		return err
	}
	time.Sleep(time.Second)                                    // want `waits in time.Sleep`
	if err := client.Post("https://example.com"); err != nil { // want `Post, which makes a request by http.NewRequest \(client.go:\d+\), does not end when ctx does`
		return err
	}
	if err := client.Put(ctx, "https://example.com"); err != nil { // want `Put, which takes context.Background\(\)`
		return err
	}
	return d.helper() // want `helper, which waits in Ping \(lostctx.go:\d+\), does not end`
}

func (d *Destination) helper() error { return d.deeper() }
func (d *Destination) deeper() error { return d.db.Ping() }

func (d *Destination) Open(context.Context) error {
	return d.db.Ping() // want `waits in Ping`
}

// Careful hands ctx on.
type Careful struct {
	base.Destination[struct{}]
	db *sql.DB
}

func New() *Careful {
	_, cancel := context.WithCancel(context.Background())
	cancel()
	return &Careful{}
}

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		cleanup, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = d.db.ExecContext(cleanup, "SELECT 1")
	}()
	if _, err := tx.ExecContext(ctx, "SELECT 1"); err != nil {
		return err
	}
	d.Logger().Info("has InfoContext beside it")
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
	}
	header := http.Header{}
	_ = header.Get("x")
	return client.Get(context.WithoutCancel(ctx), "https://example.com")
}

func (d *Careful) Close(ctx context.Context) error {
	_, err := d.db.Exec("PRAGMA optimize")
	return err
}
