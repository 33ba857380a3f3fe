package kafka

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func FuzzAddress(f *testing.F) {
	for _, text := range []string{
		"kafka://a/b", "kafka://a:9092,b:1/topic?group=g&create=true&partitions=8&replication=3", "kafka://[::1]:9092/t", "kafka:///t", "kafka://a/?x", "kafka://a,/b", "kafka://a/..",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress(text)
		if err != nil {
			return
		}
		if len(a.brokers) == 0 || !legalTopic(a.topic) || len(a.letters()) > 249 {
			t.Errorf("%q is read as %+v", text, a)
		}
		again, err := parseAddress(scheme + strings.Join(a.brokers, ",") + "/" + a.topic)
		if err != nil || !reflect.DeepEqual(again.brokers, a.brokers) {
			t.Errorf("%q has brokers %q, which are read as %q, %v", text, a.brokers, again.brokers, err)
		}
	})
}

func FuzzPlaces(f *testing.F) {
	for _, text := range []string{"schemas ", "schemas 1", "schemas 1-3,7", "schemas 3,1", "schemas 1-", "", "offsets 1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlaces(text)
		if err != nil {
			return
		}
		again, err := parsePlaces(p.String())
		if err != nil {
			t.Fatalf("%q is written as %q, which is not read: %v", text, p.String(), err)
		}
		for _, r := range p { // what is coarser has all of it
			found := false
			for _, other := range again {
				found = found || other.first <= r.first && other.last >= r.last
			}
			if !found {
				t.Errorf("%q lacks %v after it was written as %q", text, r, p.String())
			}
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, text := range []string{`1`, `1.0`, `10e-1`, `-0`, `"a"`, `"\u0061"`, `null`, `{"a": [1, 2]}`, `12345678901234567890`, `1e400`, `true`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || strings.ContainsAny(text, "\n\r") {
			return
		}
		key := appendKey(nil, "s", []string{"id", "missing"}, []byte(`{"id": `+text+`}`))
		var list []any
		if err := json.Unmarshal(key, &list); err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") || err == nil && len(list) != 3 {
			t.Errorf("the key of %s is %s: %v", text, key, err)
		}
		var before, after any
		if json.Unmarshal([]byte(text), &before) == nil && err(key, &after) == nil && !reflect.DeepEqual(before, after) {
			t.Errorf("the key of %s is %s", text, key)
		}
	})
}

// err reads the value of the key property.
func err(key []byte, v *any) error {
	var list []json.RawMessage
	if err := json.Unmarshal(key, &list); err != nil {
		return err
	}
	return json.Unmarshal(list[1], v)
}

func TestEqualKeysAreOneText(t *testing.T) {
	for _, same := range [][]string{{"1", "1.0", "10e-1", "0.1e1"}, {"0", "-0", "0.0", "-0.0"}, {`"a"`, `"\u0061"`}, {"-5", "-5.0"}, {"1.5", "15e-1"}, {"100000000000000000000", "1e20"}} {
		want := string(appendEqual(nil, []byte(same[0])))
		for _, text := range same {
			if got := string(appendEqual(nil, []byte(text))); got != want {
				t.Errorf("%s becomes %s, want %s as %s does", text, got, want, same[0])
			}
		}
	}
}

func TestPlacesFitBesideAnOffset(t *testing.T) {
	var p places
	for i := range int64(10_000) {
		p.add(i * 1_000_003)
	}
	if text := p.String(); len(text) > mostPlaces {
		t.Errorf("%d characters, want %d at the most", len(text), mostPlaces)
	}
}

func TestBarriersPassInOrder(t *testing.T) {
	b := barriers{partitions: 2}
	b.add([]byte("1"))
	first := b.raise()
	b.add([]byte("2"))
	second := b.raise()
	b.placed(second, 0, 20)
	b.placed(second, 1, 20)
	b.placed(first, 0, 10)
	if got := b.release([]int64{99, 99}); got != nil {
		t.Errorf("%q is released while the first barrier is not known to be on the topic", got)
	}
	b.placed(first, 1, 10)
	for _, committed := range [][]int64{nil, {10, 9}, {-1, 99}} {
		if got := b.release(committed); got != nil {
			t.Errorf("%q is released at %v", got, committed)
		}
	}
	if got := b.release([]int64{10, 10}); len(got) != 1 || string(got[0]) != "1" {
		t.Errorf("%q is released, want the first", got)
	}
	if got := b.release([]int64{20, 21}); len(got) != 1 || string(got[0]) != "2" || b.waiting() != 0 {
		t.Errorf("%q is released, want the second", got)
	}
}
