package generator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStepsCompareWithWhatStandsOnDisk(t *testing.T) {
	file := func(class Class) []File { return []File{{Path: "a.txt", Class: class, Content: []byte("one\ntwo\n")}} }
	recorded := &state{Files: []stateEntry{{Path: "a.txt"}}}
	for name, test := range map[string]struct {
		class Class
		disk  snapshot
		want  Action
	}{
		"no connector there":          {Once, snapshot{}, Create},
		"as rendered":                 {Merged, snapshot{state: recorded, files: map[string][]byte{"a.txt": []byte("one\ntwo\n")}}, Unchanged},
		"as rendered, lines end CRLF": {Generated, snapshot{state: recorded, files: map[string][]byte{"a.txt": []byte("one\r\ntwo\r\n")}}, Unchanged},
		"the author's, edited":        {Once, snapshot{state: recorded, files: map[string][]byte{"a.txt": []byte("mine\n")}}, Keep},
		"shared, edited":              {Merged, snapshot{state: recorded, files: map[string][]byte{"a.txt": []byte("mine\n")}}, Conflict},
		"generated, edited":           {Generated, snapshot{state: recorded, files: map[string][]byte{"a.txt": []byte("mine\n")}}, Conflict},
		"deleted by the author":       {Merged, snapshot{state: recorded}, Keep},
		"new in the template":         {Once, snapshot{state: &state{}}, Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			got := steps(file(test.class), test.disk)
			if got[0].Action != test.want {
				t.Errorf("got %s (%s), want %s", got[0].Action, got[0].Reason, test.want)
			}
		})
	}
}

func TestStateIsReadAsItWasWritten(t *testing.T) {
	pack := &Pack{Name: "demo", Version: "1.0.0", Digest: "sha256:00", Parameters: []Parameter{{Name: "zeta"}, {Name: "alpha"}}}
	data := Data{Name: Name{Binary: "acme"}, Module: "example.com/acme", Params: map[string]any{"zeta": "null", "alpha": 3}}
	st, err := newState(pack, data, []File{{Path: "a.txt", Class: Once, Content: []byte("x")}})
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
