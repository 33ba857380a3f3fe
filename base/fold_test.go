package base

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// foldModel is what stateFold does, as Python would say it.
func foldModel(before, value any) any {
	outer, isObject := value.(map[string]any)
	bookmarks, has := outer["bookmarks"]
	merged, mergeable := bookmarks.(map[string]any)
	old, _ := before.(map[string]any)
	oldBookmarks, hadBookmarks := old["bookmarks"].(map[string]any)
	if !isObject || has && !mergeable || !has && !hadBookmarks {
		return value
	}
	all := map[string]any{}
	maps.Copy(all, oldBookmarks)
	for stream, bookmark := range merged {
		a, aObject := all[stream].(map[string]any)
		b, bObject := bookmark.(map[string]any)
		if aObject && bObject {
			joined := maps.Clone(a)
			maps.Copy(joined, b)
			bookmark = joined
		}
		all[stream] = bookmark
	}
	out := maps.Clone(outer)
	out["bookmarks"] = all
	return out
}

func parsed(t interface{ Fatalf(string, ...any) }, text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}

func holdFold(t interface{ Fatalf(string, ...any) }, states [][]byte) {
	var fold stateFold
	var want any
	for _, state := range states {
		fold.add(state)
		want = foldModel(want, parsed(t, state))
	}
	if len(states) == 0 {
		return
	}
	if diff := cmp.Diff(want, parsed(t, fold.bytes())); diff != "" {
		t.Fatalf("fold of %q (-want +got):\n%s", states, diff)
	}
}

func TestFoldOfStates(t *testing.T) {
	bookmark := rapid.SampledFrom([]string{`1`, `null`, `{}`, `{"id": 1}`, `{"id": 2, "at": {"x": 1}}`, `{"at": {"y": 2}}`, `"2024"`, `[1]`})
	bookmarks := rapid.Custom(func(t *rapid.T) string {
		members := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "é"}), bookmark).Draw(t, "bookmarks")
		raw := map[string]json.RawMessage{}
		for name, value := range members {
			raw[name] = json.RawMessage(value)
		}
		text, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	})
	state := rapid.Custom(func(t *rapid.T) []byte {
		switch rapid.IntRange(0, 9).Draw(t, "shape") {
		case 0:
			return []byte(rapid.SampledFrom([]string{`1`, `"x"`, `[1]`, `true`}).Draw(t, "value"))
		case 1:
			return []byte(`{"bookmarks": ` + bookmark.Draw(t, "value") + `}`)
		case 2:
			return []byte(`{"other": 1}`)
		case 3:
			return []byte(`{"z": 2, "bookmarks": ` + bookmarks.Draw(t, "bookmarks") + `, "current": "a"}`)
		default:
			return []byte(`{"bookmarks": ` + bookmarks.Draw(t, "bookmarks") + `}`)
		}
	})
	rapid.Check(t, func(t *rapid.T) { holdFold(t, rapid.SliceOfN(state, 0, 8).Draw(t, "states")) })
}

// FuzzFold folds the lines of the input that are JSON.
func FuzzFold(f *testing.F) {
	f.Add([]byte(`{"bookmarks": {"a": {"x": 1}}}` + "\n" + `{"k": 1, "bookmarks": {"a": {"y": 2}, "\u0061": 3}}`))
	f.Add([]byte(`{"bookmarks": {}}` + "\n" + `{"a": 1}` + "\n" + `"text"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var states [][]byte
		for line := range bytes.Lines(text) {
			facts, err := rawjson.Check(line)
			if err == nil && facts.NonFinite < 0 && !rawjson.Empty(line) {
				states = append(states, bytes.TrimSpace(line))
			}
		}
		holdFold(t, states)
	})
}

func TestFoldKeepsTheOrderOfKeys(t *testing.T) {
	var fold stateFold
	fold.add([]byte(`{"z": 1, "bookmarks": {"b": 1, "a": 2}, "y": 2}`))
	fold.add([]byte(`{"y": 3, "bookmarks": {"c": 3, "b": 4}, "z": 1}`))
	if got, want := string(fold.bytes()), `{"y": 3, "bookmarks": {"b": 4, "a": 2, "c": 3}, "z": 1}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEmptyStates(t *testing.T) {
	for text, want := range map[string]bool{
		`null`: true, `""`: true, `{}`: true, ` [ ] `: true,
		`0`: false, `false`: false, `{"bookmarks": {}}`: false, `" "`: false,
	} {
		if got := rawjson.Empty([]byte(text)); got != want {
			t.Errorf("%s is empty: %v, want %v", text, got, want)
		}
	}
}
