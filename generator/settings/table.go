package settings

import (
	"fmt"
	"strings"
)

// Table returns a table of settings in Markdown, as --about markdown prints it.
func Table(list []Setting, envPrefix string) string {
	var b strings.Builder
	b.WriteString("| setting | what it is | meaning | environment |\n|---|---|---|---|\n")
	cell := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, s := range list {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", s.Key(), cell.Replace(s.facts()), cell.Replace(s.Doc), s.Variable(envPrefix))
	}
	return b.String()
}

// facts are type, default and the like, in a few words.
func (s Setting) facts() string {
	facts := []string{s.Type}
	if s.Required {
		facts = append(facts, "required")
	}
	if len(s.Enum) > 0 {
		facts = append(facts, "one of "+textsOf(s.Enum))
	}
	if s.Default != nil {
		facts = append(facts, "default "+s.Default.Text)
	}
	if s.Example != nil {
		facts = append(facts, "for example "+s.Example.Text)
	}
	return strings.Join(facts, ", ")
}

// UpdateMarkdown puts the table between the markers of a Markdown file. Without
// markers the error is ErrNoMarkers.
func UpdateMarkdown(name string, text []byte, list []Setting, envPrefix string) ([]byte, error) {
	r, err := findRegion(name, string(text), markdownMark(openMark), markdownMark(closeMark))
	if err != nil {
		return nil, err
	}
	return []byte(r.replace(Table(list, envPrefix))), nil
}
