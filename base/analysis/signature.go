package analysis

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
)

func signature() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "signature",
		Doc: `tells of methods that base would call if they had its signature

A method named like one of base's optional ones, with other parameters or results, is
none of them. Base refuses to start then; this tells it before.`,
		Requires: []*analysis.Analyzer{codeAnalyzer},
		Run: onCode(func(c *code, pass *analysis.Pass) {
			if c.base != nil {
				c.signatures(pass)
			}
		}),
	}
}

func (c *code) signatures(pass *analysis.Pass) {
	short := func(p *types.Package) string {
		if p == pass.Pkg {
			return ""
		}
		return p.Name()
	}
	for method, name := range c.roots {
		want := c.contract(name).Method(0).Signature()
		if types.Identical(method.Signature(), want) {
			continue
		}
		c.report(pass, analysis.Diagnostic{
			Pos: method.Pos(),
			Message: name + " has another signature than the method of that name that base calls: the connector would not start; make it func" +
				types.TypeString(want, short)[len("func"):],
		})
	}
}
