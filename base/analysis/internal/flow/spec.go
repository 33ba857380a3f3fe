package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Spec says what is followed, from where and to where.
type Spec struct {
	// Carries tells whether a value of the type can hold what is followed.
	Carries func(types.Type) bool

	// Source gives the labels with which a value begins.
	Source func(ssa.Value) Labels

	// Model says what a call does that is known beforehand; it comes before what
	// the body of the function says.
	Model func(*ssa.CallCommon) (Model, bool)

	// Imported is what is known of a function of another package. It may be nil.
	Imported func(*types.Func) *Summary

	// Visit looks at an instruction and may tell the analysis of a Hit.
	Visit func(*Analysis, ssa.Instruction)

	// Stored is told what is put into a place that was not made in the function.
	// It may be nil.
	Stored func(a *Analysis, at ssa.Instruction, place Place, labels Labels)

	// Waits tells whether a function waits for what it has started. It may be nil.
	Waits func(*ssa.Function) bool

	// Fields follows values through fields of the package's own structs, from any
	// function to any other.
	Fields bool
}

// Model is how a call moves what is followed.
type Model struct {
	// Results and Into say which arguments (as Param labels, the receiver being the
	// first) go to every result, and into the first argument.
	Results, Into Labels

	// Checked are the arguments that the call has found harmless.
	Checked Labels
}

// Hit is a place where labelled values end.
type Hit struct {
	Pos    token.Pos
	In     *ssa.Function // the declared function it is in
	Labels Labels
	What   string
	Async  bool

	// Callee is the function that does it, with Where in it, or "".
	Callee, Where string
}

// Story is What, and where it happens if that is in a function that is called.
func (h Hit) Story() string {
	if h.Callee == "" {
		return h.What
	}
	return "handed to " + h.Callee + ", where it is " + h.What + " (" + h.Where + ")"
}
