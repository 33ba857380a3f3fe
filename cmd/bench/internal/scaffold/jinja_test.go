package scaffold

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestATemplateHasVariablesForEachFormOfTheName(t *testing.T) {
	got := tree{
		"internal/acmecrm/acme_crm.go": []byte("package acmecrm // acme-crm, acme_crm\n"),
		"ci.yml":                       []byte("run: ${{ matrix.go }} {% raw %} {# note #}\n"),
	}.jinja("c.")
	want := tree{
		"internal/{{ c.package }}/{{ c.python }}.go": []byte("package {{ c.package }} // {{ c.name }}, {{ c.python }}\n"),
		"ci.yml": []byte("run: ${{ '{{' }} matrix.go }} {{ '{%' }} raw %} {{ '{#' }} note #}\n"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
