package base

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"
	"unsafe"
)

// benchRow is a record of benchLines as an author would declare it.
type benchRow struct {
	ID        int64     `json:"id"`
	UUID      string    `json:"uuid"`
	Name      *string   `json:"name"`
	Email     *string   `json:"email"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt string    `json:"updated_at"`
	Amount    float64   `json:"amount"`
	Quantity  int       `json:"quantity"`
	Active    bool      `json:"active"`
	Status    string    `json:"status"`
	Country   string    `json:"country"`
	Score     float64   `json:"score"`
	Tags      []string  `json:"tags"`
	Notes     string    `json:"notes"`
}

// benchText is the same with what needs no reading but copying.
type benchText struct {
	ID        int64  `json:"id"`
	UUID      string `json:"uuid"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	Amount    string `json:"-"`
	Quantity  int    `json:"quantity"`
	Active    bool   `json:"active"`
	Status    string `json:"status"`
	Country   string `json:"country"`
	Score     float64
	Tags      []string `json:"tags"`
	Notes     string   `json:"notes"`
}

// benchRecord is a record that a run has read, as ExportBatchData gets it.
func benchRecord(tb testing.TB) Record {
	tb.Helper()
	p, _ := benchParser(tb, "full")
	lines := bytes.Split(benchLines(501), []byte("\n"))
	e := p.entries.New()
	e.line = lines[500]
	if !p.parse(e) {
		tb.Fatalf("%s is not taken", e.line)
	}
	return Record{e}
}

func BenchmarkMap(b *testing.B) {
	r := benchRecord(b)
	b.Run("base", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if m, err := r.Map(); err != nil || len(m) != 14 {
				b.Fatal(m, err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var m map[string]any
			if err := decode(r.Raw(), &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	b.Run("typed", benchDecode[benchRow])
	b.Run("text", benchDecode[benchText])
}

func benchDecode[T any](b *testing.B) {
	r := benchRecord(b)
	b.Run("base", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode[T](r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var row T
			if err := decode(r.Raw(), &row); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The figures above are those of the short way only as long as it is taken.
func TestPlainFieldsAreFilledWithoutEncodingJSON(t *testing.T) {
	r := benchRecord(t)
	row, text := filled[benchRow](t, r), filled[benchText](t, r)
	if row.ID != 500 || *row.Name != "customer 500" || row.CreatedAt.Day() != 25 || len(row.Tags) != 2 || text.Status != "paid" || text.Score != 0.501 {
		t.Errorf("%+v, %+v", row, text)
	}
}

func filled[T any](t *testing.T, r Record) (out T) {
	t.Helper()
	f := filling{layout: layoutOf(reflect.TypeFor[T]())}
	if !f.fill(r, unsafe.Pointer(&out), &out) || len(f.rest) > 0 {
		t.Errorf("%T is left to encoding/json", out)
	}
	return out
}

// go vet refuses a struct that has a name twice, so it cannot stand in a test as such.
func TestAStructWithOneNameTwiceIsLeftToEncodingJSON(t *testing.T) {
	field := func(name, tag string) reflect.StructField {
		return reflect.StructField{Name: name, Type: reflect.TypeFor[int](), Tag: reflect.StructTag(tag)}
	}
	for _, second := range []reflect.StructField{field("B", `json:"x"`), field("B", `json:"X,omitempty"`), field("X", "")} {
		if newLayout(reflect.StructOf([]reflect.StructField{field("A", `json:"x"`), second}), nil) != nil {
			t.Errorf("%+v", second)
		}
	}
}

// More fields than filling has room for by itself.
func TestAWideStructIsFilledAndAColumnForAFilledFieldIsNoticed(t *testing.T) {
	const columns = 300
	fields := make([]reflect.StructField, columns)
	for i := range fields {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: reflect.TypeFor[int](), Tag: reflect.StructTag(fmt.Sprintf(`json:"c%d"`, i))}
	}
	row := reflect.StructOf(fields)
	r := benchWide(columns)
	out := reflect.New(row)
	f := filling{layout: newLayout(row, nil)}
	if !f.fill(r, out.UnsafePointer(), out.Interface()) || len(f.rest) > 0 {
		t.Fatal("left to encoding/json")
	}
	for i := range columns {
		if got := out.Elem().Field(i).Int(); got != int64(i) {
			t.Errorf("field %d is %d", i, got)
		}
	}
	twice, err := NewRecord(append(bytes.TrimSuffix(bytes.Clone(r.Raw()), []byte("}")), `,"C200":1}`...))
	if err != nil {
		t.Fatal(err)
	}
	out = reflect.New(row)
	f = filling{layout: newLayout(row, nil)}
	if f.fill(twice, out.UnsafePointer(), out.Interface()) {
		t.Error("a field was filled twice")
	}
}
