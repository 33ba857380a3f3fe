package sqldest_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/sqldest"
)

// many is more records than are encoded at a time, and no multiple of anything.
const many = 5003

// integers is a stream of columns c0, c1, …, and the records of a batch; has tells
// which columns a record has.
func integers(t *testing.T, name string, columns, records int, has func(record, column int) bool, key ...string) (base.Stream, []base.RecordData) {
	t.Helper()
	names, kinds := make([]string, columns), slices.Repeat([]string{"integer"}, columns)
	for c := range names {
		names[c] = fmt.Sprint("c", c)
	}
	batch := make([]base.RecordData, records)
	for i := range batch {
		var members []string
		for c := range names {
			if has(i, c) {
				members = append(members, fmt.Sprintf(`"c%d": %d`, c, i*100+c))
			}
		}
		batch[i] = item(t, name, "{"+strings.Join(members, ", ")+"}")
	}
	return streamOf(t, name, schemaText(names, kinds), key...), batch
}

func item(t *testing.T, stream, object string) base.RecordData {
	t.Helper()
	record, err := base.NewRecord([]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	return base.RecordData{Record: record, Stream: stream}
}

// A row has nothing of the rows before it, which lay in the same memory.
func TestRowsOfLargeBatchesAreTheirOwn(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, s.dialect, s.options)
	sparse := func(record, column int) bool { return (record*7+column)%3 > 0 }
	for _, size := range []int{many, 3, 0, many + 1, 1} {
		for _, columns := range []int{2, 9, 300} { // a statement of 300 columns is one row
			records := size
			if columns == 300 {
				records /= 50
			}
			name := fmt.Sprint("s", columns, "_", size)
			stream, batch := integers(t, name, columns, records, sparse)
			if err := w.Write(t.Context(), stream, batch); err != nil {
				t.Fatal(err)
			}
			i := 0
			for got, err := range w.Records(t.Context(), stream) {
				if err != nil {
					t.Fatal(err)
				}
				for c := range columns {
					want := "null"
					if sparse(i, c) {
						want = fmt.Sprint(i*100 + c)
					}
					if value, _ := got.Get(fmt.Sprint("c", c)); string(value) != want {
						t.Fatalf("stream %s, record %d, column %d: %s, want %s", name, i, c, value, want)
					}
				}
				i++
			}
			if i != records {
				t.Errorf("stream %s has %d rows, want %d", name, i, records)
			}
		}
	}
}

func TestKeysOfLargeBatches(t *testing.T) {
	for method, want := range map[string]string{"": "1", "IGNORE": "0"} {
		s := newStore(t)
		w := sqldest.New(s.db, s.dialect, s.options)
		stream := streamOf(t, "s", schemaText([]string{"id", "n"}, []string{"integer", "integer"}), "id")
		stream.UniqueConflictMethod = method
		var batch []base.RecordData
		for n := range 2 {
			for id := range many {
				batch = append(batch, item(t, "s", fmt.Sprintf(`{"id": %d, "n": %d}`, id, n)))
			}
		}
		for range 2 { // the second time in memory that was used
			if err := w.Write(t.Context(), stream, batch); err != nil {
				t.Fatal(err)
			}
			s.want(`SELECT count(*), min(n), max(n), sum(rowid - id <> 1) FROM s`, fmt.Sprint(many, " ", want, " ", want, " 0"))
		}
	}
}

// What the table lacks is found when rows before are inserted already.
func TestColumnsComeLateInALargeBatch(t *testing.T) {
	s := newStore(t)
	lines := []string{schema("s", idInt)}
	for id := range many {
		lines = append(lines, record("s", fmt.Sprintf(`"id":%d`, id)))
	}
	lines = append(lines, record("s", `"id":-1,"new":"x"`), record("s", `"id":-2,"NEW":"y"`, `"version":3`))
	log := s.load(lines...)
	s.want(`SELECT count(*) FROM s WHERE id >= 0`, fmt.Sprint(many))
	s.want(`SELECT id, new, NEW_a253ff09, _sdc_table_version FROM s WHERE id < 0 ORDER BY id`, `-2 NULL 'y' 3`, `-1 'x' NULL NULL`)
	if n := strings.Count(log, "A column that the schema lacks was added"); n != 2 {
		t.Errorf("%d warnings, want one for each of two columns:\n%s", n, log)
	}
}

// trap is a dialect that does something at one value.
type trap struct {
	dialect
	at     string
	spring func() error
}

func (d trap) Encode(column sqldest.Column, t sqldest.Type, v base.Value) (any, error) {
	if string(v) == d.at {
		if err := d.spring(); err != nil {
			return nil, err
		}
	}
	return d.dialect.Encode(column, t, v)
}

// However a batch ends, nothing of it is stored, no goroutine stays behind, and
// the next one is stored.
func TestLargeBatchesThatEndEarly(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	all := func(int, int) bool { return true }
	for _, at := range []int{0, 1, many / 2, many - 1} {
		for name, tc := range map[string]struct {
			spring func() error
			check  string // of the table
			want   string
		}{
			"panic":          {spring: func() error { panic("sprung") }, want: "sprung"},
			"Goexit":         {spring: func() error { runtime.Goexit(); return nil }, want: "Goexit"},
			"insert refused": {spring: func() error { return nil }, check: fmt.Sprintf("CHECK (c0 <> %d)", at*100), want: "CHECK"},
		} {
			t.Run(fmt.Sprint(name, " at ", at), func(t *testing.T) {
				s := newStore(t)
				if _, err := s.db.Exec(`CREATE TABLE s (c0 INTEGER ` + tc.check + `, c1 INTEGER)`); err != nil {
					t.Fatal(err)
				}
				w := sqldest.New(s.db, trap{at: fmt.Sprint(at * 100), spring: tc.spring}, s.options)
				stream, batch := integers(t, "s", 2, many, all)
				if err := recovered(func() error { return w.Write(t.Context(), stream, batch) }); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("Write: %v, want %s", err, tc.want)
				}
				s.want(`SELECT count(*) FROM s`, `0`)
				if err := w.Write(t.Context(), stream, slices.Delete(batch, at, at+1)); err != nil {
					t.Fatal(err)
				}
				s.want(`SELECT count(*) FROM s`, fmt.Sprint(many-1))
			})
		}
	}
}

func recovered(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return f()
}

func TestFaultsOfLargeBatchesAreListed(t *testing.T) {
	s := newStore(t)
	w := sqldest.New(s.db, trap{at: "250000", spring: func() error { return errors.New("sprung") }}, s.options)
	stream, batch := integers(t, "s", 2, many, func(int, int) bool { return true })
	var failed *base.BatchError
	if err := w.Write(t.Context(), stream, batch); !errors.As(err, &failed) || len(failed.Failed) != 1 || failed.Failed[2500] == nil {
		t.Errorf("Write: %v, want record 2500 alone to fail", err)
	}
	s.want(`SELECT count(*), sum(c0 = 250000) FROM s`, fmt.Sprint(many-1, " 0"))
}
