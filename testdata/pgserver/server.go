// Package pgserver runs a PostgreSQL server for the length of a test or a benchmark: a
// cluster of its own in a scratch folder, which may be stopped and started as one likes.
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// BinVariable names the folder of initdb, pg_ctl and psql. Without it tests that need a
// server are skipped.
const BinVariable = "MAGE_DEST_POSTGRES_BIN"

// Of every server.
const (
	User     = "postgres"
	Password = "correct horse 'battery' staple" // with what a connection string has to quote
	Database = "postgres"
	Host     = "127.0.0.1"
)

// Server is a running server.
type Server struct {
	Port int

	bin, data string
	process   *syscall.SysProcAttr // of all its programs
}

// Start starts a server with some settings ("fsync=off"), which ends with the test.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s, err := New(settings...)
	if errors.Is(err, ErrNone) {
		tb.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Log(err)
		}
	})
	return s
}

// ErrNone says that nobody has named a PostgreSQL to run.
var ErrNone = errors.New("it needs PostgreSQL; set " + BinVariable + " to the folder of initdb and pg_ctl (Debian's package postgresql has them in /usr/lib/postgresql/VERSION/bin)")

// New starts a server with some settings, which somebody has to close.
func New(settings ...string) (*Server, error) {
	bin := os.Getenv(BinVariable)
	if bin == "" {
		return nil, ErrNone
	}
	s, err := newServer(bin)
	if err != nil {
		return nil, err
	}
	if err := s.init(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(filepath.Dir(s.data)))
	}
	return s, nil
}

// Close stops the server and removes its cluster.
func (s *Server) Close() error {
	return errors.Join(s.Stop("immediate"), os.RemoveAll(filepath.Dir(s.data)))
}

// Program is the path of one of PostgreSQL's programs, such as psql.
func (s *Server) Program(name string) string { return filepath.Join(s.bin, name) }

// newServer makes the folder of a server, on a port that is free.
func newServer(bin string) (*Server, error) {
	folder, err := os.MkdirTemp(parent, "mage-dest-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, data: filepath.Join(folder, "data")}
	if s.process, err = giveAway(folder); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", Host+":0")
	if err != nil {
		return nil, err
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	return s, listener.Close()
}

func (s *Server) init(settings []string) error {
	password := filepath.Join(filepath.Dir(s.data), "password")
	if err := os.WriteFile(password, []byte(Password), 0o644); err != nil {
		return err
	}
	if err := s.run("initdb", "-D", s.data, "-U", User, "--pwfile", password, "--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync"); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(s.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(file, "\nport = %d\nlisten_addresses = '%s'\nunix_socket_directories = ''\n", s.Port, Host)
	for _, setting := range settings {
		fmt.Fprintln(file, setting)
	}
	if err := file.Close(); err != nil {
		return err
	}
	return s.Start()
}

// Start starts a server that was stopped, and waits until it takes connections.
func (s *Server) Start() error {
	return s.run("pg_ctl", "-D", s.data, "-l", filepath.Join(filepath.Dir(s.data), "log"), "-w", "start")
}

// Stop stops the server: "fast" ends its connections, "immediate" is a crash.
func (s *Server) Stop(mode string) error {
	return s.run("pg_ctl", "-D", s.data, "-m", mode, "-w", "stop")
}

// URL is where a database of the server is found, password included.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(User, Password), Host: net.JoinHostPort(Host, strconv.Itoa(s.Port)),
		Path: "/" + database, RawQuery: "sslmode=disable&timezone=UTC",
	}
	return u.String()
}

func (s *Server) run(name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), s.Program(name), args...)
	cmd.Dir = filepath.Dir(s.data)
	cmd.SysProcAttr = s.process
	// pg_ctl's server keeps what it inherits: output that is a pipe would never end.
	log, err := os.CreateTemp("", "mage-dest-"+name)
	if err != nil {
		return err
	}
	defer func() { _, _ = log.Close(), os.Remove(log.Name()) }()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, said)
	}
	return nil
}
