package textdiff

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gitMerge is what git makes of three texts.
func gitMerge(t *testing.T, dir, base, ours, theirs string) (text string, conflicts bool) {
	t.Helper()
	for name, content := range map[string]string{"base": base, "ours": ours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("git", "merge-file", "--diff3", "-p", "-L", "yours", "-L", "before", "-L", "template", "ours", "base", "theirs")
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 128 {
		return string(out), true
	}
	if err != nil {
		t.Fatalf("git merge-file: %v", err)
	}
	return string(out), false
}

var labels = Labels{Ours: "yours", Base: "before", Theirs: "template"}

// mergeRounds is small for every day; MAGE_DEST_MERGES=20000 asks for more.
func mergeRounds(t *testing.T) int {
	text := os.Getenv("MAGE_DEST_MERGES")
	if text == "" {
		return 300
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("MAGE_DEST_MERGES: %v", err)
	}
	return n
}

// TestMergeIsThatOfGit compares random merges, conflicts included, byte for byte.
func TestMergeIsThatOfGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to compare with")
	}
	dir := t.TempDir()
	seed := rand.Uint64()
	conflicts := 0
	rounds := mergeRounds(t)
	for round := range rounds {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		base := randomText(r)
		ours, theirs := edit(r, base), edit(r, base)
		want, clash := gitMerge(t, dir, base, ours, theirs)
		got := Merge([]byte(base), []byte(ours), []byte(theirs), labels)
		if clash {
			conflicts++
		}
		if clash != (got.Conflicts > 0) || want != string(got.Text) {
			t.Fatalf("seed %d, round %d: not as git (-git +ours):\n%s\nbase:\n%s\nours:\n%s\ntheirs:\n%s",
				seed, round, cmp.Diff(want, string(got.Text)), base, ours, theirs)
		}
	}
	t.Logf("%d merges, %d of them with conflicts: all as git's", rounds, conflicts)
	if conflicts == 0 || conflicts == rounds {
		t.Errorf("%d of %d merges had conflicts: the texts are not random enough", conflicts, rounds)
	}
}

// randomText has lines that repeat, as the braces and blank lines of real files do.
func randomText(r *rand.Rand) string {
	var b strings.Builder
	kinds := 1 + r.IntN(60)
	for range r.IntN(80) {
		b.WriteString(randomLine(r, kinds))
	}
	return cutEnd(r, b.String())
}

func randomLine(r *rand.Rand, kinds int) string {
	if r.IntN(5) == 0 {
		return "\n"
	}
	return fmt.Sprintf("line %d\n", r.IntN(kinds))
}

func cutEnd(r *rand.Rand, text string) string {
	if r.IntN(6) == 0 {
		return strings.TrimSuffix(text, "\n")
	}
	return text
}

// edit inserts, deletes, replaces and moves lines.
func edit(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	for range r.IntN(5) {
		at := r.IntN(len(lines) + 1)
		end := min(len(lines), at+r.IntN(4))
		block := make([]string, r.IntN(4))
		for i := range block {
			block[i] = randomLine(r, 20)
		}
		lines = append(lines[:at:at], append(block, lines[end:]...)...)
	}
	return cutEnd(r, strings.Join(lines, ""))
}

func TestUnifiedIsThatOfDiff(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git to compare with")
	}
	dir := t.TempDir()
	seed := rand.Uint64()
	for round := range 100 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		a := randomText(r)
		b := edit(r, a)
		for name, content := range map[string]string{"a": a, "b": b} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("git", "diff", "--no-index", "--no-indent-heuristic", "--no-prefix", "a", "b")
		cmd.Dir = dir
		out, _ := cmd.Output() // 1 says that they differ
		_, want, _ := strings.Cut(string(out), "\n@@ ")
		_, got, _ := strings.Cut(Unified("a", "b", []byte(a), []byte(b)), "\n@@ ")
		if want := withoutFunctions(want); want != got {
			t.Fatalf("seed %d, round %d (-git +ours):\n%s", seed, round, cmp.Diff(want, got))
		}
	}
}

// withoutFunctions drops what git writes behind the second @@ of a hunk.
func withoutFunctions(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if head, rest, ok := strings.Cut(strings.TrimPrefix(line, "@@ "), " @@"); ok && (i == 0 || strings.HasPrefix(line, "@@ ")) && rest != "" {
			prefix := ""
			if i > 0 {
				prefix = "@@ "
			}
			lines[i] = prefix + head + " @@\n"
		}
	}
	return strings.Join(lines, "")
}

func TestFindMarksWantsAllMarks(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want int
	}{
		"none":           {"a\n======= \nb\n", 0},
		"a conflict":     {"a\n<<<<<<< yours\nb\n||||||| before\n=======\nc\n>>>>>>> template\n", 2},
		"git's style":    {"<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> other\r\n", 1},
		"a heading":      {"title\n=======\ntext\n", 0},
		"an example":     {"<<<<<<< yours\n>>>>>>> template\n", 0},
		"longer signs":   {"<<<<<<<<\n=======\n>>>>>>>>\n", 0},
		"half is solved": {"=======\n>>>>>>> x\n<<<<<<< y\n=======\n>>>>>>> z\n", 3},
	} {
		t.Run(name, func(t *testing.T) {
			if got := FindMarks([]byte(test.text)); got != test.want {
				t.Errorf("got line %d, want %d", got, test.want)
			}
		})
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n", "a\nb\nc\nd")
	f.Add("", "a", "b")
	f.Add("\n\n\n", "\n", "\n\n\n\n")
	f.Fuzz(func(t *testing.T, base, ours, theirs string) {
		got := Merge([]byte(base), []byte(ours), []byte(theirs), labels)
		if base == ours && string(got.Text) != theirs || base == theirs && string(got.Text) != ours {
			t.Errorf("the other side's changes are not taken as they are: %q", got.Text)
		}
		merged := map[string]bool{}
		for _, line := range strings.Split(string(got.Text), "\n") {
			merged[line] = true
		}
		old := map[string]bool{}
		for _, line := range strings.Split(base, "\n") {
			old[line] = true
		}
		for _, line := range strings.Split(ours, "\n") {
			if !old[line] && !merged[line] {
				t.Errorf("the line %q of ours is lost in %q", line, got.Text)
			}
		}
	})
}
