//go:build linux

package templates_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// load is an input of three streams whose records are numbered, and a connector that
// loads it into a database, however often it is cut off.
type load struct {
	t       *testing.T
	binary  string
	dir     string
	records int
	keyed   bool
	config  map[string]any
	args    []string
	place   string // of the state, if it is not beside the database
	open    func() *sql.DB
	columns []string // of each stream, as a query names them so that they read as landed has them

	runs, kills, completed int         // of the connector; cut off; through
	lost                   int         // rows that a state covered and the database lacked
	exits                  map[int]int // runs by their exit code, -1 for a kill
}

// shapes are the streams, and the columns that their records have beside id.
var shapes = []string{"orders", "users", "events"}

// sent is the text of a record, by its stream and number.
func sent(stream, id int) string {
	switch stream {
	case 0:
		return fmt.Sprintf(`{"id":%d,"amount":%d.%02d,"note":"order %d"}`, id, id*7, id%100, id)
	case 1:
		return fmt.Sprintf(`{"id":%d,"name":"user ü%d","active":%t}`, id, id, id%2 == 0)
	}
	return fmt.Sprintf(`{"id":%d,"at":"2026-01-02T03:04:%02dZ","payload":{"n":%d,"tags":["a","b"]}}`, id, id%60, id)
}

func (l *load) schema(stream int) string {
	keys := "[]"
	if l.keyed {
		keys = `["id"]`
	}
	columns := []string{
		`"amount":{"type":["null","number"]},"note":{"type":["null","string"]}`,
		`"name":{"type":["null","string"]},"active":{"type":["null","boolean"]}`,
		`"at":{"type":["null","string"],"format":"date-time"},"payload":{"type":["null","object"]}`,
	}
	return fmt.Sprintf(`{"type":"SCHEMA","stream":%q,"schema":{"type":"object","properties":{"id":{"type":"integer"},%s}},"key_properties":%s}`+"\n",
		shapes[stream], columns[stream], keys)
}

// of is how many records a stream has.
func (l *load) of(stream int) int { return (l.records + len(shapes) - 1 - stream) / len(shapes) }

// tap writes what comes behind a state, as a tap does that is started with it: all for
// the empty one.
func (l *load) tap(out io.Writer, from [3]int) {
	var lines bytes.Buffer
	for stream := range shapes {
		lines.WriteString(l.schema(stream))
	}
	last := from
	for i := range l.records {
		stream, id := i%len(shapes), i/len(shapes)+1
		if id > from[stream] {
			fmt.Fprintf(&lines, `{"type":"RECORD","stream":%q,"record":%s}`+"\n", shapes[stream], sent(stream, id))
			last[stream] = id
		}
		if i%500 == 499 || i == l.records-1 {
			fmt.Fprintf(&lines, `{"type":"STATE","value":{"bookmarks":{"orders":{"id":%d},"users":{"id":%d},"events":{"id":%d}}}}`+"\n", last[0], last[1], last[2])
			if _, err := out.Write(lines.Bytes()); err != nil {
				return // the connector is gone
			}
			lines.Reset()
		}
	}
	_, _ = out.Write(lines.Bytes()) // the schemas of a stream without records
}

func newLoad(t *testing.T, binary string, records int, keyed bool) *load {
	t.Helper()
	dir := t.TempDir()
	l := &load{
		t: t, binary: binary, dir: dir, records: records, keyed: keyed, exits: map[int]int{},
		config:  map[string]any{"path": filepath.Join(dir, "load.db"), "maximum_batch_rows": 500, "busy_timeout": "20s"},
		columns: []string{"id, amount, note", "id, name, active", "id, at, payload"},
	}
	l.open = func() *sql.DB { return openFile(t, l.database()) }
	return l
}

func (l *load) database() string { return l.config["path"].(string) }

// state is where the state is told.
func (l *load) state() string {
	if l.place != "" {
		return l.place
	}
	return filepath.Join(l.dir, "state.json")
}

// start starts the connector on what follows a state.
func (l *load) start(from [3]int) (*exec.Cmd, *bytes.Buffer) {
	l.t.Helper()
	config, err := json.Marshal(l.config)
	if err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(l.binary, append([]string{"--config_json", string(config), "--state", l.state()}, l.args...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	go func() {
		l.tap(stdin, from)
		_ = stdin.Close()
	}()
	l.runs++
	return cmd, &log
}

// told is the state that was told last. A file that is not whole is a failure.
func (l *load) told() (told [3]int) {
	l.t.Helper()
	text, err := os.ReadFile(l.state())
	if errors.Is(err, os.ErrNotExist) {
		return told
	}
	var state struct {
		Bookmarks map[string]struct{ ID int }
	}
	if err != nil || json.Unmarshal(text, &state) != nil || strings.Count(string(text), "\n") != 1 {
		l.t.Fatalf("the state file holds %q (%v)", text, err)
	}
	for i, name := range shapes {
		told[i] = state.Bookmarks[name].ID
	}
	return told
}

// covered wants every row that a state covers in the database.
func (l *load) covered(told [3]int) {
	l.t.Helper()
	for i, name := range shapes {
		if told[i] == 0 {
			continue
		}
		if got := l.count(fmt.Sprintf(`SELECT count(DISTINCT id) FROM %q WHERE id <= %d`, name, told[i])); got != told[i] {
			l.lost += told[i] - got
			l.t.Errorf("run %d: the state says that %s is stored up to %d, and %d of these rows are there", l.runs, name, told[i], got)
		}
	}
}

func (l *load) count(query string) (n int) {
	l.t.Helper()
	db := l.open()
	defer db.Close() //nolint:errcheck // it was only read
	if err := db.QueryRow(query).Scan(&n); err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// whole holds the database against the input, row by row and value by value.
func (l *load) whole() (missing, double int) {
	l.t.Helper()
	db := l.open()
	defer db.Close() //nolint:errcheck // it was only read
	for i, name := range shapes {
		seen := make([]int, l.of(i)+1)
		rows, err := db.Query(fmt.Sprintf(`SELECT %s FROM %q`, l.columns[i], name))
		if err != nil {
			l.t.Fatal(err)
		}
		for rows.Next() {
			var id int
			var a, b any
			if err := rows.Scan(&id, &a, &b); err != nil {
				l.t.Fatal(err)
			}
			if id < 1 || id >= len(seen) {
				l.t.Fatalf("%s has a row with the id %d, which was not sent", name, id)
			}
			seen[id]++
			if want := landed(i, id); want[0] != fmt.Sprint(a) || want[1] != fmt.Sprint(b) {
				l.t.Fatalf("%s, id %d: stored %v and %v, want %v", name, id, a, b, want)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			l.t.Fatal(err)
		}
		for _, n := range seen[1:] {
			missing += max(1-n, 0)
			double += max(n-1, 0)
		}
	}
	return missing, double
}

// landed are the two values of a record as the database has them.
func landed(stream, id int) [2]string {
	switch stream {
	case 0:
		amount, _ := strconv.ParseFloat(fmt.Sprintf("%d.%02d", id*7, id%100), 64)
		return [2]string{fmt.Sprint(amount), fmt.Sprintf("order %d", id)}
	case 1:
		return [2]string{fmt.Sprintf("user ü%d", id), strconv.Itoa((id + 1) % 2)}
	}
	return [2]string{fmt.Sprintf("2026-01-02T03:04:%02dZ", id%60), fmt.Sprintf(`{"n":%d,"tags":["a","b"]}`, id)}
}

// cutOff runs the load until it is through; each run is cut off by the signals, at a
// random moment of the time that the whole takes.
func (l *load) cutOff(resume bool, most time.Duration, signals ...syscall.Signal) {
	l.t.Helper()
	for {
		var from [3]int
		if resume {
			from = l.told()
		}
		cmd, log := l.start(from)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = cmd.Wait()
		}()
		killed := false
		for i, s := range signals {
			pause := rand.N(most)
			if i > 0 {
				pause = rand.N(20 * time.Millisecond)
			}
			select {
			case <-ended:
			case <-time.After(pause):
				killed = cmd.Process.Signal(s) == nil || killed
			}
		}
		<-ended
		code := cmd.ProcessState.ExitCode()
		l.exits[code]++
		l.covered(l.told())
		if killed {
			l.kills++
		}
		if code == 0 {
			l.completed++
			return
		}
		if code == 1 || code == 2 || !killed {
			l.t.Fatalf("exit code %d\n%s", code, log.String())
		}
	}
}

// TestLoadsThatAreCutOffLoseNothing: killed, or told to stop, at any moment and made
// again until it is through, a load has every row once. MAGE_DEST_KILLS is the least
// number of runs that are cut off in each way, MAGE_DEST_KILL_RECORDS the length of
// the input.
func TestLoadsThatAreCutOffLoseNothing(t *testing.T) {
	kills, records := number(t, "MAGE_DEST_KILLS", 4), number(t, "MAGE_DEST_KILL_RECORDS", 6000)
	binary := buildPack(t, "sqlite")
	ways := []way{
		{"keys, from the last state, SIGKILL", true, true, false, []syscall.Signal{syscall.SIGKILL}},
		{"keys, all again, SIGKILL", true, false, false, []syscall.Signal{syscall.SIGKILL}},
		{"no keys, the same run ID, SIGKILL", false, false, true, []syscall.Signal{syscall.SIGKILL}},
		{"keys, from the last state, SIGTERM", true, true, false, []syscall.Signal{syscall.SIGTERM}},
		{"no keys, the same run ID, SIGTERM", false, false, true, []syscall.Signal{syscall.SIGTERM}},
		{"no keys, the same run ID, SIGTERM and soon SIGKILL", false, false, true, []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			way.cutOff(t, kills, func(t *testing.T) *load { return newLoad(t, binary, records, way.keyed) })
		})
	}
}

// way is a way to cut a load off and to make it again.
type way struct {
	name    string
	keyed   bool
	resume  bool // fed from the last state, else from the start
	runID   bool
	signals []syscall.Signal
}

// cutOff makes loads until so many runs were cut off.
func (w way) cutOff(t *testing.T, kills int, newLoad func(t *testing.T) *load) {
	t.Helper()
	usual := newLoad(t).time()
	total := newLoad(t)
	missing, double := 0, 0
	for loads := 0; total.kills < kills; loads++ {
		l := newLoad(t)
		if w.runID {
			l.args = []string{"--run_id", fmt.Sprintf("load %d", loads)}
		}
		l.cutOff(w.resume, usual, w.signals...)
		lost, twice := l.whole()
		missing, double = missing+lost, double+twice
		total.add(l)
		if err := os.RemoveAll(l.dir); err != nil {
			t.Fatal(err)
		}
	}
	if missing+double > 0 {
		t.Errorf("%d rows are missing, %d double", missing, double)
	}
	t.Logf("%d loads of %d records in %d runs, %d of them cut off: %d rows missing, %d double, %d acknowledged and not there; exit codes %v",
		total.completed, total.records, total.runs, total.kills, missing, double, total.lost, total.exits)
}

// time is how long the load takes if nobody disturbs it.
func (l *load) time() time.Duration {
	l.t.Helper()
	began := time.Now()
	cmd, log := l.start([3]int{})
	if err := cmd.Wait(); err != nil {
		l.t.Fatalf("%v\n%s", err, log)
	}
	return time.Since(began)
}

func (l *load) add(other *load) {
	l.runs, l.kills, l.completed, l.lost = l.runs+other.runs, l.kills+other.kills, l.completed+other.completed, l.lost+other.lost
	for code, n := range other.exits {
		l.exits[code] += n
	}
}

// number is that of an environment variable.
func number(t *testing.T, variable string, usual int) int {
	t.Helper()
	text, ok := os.LookupEnv(variable)
	if !ok {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}
