package conform

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func (p *probe) journal() string { return filepath.Join(p.dir, "journal.jsonl") }

// calls are the calls of ExportBatchData so far, of a program that tells them.
func (p *probe) calls() []Call {
	calls, err := readJournal(p.journal())
	p.must(err)
	return calls
}

// rows are what is stored of a stream; ok is false where that cannot be known.
func (p *probe) rows(stream string) (rows []Row, ok bool) {
	var err error
	switch {
	case p.target.ReadBack != nil:
		rows, err = p.target.ReadBack(p.ctx, p.dir, stream)
	case p.target.Inside:
		rows, err = confirmed(p.calls(), stream)
	default:
		p.needs = true
		return nil, false
	}
	if err != nil {
		p.give("the store cannot be read back: %v", err)
	}
	return rows, true
}

// stored are the rows of the store itself: what the program has confirmed will not do.
func (p *probe) stored(stream string) (rows []Row, ok bool) {
	if p.target.ReadBack == nil {
		p.needs = true
		return nil, false
	}
	return p.rows(stream)
}

// ids are the values of the column id, in order.
func ids(rows []Row) []int {
	var list []int
	for _, row := range rows {
		text := strings.Trim(string(row.column("id")), `"`)
		if n, err := strconv.Atoi(text); err == nil {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}

// column finds a column whatever the store has made of the case of its name.
func (r Row) column(name string) json.RawMessage {
	if value, ok := r[name]; ok {
		return value
	}
	for key, value := range r {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return nil
}

// wantIDs holds the stored ids of a stream against those that were sent.
func (p *probe) wantIDs(stream string, want []int) {
	rows, ok := p.rows(stream)
	if !ok || !p.acknowledged() { // what is missing then will be sent again
		return
	}
	got := ids(rows)
	missing, double, other := compare(got, want)
	switch {
	case len(missing) > 0:
		p.lose("%d of %d records of %s are not in the store: id %s", len(missing), len(want), stream, few(missing))
	case len(double) > 0:
		p.lose("%d records of %s are in the store more often than they should be: id %s", len(double), stream, few(double))
	case len(other) > 0:
		p.lose("%s holds rows that were not sent: id %s", stream, few(other))
	}
}

// compare holds two sorted lists against each other.
func compare(got, want []int) (missing, double, other []int) {
	counts := map[int]int{}
	for _, id := range got {
		counts[id]++
	}
	wanted := map[int]int{}
	for _, id := range want {
		wanted[id]++
	}
	for id, n := range wanted {
		for range n - counts[id] {
			missing = append(missing, id)
		}
	}
	for id, n := range counts {
		switch {
		case wanted[id] == 0:
			other = append(other, id)
		case n > wanted[id]:
			double = append(double, id)
		}
	}
	slices.Sort(missing)
	slices.Sort(double)
	slices.Sort(other)
	return missing, double, other
}

func few(list []int) string {
	const most = 5
	texts := make([]string, 0, most)
	for _, n := range list[:min(len(list), most)] {
		texts = append(texts, strconv.Itoa(n))
	}
	if len(list) > most {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}
