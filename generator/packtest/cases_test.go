package packtest

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestCasesHoldEveryPair(t *testing.T) {
	for round := range 50 {
		r := rand.New(rand.NewPCG(7, uint64(round)))
		var all [][]choice
		product := 1
		for i := range 2 + r.IntN(8) {
			var of []choice
			for v := range 1 + r.IntN(4) {
				of = append(of, choice{fmt.Sprint("p", i), fmt.Sprint(v)})
			}
			all = append(all, of)
			product *= len(of)
		}
		cases := pairwise(all)
		if len(cases) > product {
			t.Errorf("%d cases for %d possible ones", len(cases), product)
		}
		seen := map[string]bool{}
		for _, c := range cases {
			if len(c.answers) != len(all) {
				t.Fatalf("case %s has %d answers for %d parameters", c.name, len(c.answers), len(all))
			}
			for i, a := range c.answers {
				for _, b := range c.answers[i+1:] {
					seen[a+" "+b] = true
				}
			}
		}
		for i, a := range all {
			for _, b := range all[i+1:] {
				for _, x := range a {
					for _, y := range b {
						if pair := fmt.Sprintf("%s=%s %s=%s", x.parameter, x.value, y.parameter, y.value); !seen[pair] {
							t.Fatalf("no case has %s", pair)
						}
					}
				}
			}
		}
	}
}

func TestAPackWithoutChoicesHasOneCase(t *testing.T) {
	if cases := pairwise(nil); len(cases) != 1 || len(cases[0].answers) != 0 {
		t.Errorf("got %v", cases)
	}
}
