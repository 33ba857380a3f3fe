package settings

import (
	"strings"
	"testing"
)

func TestMarkersAreIntroducedRoundWhatAnAuthorWrote(t *testing.T) {
	const (
		base  = "# title\n\n| head |\n|---|\n| url |\n| key |\n\nend\n"
		later = "# title\n\n<!-- settings: mage-dest generate -->\n| head |\n|---|\n| url |\n<!-- settings: end -->\n\nend\n"
	)
	for name, test := range map[string]struct{ ours, want string }{
		"rows are others": {
			"# mine\n\n| head |\n|---|\n| path |\n\nend\n",
			"# mine\n\n<!-- settings: mage-dest generate -->\n| head |\n|---|\n| path |\n<!-- settings: end -->\n\nend\n",
		},
		"text beside the table; a row that the template has dropped stays for the merge to drop": {
			"# title\n\nmine\n\n| head |\n|---|\n| url |\n| key |\n\nmine\n\nend\n",
			"# title\n\nmine\n\n<!-- settings: mage-dest generate -->\n| head |\n|---|\n| url |\n<!-- settings: end -->\n| key |\n\nmine\n\nend\n",
		},
		"has markers already": {
			"<!-- settings: mage-dest generate -->\n<!-- settings: end -->\n",
			"<!-- settings: mage-dest generate -->\n<!-- settings: end -->\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := Introduce([]byte(base), []byte(test.ours), []byte(later))
			if string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
	if b, o := Introduce([]byte(base), []byte(base), []byte("# title\n")); string(b) != base || string(o) != base {
		t.Error("markers were made up")
	}
}

func FuzzIntroduce(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc", "a\n# settings: mage-dest generate\nb\n# settings: end\nc\n")
	f.Fuzz(func(t *testing.T, base, ours, later string) {
		_, got := Introduce([]byte(base), []byte(ours), []byte(later))
		var rest strings.Builder
		for line := range strings.Lines(string(got)) {
			if text := strings.TrimSpace(line); strings.HasSuffix(text, openMark) || strings.HasSuffix(text, closeMark) ||
				strings.HasSuffix(text, openMark+" -->") || strings.HasSuffix(text, closeMark+" -->") {
				continue
			}
			rest.WriteString(line)
		}
		if string(got) != ours && strings.TrimSuffix(rest.String(), "\n") != strings.TrimSuffix(ours, "\n") && !strings.Contains(ours, "settings: ") {
			t.Errorf("more than markers was changed: %q became %q", ours, got)
		}
	})
}
