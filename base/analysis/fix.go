package analysis

import (
	"cmp"
	"fmt"
	"go/format"
	"os"
	"slices"
)

// Fix applies the fixes of findings and returns the new content of each file, formatted,
// and which findings it mends. Of fixes that touch the same bytes the first is applied;
// another run mends the rest. Nothing is written.
func Fix(findings []Finding) (files map[string][]byte, mended []Finding, err error) {
	edits := map[string][]Edit{}
	for _, f := range findings {
		if len(f.Fix) == 0 || slices.ContainsFunc(f.Fix, func(e Edit) bool { return overlaps(edits[e.File], e) }) {
			continue
		}
		for _, e := range f.Fix {
			edits[e.File] = append(edits[e.File], e)
		}
		mended = append(mended, f)
	}
	files = map[string][]byte{}
	for file, list := range edits {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fmt.Errorf("fix: %w", err)
		}
		if files[file], err = format.Source(edited(content, list)); err != nil {
			return nil, nil, fmt.Errorf("fix %s: %w", file, err)
		}
	}
	return files, mended, nil
}

func overlaps(edits []Edit, e Edit) bool {
	return slices.ContainsFunc(edits, func(other Edit) bool {
		return e == other || e.Start < other.End && other.Start < e.End
	})
}

// edited applies edits from the last to the first, so that their places hold.
func edited(content []byte, edits []Edit) []byte {
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(b.Start, a.Start) })
	for _, e := range edits {
		content = slices.Concat(content[:e.Start], []byte(e.New), content[e.End:])
	}
	return content
}
