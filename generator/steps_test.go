package generator

import (
	"strings"
	"testing"
)

// oneFile is a connector with one file, a.txt, that was rendered as base.
func oneFile(class Class, base, content string) snapshot {
	s := standing{base: []byte(base)}
	if content != "" {
		s.content = []byte(content)
	}
	if class == Generated {
		s.base = nil
	}
	return snapshot{
		state: &state{Files: []stateEntry{{Path: "a.txt", Class: class, Sum: sum([]byte(base))}}},
		files: map[string]standing{"a.txt": s},
	}
}

const (
	before  = "one\ntwo\nthree\n"
	after   = "one\ntwo\nthree\nfour\n"
	mine    = "zero\none\ntwo\nthree\n"
	both    = "zero\none\ntwo\nthree\nfour\n"
	clashes = "one\ntwo\nthree\nfive\n"
	marked  = "one\ntwo\nthree\n<<<<<<< yours\nfive\n||||||| template before\n=======\nfour\n>>>>>>> template now\n"
)

func TestStepsOfOneFile(t *testing.T) {
	conflicted := oneFile(Merged, after, marked)
	conflicted.state.Files[0].Conflict = true
	noBase := oneFile(Merged, before, mine)
	noBase.files["a.txt"] = standing{content: []byte(mine)}
	brokenBase := oneFile(Merged, marked, mine)
	unrecorded := func(content string) snapshot {
		return snapshot{state: &state{}, files: map[string]standing{"a.txt": {content: []byte(content)}}}
	}
	for name, test := range map[string]struct {
		class   Class
		planner planner
		want    Action
		then    string
		reason  string
	}{
		"no connector there":                   {Once, planner{}, Create, after, ""},
		"as it would be rendered":              {Merged, planner{disk: oneFile(Merged, before, after)}, Unchanged, after, ""},
		"new in the template":                  {Merged, planner{disk: snapshot{state: &state{}}}, Create, after, ""},
		"new, and the author has such a file":  {Merged, planner{disk: unrecorded(mine)}, Keep, mine, "not of mage-dest"},
		"new, and the very same file is there": {Once, planner{disk: unrecorded(after)}, Unchanged, after, ""},
		"new and generated, in the way":        {Generated, planner{disk: unrecorded(mine)}, Refuse, mine, "--force"},
		"new and generated, forced":            {Generated, planner{disk: unrecorded(mine), force: true}, Update, after, "overwritten"},

		"once, untouched":            {Once, planner{disk: oneFile(Once, before, before)}, Keep, before, "template has changed"},
		"once, edited":               {Once, planner{disk: oneFile(Once, before, mine)}, Keep, mine, "template has changed"},
		"once, template as before":   {Once, planner{disk: oneFile(Once, after, mine)}, Keep, mine, "edited by its author"},
		"generated, untouched":       {Generated, planner{disk: oneFile(Generated, before, before)}, Update, after, ""},
		"generated, edited":          {Generated, planner{disk: oneFile(Generated, before, mine)}, Refuse, mine, "--force"},
		"generated, edited, forced":  {Generated, planner{disk: oneFile(Generated, before, mine), force: true}, Update, after, "overwritten"},
		"merged, untouched":          {Merged, planner{disk: oneFile(Merged, before, before)}, Update, after, ""},
		"merged, template as before": {Merged, planner{disk: oneFile(Merged, after, mine)}, Keep, mine, "edited by its author"},
		"merged, both changed":       {Merged, planner{disk: oneFile(Merged, before, mine)}, Merge, both, ""},
		"merged, both changed alike": {Merged, planner{disk: oneFile(Merged, before, both)}, Keep, both, "already"},
		"merged, a clash":            {Merged, planner{disk: oneFile(Merged, before, clashes)}, Conflict, marked, "1 conflict"},
		"merged, marks unresolved":   {Merged, planner{disk: conflicted}, Refuse, marked, "line 4"},
		"merged, base is gone":       {Merged, planner{disk: noBase}, Refuse, mine, "version control"},
		"merged, base has marks":     {Merged, planner{disk: brokenBase}, Refuse, mine, "either side"},

		"deleted by the author": {Merged, planner{disk: oneFile(Merged, before, "")}, Keep, "", "--restore"},
		"deleted and restored":  {Merged, planner{disk: oneFile(Merged, before, ""), restore: true}, Create, after, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.planner.steps([]File{{Path: "a.txt", Class: test.class, Mode: 0o644, Content: []byte(after)}})
			if len(got) != 1 || got[0].Action != test.want || string(got[0].then) != test.then || !strings.Contains(got[0].Reason, test.reason) {
				t.Errorf("got %s (%s)\n%s\nwant %s (%s)\n%s", got[0].Action, got[0].Reason, got[0].then, test.want, test.reason, test.then)
			}
		})
	}
}

func TestStepsOfAFileThatIsNoLongerRendered(t *testing.T) {
	for name, test := range map[string]struct {
		content string
		want    Action
	}{
		"untouched": {before, Remove},
		"edited":    {mine, Keep},
		"gone":      {"", Unchanged},
	} {
		t.Run(name, func(t *testing.T) {
			p := planner{disk: oneFile(Merged, before, test.content)}
			got := p.steps(nil)
			if len(got) != 1 || got[0].Action != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
			if entries := p.entries(got); len(entries) != 0 {
				t.Errorf("it is still recorded: %+v", entries)
			}
		})
	}
}

func TestStepsOfAFileThatHasMoved(t *testing.T) {
	moved := []File{{Path: "b.txt", Class: Merged, Mode: 0o644, Content: []byte(after), was: []string{"a.txt"}}}
	inTheWay := oneFile(Merged, before, mine)
	inTheWay.files["b.txt"] = standing{content: []byte("other\n")}
	for name, test := range map[string]struct {
		disk snapshot
		want Action
		then string
	}{
		"untouched":        {oneFile(Merged, before, before), Update, after},
		"edited":           {oneFile(Merged, before, mine), Merge, both},
		"right already":    {oneFile(Merged, before, after), Update, after},
		"deleted":          {oneFile(Merged, before, ""), Keep, ""},
		"another is there": {inTheWay, Refuse, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := planner{disk: test.disk}.steps(moved)
			if len(got) != 1 || got[0].Action != test.want || string(got[0].then) != test.then || got[0].From != "a.txt" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestWhatIsGeneratedIsNotMerged: the author's Config and the template's have both
// changed, and so has the table of each.
func TestWhatIsGeneratedIsNotMerged(t *testing.T) {
	table := func(rows, after string) string {
		return "title\n<!-- settings: mage-dest generate -->\n" + rows + "<!-- settings: end -->\n" + after
	}
	disk := oneFile(Merged, table("| url |\n", "end\n"), table("| path |\n", "end\n"))
	rendered := []File{{Path: "a.txt", Class: Merged, Mode: 0o644, Content: []byte(table("| url |\n| key |\n", "the end\n"))}}
	got := planner{disk: disk}.steps(rendered)
	if want := table("| path |\n", "the end\n"); len(got) != 1 || got[0].Action != Merge || string(got[0].then) != want {
		t.Errorf("got %s\n%s\nwant\n%s", got[0].Action, got[0].then, want)
	}
}

func TestLineEndsOfTheAuthorStay(t *testing.T) {
	withCRLF := func(disk snapshot, executable bool) planner {
		s := disk.files["a.txt"]
		s.crlf, s.executable = true, executable
		disk.files["a.txt"] = s
		return planner{disk: disk}
	}
	for name, test := range map[string]struct {
		planner planner
		file    File
		want    string
	}{
		"merged":          {withCRLF(oneFile(Merged, before, mine), false), File{Path: "a.txt"}, both},
		"rendered anew":   {withCRLF(oneFile(Merged, before, before), false), File{Path: "a.txt"}, after},
		"moved and kept":  {withCRLF(oneFile(Merged, after, mine), false), File{Path: "b.txt", was: []string{"a.txt"}}, mine},
		"of another mode": {withCRLF(oneFile(Merged, after, after), true), File{Path: "a.txt"}, after},
	} {
		t.Run(name, func(t *testing.T) {
			f := test.file
			f.Class, f.Mode, f.Content = Merged, 0o644, []byte(after)
			got := test.planner.steps([]File{f})
			if want := strings.ReplaceAll(test.want, "\n", "\r\n"); string(got[0].then) != want {
				t.Errorf("%s: got %q, want %q", got[0].Action, got[0].then, want)
			}
		})
	}
}
