// Package store is a helper of a connector, in a package of its own.
package store

import "github.com/mage-dest/mage-dest/base"

type Store struct{ rows []base.Record }

var last []byte

func (s *Store) Add(r base.Record) { // want Add:`parameter 0 is given parameter 1`
	s.rows = append(s.rows, r)
}

func (s *Store) AddCopy(r base.Record) { s.rows = append(s.rows, r.Clone()) }

func Remember(raw []byte) { // want Remember:`parameter 0 is stored in the variable last`
	last = raw
}

func First(records []base.RecordData) base.Record { // want First:`result 0 holds parameter 0`
	return records[0].Record
}

func Names(records []base.RecordData) []string {
	var names []string
	for _, r := range records {
		names = append(names, r.Stream)
	}
	return names
}
