package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func TestProgressTellsEachStepOnce(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := &progress{out: &out, now: func() time.Time { now = now.Add(time.Second); return now }}
	words, err := p.during("building", func(words io.Writer) error {
		fmt.Fprintln(words, "a line")
		return errors.New("no")
	})
	if string(words) != "a line" || err == nil {
		t.Errorf("got %q and %v, want what the step said and its error", words, err)
	}
	if got, want := out.String(), "building: failed in 1.0 s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLiveLineGoesWhenTheStepIsOver(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: &out, live: true, now: func() time.Time { return time.Unix(0, 0) }}
	if _, err := p.during("building", func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	live, rest, cleared := strings.Cut(out.String(), "\r\x1b[Kbuilding: ")
	if !cleared || !strings.HasPrefix(live, "\r\x1b[Kbuilding … 0 s") || rest != "done in 0.0 s\n" {
		t.Errorf("got %q, want a live line, its end, and the line that stays", out.String())
	}
}
