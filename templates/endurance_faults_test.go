//go:build linux

package templates_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run runs the connector on all of the input that follows the last state.
func (l *load) run() (code int, log string) {
	l.t.Helper()
	cmd, stderr := l.start(l.told())
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stderr.String()
}

// fails wants a run to fail, to say why, and to have told nothing that is not stored.
func (l *load) fails(words string) {
	l.t.Helper()
	code, log := l.run()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if last := lines[len(lines)-1]; code != 1 || !strings.Contains(last, words) {
		l.t.Errorf("exit code %d, want 1 and %q in the last line:\n%s", code, words, last)
	}
	l.covered(l.told())
}

// completes wants a run to go well, after which all is there once.
func (l *load) completes() (log string) {
	l.t.Helper()
	code, log := l.run()
	if code != 0 {
		l.t.Fatalf("exit code %d\n%s", code, log)
	}
	if missing, double := l.whole(); missing+double > 0 {
		l.t.Errorf("%d rows are missing, %d double", missing, double)
	}
	return log
}

// Another process holds the database: the connector waits and tries again, and gives up
// when it may.
func TestLockedDatabaseIsTriedAgain(t *testing.T) {
	l := newLoad(t, buildPack(t, "sqlite"), 3000, true)
	l.config["busy_timeout"], l.config["retry_wait"], l.config["maximum_attempts"] = "50ms", "50ms", 3
	l.completes() // makes the tables
	holder := openFile(t, l.database())
	defer holder.Close() //nolint:errcheck // it was only used to hold
	tx, err := holder.Begin()
	if err == nil {
		_, err = tx.Exec(`INSERT INTO orders (id) VALUES (0)`)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(l.state()); err != nil {
		t.Fatal(err)
	}
	l.fails("given up after 3 attempts")

	l.config["maximum_attempts"] = 0
	cmd, log := l.start(l.told())
	time.Sleep(time.Second)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(log.String(), "The next one is made in") {
		t.Errorf("%v, and it should have been tried again:\n%s", err, log.String())
	}
	if missing, double := l.whole(); missing+double > 0 {
		t.Errorf("%d rows are missing, %d double", missing, double)
	}
}

// A trigger of the table refuses some rows: without dead letters the stream fails, with
// them they and only they are set aside, and loaded when the trigger is gone.
func TestRowsThatATriggerRefusesComeBack(t *testing.T) {
	const trigger = `CREATE TRIGGER odd BEFORE INSERT ON orders WHEN NEW.id % 100 = 7 BEGIN SELECT RAISE(ABORT, 'no sevens today'); END`
	l := newLoad(t, buildPack(t, "sqlite"), 3000, false).again()
	l.prepare(trigger)
	l.fails("no sevens today")
	l = l.again()
	l.prepare(trigger)
	letters := filepath.Join(l.dir, "dead.jsonl")
	l.config["on_invalid"], l.config["dead_letter_path"] = "dead_letter", letters
	if code, log := l.run(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	if missing, double := l.whole(); missing != 10 || double != 0 {
		t.Errorf("%d rows are missing, want the 10 of 1,000 that are refused; %d double", missing, double)
	}
	l.prepare(`DROP TRIGGER odd`)
	state, _ := os.ReadFile(l.state())
	delete(l.config, "on_invalid")
	delete(l.config, "dead_letter_path")
	replay := exec.Command(l.binary, "--config_json", l.json(), "--state", l.state(), "--input_file_path", letters)
	if out, err := replay.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if missing, double := l.whole(); missing+double > 0 {
		t.Errorf("after the letters were fed back %d rows are missing, %d double", missing, double)
	}
	if after, _ := os.ReadFile(l.state()); !bytes.Equal(state, after) {
		t.Errorf("feeding letters back has changed the state from %s to %s", state, after)
	}
}

// again is a load of the same input into an empty store.
func (l *load) again() *load {
	l.t.Helper()
	next := newLoad(l.t, l.binary, l.records, l.keyed)
	next.records = 0
	if code, log := next.run(); code != 0 { // makes the tables
		l.t.Fatalf("exit code %d\n%s", code, log)
	}
	next.records = l.records
	return next
}

// prepare runs a statement on the database.
func (l *load) prepare(statement string) {
	l.t.Helper()
	db := openFile(l.t, l.database())
	_, err := db.Exec(statement)
	if err := errors.Join(err, db.Close()); err != nil {
		l.t.Fatal(err)
	}
}

func (l *load) json() string {
	l.t.Helper()
	text, err := json.Marshal(l.config)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

// smallDisk is a file system of its own, of so many KiB.
func smallDisk(t *testing.T, kib int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kib)); err != nil {
		t.Skipf("SKIPPED: no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func grow(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"); err != nil {
		t.Fatal(err)
	}
}

// A disk that is full fails the run, whatever lies on it; nothing is acknowledged that
// is not stored, and when there is room the next run completes the load.
func TestFullDiskLosesNothing(t *testing.T) {
	binary := buildPack(t, "sqlite")
	patient := func(l *load) *load {
		l.config["retry_wait"], l.config["maximum_attempts"] = "5ms", 2
		return l
	}
	t.Run("database", func(t *testing.T) {
		disk := smallDisk(t, 400)
		l := patient(newLoad(t, binary, 12_000, true))
		l.config["path"] = filepath.Join(disk, "load.db")
		l.fails("full")
		grow(t, disk)
		l.completes()
	})
	t.Run("state", func(t *testing.T) {
		disk := smallDisk(t, 8)
		l := patient(newLoad(t, binary, 6000, true))
		l.place = filepath.Join(disk, "state.json")
		if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 8<<10), 0o600); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		l.fails("no space left on device")
		grow(t, disk)
		l.completes()
	})
	t.Run("dead letters", func(t *testing.T) {
		disk := smallDisk(t, 8)
		l := patient(newLoad(t, binary, 6000, true))
		l = l.again()
		l.prepare(`CREATE TRIGGER odd BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'nobody today'); END`)
		letters := filepath.Join(disk, "dead.jsonl")
		l.config["on_invalid"], l.config["dead_letter_path"], l.config["maximum_dead_letters"] = "dead_letter", letters, 0
		l.fails("no space left on device")
		grow(t, disk)
		if code, log := l.run(); code != 0 {
			t.Fatalf("exit code %d\n%s", code, log)
		}
		l.prepare(`DROP TRIGGER odd`)
		delete(l.config, "on_invalid")
		again := filepath.Join(l.dir, "again.jsonl") // half a letter may be in it, of the full disk
		l.config["on_invalid"], l.config["dead_letter_path"] = "dead_letter", again
		replay := exec.Command(binary, "--config_json", l.json(), "--input_file_path", letters)
		if out, err := replay.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if missing, double := l.whole(); missing+double > 0 {
			t.Errorf("%d rows are missing, %d double", missing, double)
		}
	})
}

// TestSoak runs a long input through sqlite and through a connector that keeps nothing,
// and looks at memory and goroutines all the while. MAGE_DEST_SOAK is the number of
// records for the one that keeps nothing, in millions; sqlite gets a tenth.
func TestSoak(t *testing.T) {
	text, ok := os.LookupEnv("MAGE_DEST_SOAK")
	if !ok {
		t.Skip("SKIPPED: takes minutes; MAGE_DEST_SOAK=50 runs 50 million records through")
	}
	millions, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	soaked := func(name, binary string, millions float64, config map[string]any) {
		t.Run(name, func(t *testing.T) {
			l := newLoad(t, binary, int(millions*1e6), true)
			for key, value := range config {
				l.config[key] = value
			}
			delete(l.config, "maximum_batch_rows")
			told := filepath.Join(l.dir, "usage")
			t.Setenv("SOAK_USAGE", told)
			began := time.Now()
			cmd, log := l.start([3]int{})
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			used := readUsage(t, told)
			t.Logf("%.1f million records in %s", millions, time.Since(began).Round(time.Second))
			judge(t, "resident KiB", used.resident, 32<<10, 256<<10)
			judge(t, "live KiB", used.live, 16<<10, 160<<10)
			judge(t, "goroutines", used.goroutines, 10, 1000)
		})
	}
	soaked("no-op", buildCounting(t, "stub"), millions, map[string]any{"url": "x", "path": nil, "busy_timeout": nil})
	soaked("sqlite", buildCounting(t, "sqlite"), millions/10, nil)
}

// counter writes, four times a second, how many goroutines there are, how many KiB the
// last collection found in use, and how many are resident: those that are free, too.
const counter = `package acme

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"
)

func init() {
	file, err := os.Create(os.Getenv("SOAK_USAGE"))
	if err != nil {
		return
	}
	go func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for range time.Tick(250 * time.Millisecond) {
			metrics.Read(live)
			status, _ := os.ReadFile("/proc/self/status")
			_, resident, _ := strings.Cut(string(status), "VmRSS:")
			fmt.Fprintln(file, runtime.NumGoroutine(), live[0].Value.Uint64()>>10, strings.Fields(resident)[0])
		}
	}()
}
`

// buildCounting renders and builds a connector that counts its goroutines; a stub says
// that all is stored.
func buildCounting(t *testing.T, pack string) string {
	t.Helper()
	c := newConnector(t, pack, "acme")
	c.goTool(t, "mod", "tidy")
	const file, stub = "internal/acme/destination.go", "return base.ErrNotImplemented"
	for name, text := range map[string]string{
		file: strings.Replace(c.read(t, file), stub, "return nil", 1), "internal/acme/counter.go": counter,
	} {
		if err := os.WriteFile(c.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c.goTool(t, "build", "-o", "acme", ".")
	return c.path("acme")
}

// usage is what counter has seen, one figure each time.
type usage struct{ goroutines, live, resident []int }

func readUsage(t *testing.T, file string) (u usage) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var goroutines, live, resident int
		if _, err := fmt.Sscan(line, &goroutines, &live, &resident); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		u.goroutines, u.live, u.resident = append(u.goroutines, goroutines), append(u.live, live), append(u.resident, resident)
	}
	return u
}

// judge fails when the least of the last third is more than growth above that of the
// second, or anything above limit. What leaks raises the least too, and single figures go
// up and down with the collector and with what a driver does for a moment; the first third
// is the start.
func judge(t *testing.T, what string, figures []int, growth, limit int) {
	t.Helper()
	third := len(figures) / 3
	if third == 0 {
		t.Fatalf("%s: %d samples are too few", what, len(figures))
	}
	second, last, most := slices.Min(figures[third:2*third]), slices.Min(figures[2*third:]), slices.Max(figures)
	t.Logf("%s: at least %d in the second third, %d in the last; at most %d in %d samples", what, second, last, most, len(figures))
	if last-second > growth {
		t.Errorf("%s: more and more", what)
	}
	if most > limit {
		t.Errorf("%s: more than %d", what, limit)
	}
}
