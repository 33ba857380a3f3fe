package generator

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the generator makes into the case files")

// TestCases runs the files of testdata/cases. The comment of each says what is
// asked for, one word and its argument a line; packs/ holds the packs, of which
// demo is rendered; want/ is what comes out, or error what is told.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runCase(t, archive)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(got))); diff != "" {
				t.Errorf("run with -update if this is right (-want +got):\n%s", diff)
			}
		})
	}
}

// runCase returns the archive with its results as they are.
func runCase(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	got := &txtar.Archive{Comment: archive.Comment}
	packs := fstest.MapFS{}
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "packs/"); ok {
			packs[name] = &fstest.MapFile{Data: f.Data}
			got.Files = append(got.Files, f)
		}
	}
	dir := t.TempDir()
	plan, err := Prepare(context.Background(), caseRequest(t, dir, string(archive.Comment), packs))
	if err != nil {
		text := strings.ReplaceAll(err.Error(), dir, "DIR")
		got.Files = append(got.Files, txtar.File{Name: "error", Data: []byte(text + "\n")})
		return got
	}
	for _, notice := range plan.Notices {
		if strings.HasPrefix(notice, "types of") {
			got.Files = append(got.Files, txtar.File{Name: "notice", Data: []byte(notice + "\n")})
		}
	}
	for _, s := range plan.Steps {
		if !bytes.Contains(s.rendered, []byte("replace ")) {
			got.Files = append(got.Files, txtar.File{Name: "want/" + s.Path, Data: s.rendered})
		}
	}
	return got
}

func caseRequest(t *testing.T, dir, comment string, packs fstest.MapFS) Request {
	req := Request{
		Name: "acme-crm", Library: NewLibrary(packs, "packs"), Template: "demo",
		Dir: filepath.Join(dir, "connector"), Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
	}
	for line := range strings.Lines(comment) {
		word, argument, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "", "#":
		case "name":
			req.Name = argument
		case "module":
			req.Module = argument
		case "set":
			req.Settings = append(req.Settings, argument)
		case "answers":
			req.AnswersFile = filepath.Join(dir, "answers.yaml")
			text := strings.ReplaceAll(argument, `\n`, "\n") + "\n"
			if err := os.WriteFile(req.AnswersFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		case "typecheck":
			req.NoTypeCheck, req.Base = false, Base{Replace: ".."}
		default:
			t.Fatalf("case: unknown word %q", word)
		}
	}
	return req
}
