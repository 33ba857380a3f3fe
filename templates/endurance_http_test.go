//go:build linux

package templates_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// httpAPI is testdata/httpapi at work.
type httpAPI struct {
	program, address, file string
	running                *exec.Cmd
}

// buildHTTPAPI makes the program.
func buildHTTPAPI(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "httpapi")
	if out, err := exec.Command("go", "build", "-o", program, "../testdata/httpapi").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// startHTTPAPI starts an API that ends with the test.
func startHTTPAPI(t *testing.T, program string) *httpAPI {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &httpAPI{program: program, address: listener.Addr().String(), file: filepath.Join(t.TempDir(), "api.db")}
	if err := errors.Join(listener.Close(), a.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop("immediate"); err != nil {
			t.Error(err)
		}
	})
	return a
}

// Start starts it and waits until it answers.
func (a *httpAPI) Start() error {
	a.running = exec.Command(a.program, a.address, a.file)
	if err := a.running.Start(); err != nil {
		return err
	}
	var err error
	for range 500 {
		var answer *http.Response
		if answer, err = http.Get("http://" + a.address + "/"); err == nil {
			return answer.Body.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("the API does not answer: %w", err)
}

// Stop kills it, whatever it is doing.
func (a *httpAPI) Stop(string) error {
	if err := a.running.Process.Kill(); err != nil {
		return err
	}
	_ = a.running.Wait() // it was killed
	return nil
}

// load is one into the API, by one of its routes; the API's file tells what has come.
func (a *httpAPI) load(t *testing.T, binary, way string, records int) *load {
	t.Helper()
	l := newLoad(t, binary, records, true)
	l.config = map[string]any{
		"url": "http://" + a.address + "/" + way + "/{stream}", "rows_per_request": 100,
		"maximum_batch_rows": 500, "retry_wait": "50ms", "maximum_attempts": 20,
	}
	l.columns = []string{
		"id, record->>'amount', record->>'note'", "id, record->>'name', record->>'active'", "id, record->>'at', record->>'payload'",
	}
	l.open = func() *sql.DB { return openFile(t, a.file) }
	return l
}

// TestHTTPLoadsLoseNothing: the connector is killed, or the API is in the middle of
// requests, and comes back. Where the API stores by key, and where it knows requests again
// by their idempotency key, every row is there once.
func TestHTTPLoadsLoseNothing(t *testing.T) {
	kills, records := number(t, "MAGE_DEST_KILLS", 2), number(t, "MAGE_DEST_KILL_RECORDS", 6000)
	binary, program := buildPack(t, "http"), buildHTTPAPI(t)
	t.Run("killed, by key", func(t *testing.T) {
		w := way{keyed: true, resume: true, signals: []syscall.Signal{syscall.SIGKILL}}
		w.cutOff(t, kills, func(t *testing.T) *load { return startHTTPAPI(t, program).load(t, binary, "keyed", records) })
	})
	for name, route := range map[string]string{"API killed, by key": "keyed", "API killed, by idempotency key": "append"} {
		t.Run(name, func(t *testing.T) {
			way{}.serverCrashes(t, kills, func(t *testing.T) (*load, crasher) {
				a := startHTTPAPI(t, program)
				return a.load(t, binary, route, records), a
			})
		})
	}
}
