package scaffold

import "context"

// enterCruft has no dry run: cruft has none. It makes and brings what cookiecutter
// does.
func enterCruft(ctx context.Context, s *stage, program string) ([]entry, error) {
	create := func(template string) []string { return []string{program, "create", "--no-input", template} }
	before, today, err := s.history(ctx, "cruft", cookiecutterTemplate, create)
	if err != nil {
		return nil, err
	}
	const compares = "compares the template's commit with the recorded one, looks at no file"
	return []entry{
		{task: makeIt, does: "makes the files", args: create(s.template("cruft"))[1:], writes: true, verify: s.today.made},
		{task: bring, does: "applies a patch, needs git", args: []string{"update", "--skip-apply-ask"}, dir: before, writes: true, verify: s.today.brought},
		{task: checkFresh, does: compares, args: []string{"check"}, dir: today},
		{task: checkStale, does: compares, args: []string{"check"}, dir: before, exit: 1},
	}, nil
}
