package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Summary says what a function does with its parameters.
type Summary struct {
	Results []Labels // of each result: what it holds
	Into    []Labels // of each parameter: what is put into the thing it points to
	Sinks   []Sink
}

// Sink is a place in a function where labelled values end.
type Sink struct {
	Labels Labels
	What   string // for people: "kept in field pending"
	Where  string // "file.go:12"
	Async  bool   // harmless if the caller waits for what was started
}

// empty tells a Summary that says nothing.
func (s *Summary) empty() bool {
	none := func(l Labels) bool { return l == 0 }
	return len(s.Sinks) == 0 && !slices.ContainsFunc(s.Results, func(l Labels) bool { return !none(l) }) &&
		!slices.ContainsFunc(s.Into, func(l Labels) bool { return !none(l) })
}

func (s *Summary) String() string {
	var parts []string
	for i, l := range s.Results {
		if l != 0 {
			parts = append(parts, fmt.Sprintf("result %d holds %v", i, l))
		}
	}
	for i, l := range s.Into {
		if l != 0 {
			parts = append(parts, fmt.Sprintf("parameter %d is given %v", i, l))
		}
	}
	for _, sink := range s.Sinks {
		parts = append(parts, fmt.Sprintf("%v is %s", sink.Labels, sink.What))
	}
	return strings.Join(parts, "; ")
}

func (l Labels) String() string {
	var names []string
	for i := range l.params {
		names = append(names, fmt.Sprintf("parameter %d", i))
	}
	if l.Sources() != 0 {
		names = append(names, "the source")
	}
	return strings.Join(names, ", ")
}
