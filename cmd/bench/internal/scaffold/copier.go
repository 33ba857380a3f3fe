package scaffold

import "context"

// copierTemplate is a connector as a template of copier.
func copierTemplate(t tree) tree {
	out := t.jinja("").below("template")
	out["template/{{ _copier_conf.answers_file }}"] = []byte("{{ _copier_answers|to_nice_yaml }}\n")
	out["copier.yml"] = []byte(`_subdirectory: template
_templates_suffix: ""
name: {type: str, default: ` + connectorName + `}
python: {type: str, default: ` + pythonName + `}
package: {type: str, default: ` + packageName + `}
`)
	return out
}

func enterCopier(ctx context.Context, s *stage, program string) ([]entry, error) {
	create := func(template string) []string {
		return []string{program, "copy", "--defaults", template, connectorName}
	}
	before, today, err := s.history(ctx, "copier", copierTemplate, create)
	if err != nil {
		return nil, err
	}
	const compares = "compares the template's newest tag with the recorded one, looks at no file"
	return []entry{
		{task: makeIt, does: "makes the files", args: create(s.template("copier"))[1:], writes: true, verify: s.today.made},
		{task: foretell, does: "names the new version and no file, needs git", args: []string{"update", "--defaults", "--pretend"}, dir: before, verify: s.unwritten},
		{task: bring, does: "merges the files, needs git", args: []string{"update", "--defaults"}, dir: before, writes: true, verify: s.today.brought},
		{task: checkFresh, does: compares, args: []string{"check-update", "--quiet"}, dir: today},
		{task: checkStale, does: compares, args: []string{"check-update", "--quiet"}, dir: before, exit: 2},
	}, nil
}
