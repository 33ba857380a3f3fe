package analysis

import "golang.org/x/tools/go/analysis"

// Analyzers returns all analyzers, in the order in which the manual lists them.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{
		unimplemented(),
		keptRecord(),
		droppedError(),
		sqlName(),
		lostContext(),
		secretLog(),
		stdout(),
		exit(),
		rounded(),
		signature(),
	}
}

// Todo is the category of a diagnostic that tells what is left to do in a fresh
// connector, which is no fault. It is told with -unimplemented.finished only.
const Todo = "todo"
