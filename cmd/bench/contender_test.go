package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/mage-dest/mage-dest/base"
)

// TestMain lets the test binary be a contender, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childVerb {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func TestContendersTakeEveryRecord(t *testing.T) {
	for _, s := range shapes() {
		text := sampled(t, s, sampleRecords)
		in := input{records: sampleRecords, lines: bytes.Count(text, []byte("\n"))}
		for _, c := range contenders() {
			if c.run == nil {
				continue
			}
			t.Run(s.name+"/"+c.name, func(t *testing.T) {
				var stderr bytes.Buffer
				n, err := c.run(job{shape: s, workers: 2, stdin: bytes.NewReader(text), stdout: io.Discard, stderr: &stderr})
				if err != nil || n != c.want(in) {
					t.Errorf("%d %s, %v, want %d\n%s", n, c.counts, err, c.want(in), &stderr)
				}
			})
		}
	}
}

// What is measured is work that is done: a record that is wrong is found.
func TestContendersFindWhatIsWrong(t *testing.T) {
	s, err := shapeNamed("flat14")
	if err != nil {
		t.Fatal(err)
	}
	text := string(sampled(t, s, sampleRecords))
	faults := map[string]struct {
		old, new string
		finders  string // contenders that have to refuse it
	}{
		"wrong type":   {`"id":77,`, `"id":"77",`, "naive map decode noop noop-mage"},
		"not in enum":  {`"status":"paid"`, `"status":"lost"`, "naive map decode noop noop-mage"},
		"wrong format": {`"created_at":"20`, `"created_at":"day 20`, "naive map decode noop"},
		"no JSON":      {`"id":77,`, `"id":77,,`, "naive map decode noop noop-mage json.Valid syntax"},
	}
	for name, fault := range faults {
		wrong := strings.Replace(text, fault.old, fault.new, 1)
		if wrong == text {
			t.Fatalf("%s: the input holds no %s", name, fault.old)
		}
		for _, c := range contenders() {
			if c.run == nil {
				continue
			}
			t.Run(name+"/"+c.name, func(t *testing.T) {
				_, err := c.run(job{shape: s, stdin: strings.NewReader(wrong), stdout: io.Discard, stderr: io.Discard})
				want := strings.Contains(" "+fault.finders+" ", " "+c.name+" ")
				if (err != nil) != want {
					t.Errorf("refused: %t (%v), want %t", err != nil, err, want)
				}
			})
		}
	}
}

// Decode fills the struct of each shape: a column that it lacks would be left out.
func TestStructsHoldEveryColumn(t *testing.T) {
	for _, s := range shapes() {
		text := sampled(t, s, 1)
		_, messages := recordLines(t, text)
		r, err := base.NewRecord(messages[0].Record)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.decode(r); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

func TestLinesAreSplitWhereTheyEnd(t *testing.T) {
	long := strings.Repeat("x", 700<<10)
	for _, text := range []string{"", "a", "a\n", "\n\n", "a\nb", long, "a\n" + long + "\nb\n" + long} {
		want := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if text == "" {
			want = nil
		}
		for name, r := range map[string]io.Reader{"at once": strings.NewReader(text), "in pieces": slow{strings.NewReader(text)}} {
			var got []string
			n, err := eachLine(r, func(line []byte) bool { got = append(got, string(line)); return true })
			if err != nil || n != len(want) || strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("%.20q %s: %d lines, want %d (%v)", text, name, n, len(want), err)
			}
		}
	}
}

// slow reads at most 1000 bytes at once.
type slow struct{ io.Reader }

func (s slow) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 1000)]) }

func TestProcessesAreHeldToTheirCount(t *testing.T) {
	s, err := shapeNamed("narrow3")
	if err != nil {
		t.Fatal(err)
	}
	in, err := generateFile(filepath.Join(t.TempDir(), "input"), s, 100, 3)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		says  string // what the error says, "" for none
		spoil func(in *input)
	}{
		{"noop", "", func(*input) {}},
		{"lines", "", func(*input) {}},
		{"noop", "it counted 100 records, want 101", func(in *input) { in.records++ }},
		{"lines", "it counted 102 lines, want 103", func(in *input) { in.lines++ }},
		{"nobody", `contender "nobody" is not known`, func(*input) {}},
	}
	for _, test := range tests {
		c, _ := contenderNamed(test.name)
		in := in
		test.spoil(&in)
		s, err := runProcess(exec.Command(os.Args[0], childVerb, test.name, "narrow3", strconv.Itoa(0)), in, c)
		if test.says == "" && (err != nil || s.CPU <= 0 || s.Wall <= 0) {
			t.Errorf("%s: %v, %v", test.name, s, err)
		}
		if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %s", test.name, err, test.says)
		}
	}
}

func TestPeersAreSkippedWithAWord(t *testing.T) {
	py, err := newPython(filepath.Join(t.TempDir(), "no-python"), "", filepath.Join(t.TempDir(), "python"))
	if err != nil {
		t.Fatal(err)
	}
	mage, singerSDK := peers()
	for it, want := range map[*peer]string{mage: "--mage", singerSDK: "--python"} {
		if err := py.missing(context.Background(), it); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a word of %s", it.script, err, want)
		}
	}
}
