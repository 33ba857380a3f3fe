package generator

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testParameters() []Parameter {
	return []Parameter{
		{Name: "owner", Type: typeString, Doc: "Who."},
		{Name: "ci", Type: typeEnum, Values: []string{"github", "none"}, Default: "none", Doc: "Which."},
		{Name: "docker", Type: typeBool, Default: true, Doc: "Whether."},
		{Name: "workers", Type: typeInt, Default: 2, Doc: "How many.", Ask: true},
	}
}

func TestAnswersAskUntilTheAnswerIsRight(t *testing.T) {
	replies := map[string][]string{"owner": {"two\nlines", "me"}, "workers": {"many", ""}}
	var told []string
	sheet := newAnswerSheet(testParameters())
	err := sheet.askFor(func(p Parameter, wrong error) (string, error) {
		if wrong != nil {
			told = append(told, wrong.Error())
		}
		reply := replies[p.Name][0]
		replies[p.Name] = replies[p.Name][1:]
		return reply, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := sheet.result()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"owner": "me", "ci": "none", "docker": true, "workers": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantTold := []string{`it holds '\n'; give one line of printable text`, `"many" is no whole number`}
	if diff := cmp.Diff(wantTold, told); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersThatWereGivenAreNotAskedFor(t *testing.T) {
	sheet := newAnswerSheet(testParameters())
	sheet.addSettings([]string{"owner=me", "workers=3"})
	err := sheet.askFor(func(p Parameter, _ error) (string, error) {
		return "", errors.New("asked for " + p.Name)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("owner: me\nci: github\n", "docker=false")
	f.Add("owner: 1\nnope: {a: [1]}\n", "workers=x")
	f.Add("- a\n", "=")
	f.Add("a: &x [*x]\nowner: *x", "ci=none")
	f.Fuzz(func(t *testing.T, file, setting string) {
		sheet := newAnswerSheet(testParameters())
		sheet.addFile("answers.yaml", []byte(file))
		sheet.addSettings([]string{setting})
		values, err := sheet.result()
		if err != nil {
			return
		}
		if len(values) != len(testParameters()) {
			t.Fatalf("answers %v are not whole", values)
		}
		if owner, ok := values["owner"].(string); !ok || strings.ContainsAny(owner, "\n\x00") {
			t.Errorf("owner is %q", values["owner"])
		}
		if ci := values["ci"]; ci != "github" && ci != "none" {
			t.Errorf("ci is %v", ci)
		}
	})
}
