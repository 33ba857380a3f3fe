package generator

import (
	"strings"
	"testing"
)

func FuzzManifest(f *testing.F) {
	f.Add("name: demo\nversion: 1.0.0\ndescription: D.\noutputs:\n  - {path: a, class: once, delims: [a, b]}\n")
	f.Add("parameters: [{name: x, type: enum, values: [a], default: b, doc: d}]")
	f.Add("name: *x\n")
	f.Add("? [a]\n: b\n")
	f.Fuzz(func(t *testing.T, src string) {
		m, faults := parseManifest("pack.yaml", []byte(src))
		for _, fault := range faults {
			if !strings.HasPrefix(fault, "pack.yaml:") {
				t.Errorf("fault %q names no place", fault)
			}
		}
		if len(faults) > 0 {
			return
		}
		for _, o := range m.outputs {
			if badPath(o.Path) != "" {
				t.Errorf("output %q was let through", o.Path)
			}
		}
		for _, p := range m.parameters {
			if _, err := p.FromText("x"); p.Type == typeBool && err == nil {
				t.Errorf("parameter %v took an answer of another type", p)
			}
		}
	})
}
