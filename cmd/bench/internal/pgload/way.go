package pgload

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// way is one way to load.
type way struct {
	title   string
	table   string
	before  []string // statements
	command func(ctx context.Context) *exec.Cmd
}

// stage is what all of them work on.
type stage struct {
	*store
	dir     string
	records int
	program string // the connector's
	sum     string // of the rows that the first load has left
}

// ways are all, psql first: the others are held against it.
func (s *stage) ways() []way {
	return []way{
		{`psql \copy`, theirs, []string{"TRUNCATE " + theirs}, s.psql(`\copy ` + theirs + ` FROM '` + s.file("rows.copy") + `'`)},
		{"into a table that the run makes", ours, []string{"DROP TABLE " + ours}, s.connector},
		{"into an empty table that is there", ours, []string{"TRUNCATE " + ours}, s.connector},
		{"onto rows that are there", ours, nil, s.connector},
	}
}

// first loads once, for the rows that psql copies.
func (s *stage) first(ctx context.Context) error {
	if _, err := s.run(ctx, way{title: "the first load", table: ours, command: s.connector}); err != nil {
		return err
	}
	if _, err := s.run(ctx, way{title: "psql", table: ours, command: s.psql(`\copy ` + ours + ` TO '` + s.file("rows.copy") + `'`)}); err != nil {
		return err
	}
	return s.prepare(ctx, "CREATE TABLE "+theirs+" (LIKE "+ours+" INCLUDING ALL)")
}

func (s *stage) file(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) connector(ctx context.Context) *exec.Cmd {
	return exec.CommandContext(ctx, s.program, "--config", s.file("config.json"), "--input_file_path", s.file("orders.singer"), "--state", s.file("state.json"))
}

func (s *stage) psql(command string) func(ctx context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, s.server.Program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", command)
		cmd.Env = append(os.Environ(), "PGHOST="+pgserver.Host, fmt.Sprintf("PGPORT=%d", s.server.Port),
			"PGUSER="+pgserver.User, "PGPASSWORD="+pgserver.Password, "PGDATABASE="+pgserver.Database)
		return cmd
	}
}

// run loads in one way and looks at what is there then.
func (s *stage) run(ctx context.Context, w way) (figures.Sample, error) {
	var sample figures.Sample
	if err := s.prepare(ctx, w.before...); err != nil {
		return sample, err
	}
	if _, err := figures.LowerFloor(); err != nil {
		return sample, err
	}
	log, err := os.Create(s.file("log"))
	if err != nil {
		return sample, err
	}
	defer log.Close() //nolint:errcheck // it is only read where the load fails
	cmd := w.command(ctx)
	cmd.Stdout, cmd.Stderr = log, log
	started := time.Now()
	err = cmd.Run()
	sample.Wall = time.Since(started)
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return sample, fmt.Errorf("%s: %w\n%s", w.title, err, strings.TrimSpace(string(said)))
	}
	sample.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	sample.PeakKiB = figures.ChildPeakKiB(cmd.ProcessState)
	return sample, s.holds(ctx, w)
}

// holds wants the rows of the first load in the table of a way.
func (s *stage) holds(ctx context.Context, w way) error {
	rows, sum, err := s.contents(ctx, w.table)
	switch {
	case err != nil:
		return err
	case rows != s.records:
		return fmt.Errorf("%s: %d rows are in %s, want %d", w.title, rows, w.table, s.records)
	case s.sum == "":
		s.sum = sum
	case s.sum != sum:
		return fmt.Errorf("%s: the rows in %s are others than those of the first load", w.title, w.table)
	}
	return nil
}
