package scaffold

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bareStage is a stage without connectors, in which the go command is a tool.
func bareStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{dir: t.TempDir(), env: os.Environ(), before: tree{}, today: tree{"new.txt": []byte("new\n")}}
	if err := os.Mkdir(filepath.Join(s.dir, "runs"), 0o755); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACommandHasToDoItsWork(t *testing.T) {
	s := bareStage(t)
	start := t.TempDir()
	if err := s.today.write(start); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		e    entry
		want string // "" for none
	}{
		"done":              {entry{program: "go", args: []string{"version"}, writes: true}, ""},
		"another exit code": {entry{program: "go", args: []string{"version"}, writes: true, exit: 3}, "exit code 0, want 3"},
		"failed":            {entry{program: "go", args: []string{"no-such-verb"}, writes: true}, "unknown command"},
		"failure is right":  {entry{program: "go", args: []string{"no-such-verb"}, writes: true, exit: 2}, ""},
		"no such program":   {entry{program: filepath.Join(s.dir, "nothing"), writes: true}, "nothing"},
		"not written":       {entry{program: "go", args: []string{"version"}, writes: true, verify: s.today.brought}, "new.txt"},
		"is in its copy":    {entry{program: "go", args: []string{"version"}, writes: true, dir: start, verify: s.today.brought}, ""},
		"wrote in dry run":  {entry{program: "go", args: []string{"version"}, dir: start, verify: s.unwritten}, "it wrote new.txt"},
		"names no file":     {entry{program: "go", args: []string{"version"}, writes: true, verify: s.foretold}, "it does not name new.txt"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sample, err := test.e.run(context.Background(), s)
			switch {
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v, want %s", err, test.want)
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want == "" && sample.Wall <= 0:
				t.Errorf("it took no time: %+v", sample)
			}
		})
	}
	if left, err := os.ReadDir(filepath.Join(s.dir, "runs")); err != nil || len(left) > 0 {
		t.Errorf("runs left %v, %v", left, err)
	}
}
