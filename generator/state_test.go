package generator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStateIsReadAsItWasWritten(t *testing.T) {
	pack := &Pack{Name: "demo", Version: "1.0.0", Digest: "sha256:00", Parameters: []Parameter{{Name: "zeta"}, {Name: "alpha"}}}
	data := Data{Name: Name{Binary: "acme"}, Module: "example.com/acme", Params: map[string]any{"zeta": "null", "alpha": 3}}
	st, err := newState(pack, data, []stateEntry{{Path: "a.txt", Class: Once, Sum: sum([]byte("x")), Deleted: true}})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := st.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseState(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if got.name() != "acme" || got.Template != pack.ref() {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(st.Files, got.Files); diff != "" {
		t.Error(diff)
	}
	var answers map[string]any
	if err := got.Answers.Decode(&answers); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "acme", "module": "example.com/acme", "zeta": "null", "alpha": 3}
	if diff := cmp.Diff(want, answers); diff != "" {
		t.Error(diff)
	}
}

func TestStateOfAnotherFormatIsRefused(t *testing.T) {
	for _, src := range []string{"format: 2\n", "", "a: [", "format: x\n"} {
		if _, err := parseState([]byte(src)); err == nil {
			t.Errorf("%q was taken for a state", src)
		}
	}
}
