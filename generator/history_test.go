package generator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// histories is small for every day; MAGE_DEST_HISTORIES=300 asks for more.
const histories = 40

// TestHistoriesLoseNothingOfTheAuthor lives through random sequences of changes to a
// template, edits of the author and updates. Each update must make of every file what
// git merge-file --diff3 makes of it, and hold every line that the author wrote.
func TestHistoriesLoseNothingOfTheAuthor(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to compare with")
	}
	rounds := histories
	if text := os.Getenv("MAGE_DEST_HISTORIES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("MAGE_DEST_HISTORIES: %v", err)
		}
		rounds = n
	}
	seed := rand.Uint64()
	var all tally
	for round := range rounds {
		h := newHistory(t, rand.New(rand.NewPCG(seed, uint64(round))))
		for range 2 + h.r.IntN(5) {
			h.changeTemplate()
			h.editAsAuthor()
			h.update()
			if t.Failed() {
				t.Fatalf("seed %d, history %d", seed, round)
			}
		}
		all.add(h.tally)
	}
	t.Logf("%d histories: %+v", rounds, all)
	if all.merges == 0 || all.conflicts == 0 || all.renames == 0 || all.removed == 0 {
		t.Errorf("the histories are not random enough: %+v", all)
	}
}

// tally counts what the histories were made of.
type tally struct{ updates, merges, conflicts, renames, removed, deleted int }

func (t *tally) add(o tally) {
	t.updates, t.merges, t.conflicts = t.updates+o.updates, t.merges+o.merges, t.conflicts+o.conflicts
	t.renames, t.removed, t.deleted = t.renames+o.renames, t.removed+o.removed, t.deleted+o.deleted
}

// history is one connector and its pack through time.
type history struct {
	t       *testing.T
	r       *rand.Rand
	dir     string
	version int
	files   map[string]*templateFile // of the pack, by path
	lines   int                      // numbers the lines, so that each is unique

	tally
}

type templateFile struct {
	text string
	was  []string
}

func newHistory(t *testing.T, r *rand.Rand) *history {
	h := &history{t: t, r: r, files: map[string]*templateFile{}, dir: filepath.Join(t.TempDir(), "acme")}
	for i := range 2 + r.IntN(3) {
		h.files[fmt.Sprintf("folder%d/file%d.txt", i%2, i)] = &templateFile{text: h.template(5 + r.IntN(30))}
	}
	plan, err := Prepare(context.Background(), Request{
		Name: "acme", Library: h.pack(), Template: "demo", Dir: h.dir, Base: Base{Version: "v1.2.3"}, NoTypeCheck: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		t.Fatal(err)
	}
	return h
}

// template makes lines of which some repeat, as blank lines and braces do.
func (h *history) template(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(h.line("template"))
	}
	return b.String()
}

func (h *history) line(by string) string {
	switch h.r.IntN(6) {
	case 0:
		return "\n"
	case 1:
		return "}\n"
	}
	h.lines++
	return fmt.Sprintf("%s %d\n", by, h.lines)
}

func (h *history) pack() *Library {
	h.version++
	var manifest strings.Builder
	fmt.Fprintf(&manifest, "version: %d.0.0\noutputs:\n", h.version)
	texts := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(h.files)) {
		f := h.files[path]
		fmt.Fprintf(&manifest, "  - {path: %s, class: merged, was: [%s]}\n", path, strings.Join(f.was, ", "))
		texts[path] = f.text
	}
	return packVersion(manifest.String(), texts)
}

// changeTemplate edits files of the pack, moves, adds and drops some.
func (h *history) changeTemplate() {
	for _, path := range slices.Sorted(maps.Keys(h.files)) {
		f := h.files[path]
		switch h.r.IntN(12) {
		case 0:
			delete(h.files, path)
			h.renames++
			f.was = append(f.was, path)
			h.lines++
			path = fmt.Sprintf("moved/file%d.txt", h.lines)
			h.files[path] = f
			fallthrough
		default:
			f.text = h.edited(f.text, "template")
		case 1:
			if len(h.files) > 1 {
				delete(h.files, path)
			}
		case 2:
			h.lines++
			h.files[fmt.Sprintf("added/file%d.txt", h.lines)] = &templateFile{text: h.template(10)}
		}
	}
}

func (h *history) edited(text, by string) string {
	lines := strings.SplitAfter(text, "\n")
	for range h.r.IntN(4) {
		at := h.r.IntN(len(lines) + 1)
		end := min(len(lines), at+h.r.IntN(3))
		block := make([]string, h.r.IntN(3))
		for i := range block {
			block[i] = h.line(by)
		}
		lines = append(lines[:at:at], append(block, lines[end:]...)...)
	}
	return strings.Join(lines, "")
}

// editAsAuthor edits files of the connector and deletes one now and then.
func (h *history) editAsAuthor() {
	for name, text := range h.connector() {
		switch h.r.IntN(10) {
		case 0:
			if err := os.Remove(filepath.Join(h.dir, name)); err != nil {
				h.t.Fatal(err)
			}
			h.deleted++
		case 1, 2, 3:
		default:
			put(h.t, h.dir, name, h.edited(text, "author"))
		}
	}
}

// connector returns the files of the connector that come from the pack, or came.
func (h *history) connector() map[string]string {
	files := map[string]string{}
	for name, content := range tree(h.t, h.dir) {
		if strings.HasSuffix(name, ".txt") && !isWithinBase(name) {
			_, files[name], _ = strings.Cut(content, " ")
		}
	}
	return files
}

// update brings the pack as it is now to the connector, and resolves what clashes.
func (h *history) update() {
	lib := h.pack()
	before, bases := h.connector(), h.bases()
	plan, err := PrepareUpdate(context.Background(), updateRequest(h.dir, lib))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := plan.Apply(); err != nil {
		h.t.Fatal(err)
	}
	h.updates++
	h.compare(plan, before, bases)
	if conflicts := plan.Paths(Conflict); len(conflicts) > 0 {
		h.resolve(conflicts)
		again, err := PrepareUpdate(context.Background(), updateRequest(h.dir, lib))
		if err != nil {
			h.t.Fatal(err)
		}
		if err := again.Apply(); err != nil {
			h.t.Fatal(err)
		}
	}
	checkClean(h.t, h.dir, lib)
}

func (h *history) bases() map[string]string {
	files := map[string]string{}
	for name, content := range tree(h.t, h.dir) {
		if path, ok := strings.CutPrefix(name, baseFolder+"/"); ok {
			_, files[path], _ = strings.Cut(content, " ")
		}
	}
	return files
}

// compare holds each file of the connector to what git makes of it.
func (h *history) compare(plan *Plan, before, bases map[string]string) {
	after := h.connector()
	for _, s := range plan.Steps {
		if isGoMod(s.Path) {
			continue
		}
		from := s.recordedPath()
		ours, had := before[from]
		got, has := after[s.Path]
		theirs, rendered := "", s.rendered != nil
		if rendered {
			theirs = h.files[s.Path].text
		}
		base, known := bases[from]
		switch {
		case !rendered && had && ours == base:
			h.removed++
			if has {
				h.t.Errorf("%s is no longer rendered, was not edited, and stayed", s.Path)
			}
		case !rendered:
			if got != ours || has != had {
				h.t.Errorf("%s is the author's and was changed", s.Path)
			}
		case !known:
			if got != theirs {
				h.t.Errorf("%s is new and not as the template has it", s.Path)
			}
		case !had:
			if has {
				h.t.Errorf("%s was deleted by the author and is back", s.Path)
			}
		default:
			h.compareMerge(s, base, ours, theirs, got)
		}
		h.holdAuthorsLines(s.Path, ours, got, rendered && had || has)
	}
}

func (h *history) compareMerge(s Step, base, ours, theirs, got string) {
	h.merges++
	want, clashes := h.gitMerge(base, ours, theirs)
	if clashes {
		h.conflicts++
	}
	if clashes != (s.Action == Conflict) || got != want {
		h.t.Errorf("%s (%s) is not what git makes of it (-git +ours):\n%s", s.Path, s.Action, cmp.Diff(want, got))
	}
}

func (h *history) gitMerge(base, ours, theirs string) (text string, clashes bool) {
	dir := h.t.TempDir()
	put(h.t, dir, "base", base)
	put(h.t, dir, "ours", ours)
	put(h.t, dir, "theirs", theirs)
	cmd := exec.Command("git", "merge-file", "--diff3", "-p", "-L", "yours", "-L", "template before", "-L", "template now", "ours", "base", "theirs")
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 128 {
		return string(out), true
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return string(out), false
}

// holdAuthorsLines looks for each line that the author wrote, in the text or between
// the marks of a conflict.
func (h *history) holdAuthorsLines(path, before, after string, there bool) {
	if !there {
		return
	}
	held := map[string]bool{}
	for line := range strings.Lines(after) {
		held[strings.TrimSuffix(line, "\n")] = true
	}
	for line := range strings.Lines(before) {
		if line = strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, "author ") && !held[line] {
			h.t.Errorf("%s has lost %q", path, line)
		}
	}
}

// resolve takes both sides of every conflict, as an author might.
func (h *history) resolve(paths []string) {
	for _, name := range paths {
		text, err := os.ReadFile(filepath.Join(h.dir, name))
		if err != nil {
			h.t.Fatal(err)
		}
		var b strings.Builder
		inBase := false
		for line := range strings.Lines(string(text)) {
			switch {
			case strings.HasPrefix(line, "|||||||"):
				inBase = true
			case strings.HasPrefix(line, "======="):
				inBase = false
			case strings.HasPrefix(line, "<<<<<<<"), strings.HasPrefix(line, ">>>>>>>"), inBase:
			default:
				b.WriteString(line)
			}
		}
		put(h.t, h.dir, name, b.String())
	}
}
