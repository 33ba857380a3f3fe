package analysis

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/mage-dest/mage-dest/base/analysis/internal/flow"
)

type sqlFact struct{ flow.Summary }

func (*sqlFact) AFact()                   {}
func (f *sqlFact) summary() *flow.Summary { return &f.Summary }

// Origins of a text.
const (
	streamName = iota
	columnName
	recordText
)

func sqlName() *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "sqlname",
		Doc: `tells of SQL that is made of a tap's names

Names of streams and columns are the tap's to choose: one with a quotation mark in it
breaks the statement, or does something else than meant, and so does a value. Quote
names by a function of their own (sqldest.Dialect has one, Quote), and bind values.`,
		Requires:  []*analysis.Analyzer{codeAnalyzer},
		FactTypes: []analysis.Fact{new(sqlFact)},
		Run:       onCode((*code).sqlNames),
	}
}

func (c *code) sqlNames(pass *analysis.Pass) {
	result := follow(pass, c, flow.Spec{
		Carries: textCarries(),
		Source:  c.tapText,
		Model:   sqlModel,
		Visit:   statement,
		Fields:  true,
	}, func() summaryFact { return new(sqlFact) })
	for _, hit := range result.Hits() {
		where := ""
		if hit.Callee != "" {
			where = ", by " + hit.Callee + " (" + hit.Where + ")"
		}
		text, remedy := origin(hit.Labels)
		c.report(pass, analysis.Diagnostic{
			Pos: hit.Pos,
			Message: text + " becomes part of an SQL statement as it is" + where +
				": the tap chooses it, and a quotation mark in it breaks the statement or makes another one of it; " + remedy,
		})
	}
}

func origin(labels flow.Labels) (text, remedy string) {
	switch {
	case labels&flow.Source(streamName) != 0:
		return "the name of a stream", "write it through a function that quotes names"
	case labels&flow.Source(columnName) != 0:
		return "the name of a column", "write it through a function that quotes names"
	}
	return "a value of a record", "bind it as a parameter"
}

// tapText labels what a tap has written.
func (c *code) tapText(v ssa.Value) flow.Labels {
	switch v := v.(type) {
	case *ssa.Parameter:
		if method, ok := v.Parent().Object().(*types.Func); ok && v.Parent().Parent() == nil {
			basic, isText := v.Type().(*types.Basic)
			if name := c.roots[method]; isText && basic.Kind() == types.String && (name == "ExportBatchData" || name == "RemoveDuplicateRows") {
				return flow.Source(streamName)
			}
		}
	case *ssa.FieldAddr:
		return nameField(v.X.Type(), v.Field)
	case *ssa.Field:
		return nameField(v.X.Type(), v.Field)
	case *ssa.Call:
		return tapCall(v)
	}
	return 0
}

func nameField(t types.Type, i int) flow.Labels {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	field := flow.Field(t, i)
	switch {
	case field == nil:
	case isBase(t, "Stream") && field.Name() == "Name", isBase(t, "RecordData") && field.Name() == "Stream":
		return flow.Source(streamName)
	case isBase(t, "Property") && field.Name() == "Name":
		return flow.Source(columnName)
	case isBase(t, "Stream"):
		switch field.Name() {
		case "KeyProperties", "BookmarkProperties", "PartitionKeys", "UniqueConstraints":
			return flow.Source(columnName)
		}
	}
	return 0
}

func tapCall(call *ssa.Call) flow.Labels {
	callee := flow.Callee(call.Common())
	if callee == nil || callee.Pkg() == nil || callee.Pkg().Path() != basePath {
		return 0
	}
	switch callee.Name() {
	case "Columns", "Map":
		return flow.Source(columnName)
	case "Text", "Raw", "Line":
		return flow.Source(recordText)
	}
	return 0
}

// sqlModel knows, beside how text moves, what makes a name harmless.
func sqlModel(call *ssa.CallCommon) (flow.Model, bool) {
	if callee := flow.Callee(call); callee != nil {
		every := flow.AllArgs(call)
		switch {
		case returnsVerdict(callee) && (checking.MatchString(callee.Name()) || looksInto(callee)):
			return flow.Model{Checked: every}, true
		case quoting.MatchString(callee.Name()):
			return flow.Model{}, true
		case callee.Pkg() != nil && callee.Pkg().Path() == basePath:
			return flow.Model{}, true
		}
	}
	return textModel(call)
}

// looksInto tells searches for characters, or in a list of names that are allowed.
func looksInto(callee *types.Func) bool {
	if callee.Pkg() == nil {
		return false
	}
	switch callee.Pkg().Path() {
	case "strings":
		switch callee.Name() {
		case "ContainsAny", "ContainsFunc", "ContainsRune", "IndexAny", "IndexFunc":
			return true
		}
	case "slices":
		return callee.Name() == "Contains" || callee.Name() == "Index"
	}
	return false
}

// returnsVerdict tells functions that say yes or no, or return an error.
func returnsVerdict(callee *types.Func) bool {
	results := callee.Signature().Results()
	if results.Len() != 1 {
		return false
	}
	basic, ok := results.At(0).Type().Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsBoolean|types.IsInteger) != 0 || isError(results.At(0).Type())
}

// statement tells of the text of a statement that is handed to a database.
func statement(a *flow.Analysis, instr ssa.Instruction) {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return
	}
	callee := flow.Callee(call.Common())
	if callee == nil || callee.Signature().Recv() == nil {
		return
	}
	i := statementParam(callee)
	if i < 0 {
		return
	}
	args := flow.Args(call.Common())
	a.Hit(flow.Hit{Pos: instr.Pos(), Labels: a.Labels(args[i+1]), What: "run as SQL"}, instr.Parent())
}

// statementParam is the parameter of a method that is the text of a statement, as
// database/sql, pgx and their like have it, or -1.
func statementParam(callee *types.Func) int {
	switch strings.TrimSuffix(callee.Name(), "Context") {
	case "Exec", "Query", "QueryRow", "Prepare", "Queue", "MustExec", "NamedExec", "NamedQuery", "Queryx", "QueryRowx", "Preparex", "Raw":
	default:
		return -1
	}
	last := -1
	signature := callee.Signature()
	for i := range signature.Params().Len() {
		if signature.Variadic() && i == signature.Params().Len()-1 {
			break
		}
		if basic, ok := signature.Params().At(i).Type().(*types.Basic); ok && basic.Kind() == types.String {
			last = i // of Prepare(ctx, name, sql) the second
		}
	}
	return last
}
