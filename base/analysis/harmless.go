package analysis

import (
	"go/ast"
	"go/types"
	"strings"
)

// mayFail tells a call whose last result is an error.
func (d *dropper) mayFail(call *ast.CallExpr) bool {
	signature, ok := d.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return false // a conversion, or a builtin
	}
	n := signature.Results().Len()
	return n > 0 && isError(signature.Results().At(n-1).Type())
}

// harmless tells calls that never fail, or whose failure loses no record: what gives
// something back, and what takes a transaction back.
func (d *dropper) harmless(call *ast.CallExpr) bool {
	fn := called(d.pass, call)
	if fn == nil {
		return false
	}
	if fn.Pkg() != nil {
		switch path := fn.Pkg().Path(); {
		case path == "fmt" && (strings.HasPrefix(fn.Name(), "Print") || d.writesToMemory(call)),
			path == "bufio" && strings.HasPrefix(fn.Name(), "Write"), // Flush returns the error again
			path == "io" && strings.HasPrefix(fn.Name(), "Copy") && d.discards(call),
			path == "strings", path == "bytes", path == "hash", strings.HasPrefix(path, "hash/"), strings.HasPrefix(path, "crypto/"),
			path == "math/rand", path == "log", path == "log/slog":
			return true
		}
	}
	if receiver := d.receiver(call); receiver != nil && (isHash(receiver) || isLogger(receiver)) {
		return true
	}
	switch name := fn.Name(); {
	case name == "Close":
		return !d.completes(call)
	case name == "Rollback", strings.HasPrefix(name, "Remove"), strings.HasPrefix(name, "SetDeadline"),
		strings.HasPrefix(name, "SetRead"), strings.HasPrefix(name, "SetWrite"), name == "Unlock":
		return true
	}
	return false
}

// writesToMemory tells fmt.Fprint into a buffer, and to people.
func (d *dropper) writesToMemory(call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	t := d.pass.TypesInfo.TypeOf(call.Args[0])
	if t == nil {
		return false
	}
	switch types.TypeString(t, nil) {
	case "*strings.Builder", "*bytes.Buffer", "*bufio.Writer", "*os.File":
		if selector, ok := call.Args[0].(*ast.SelectorExpr); ok && (selector.Sel.Name == "Stderr" || selector.Sel.Name == "Stdout") {
			return true
		}
		return types.TypeString(t, nil) != "*os.File"
	}
	return isHash(t)
}

// discards tells io.Copy(io.Discard, …), by which a response is read to its end.
func (d *dropper) discards(call *ast.CallExpr) bool {
	selector, ok := call.Args[0].(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Discard"
}

func isHash(t types.Type) bool {
	return hasMethod(t, "Sum") && hasMethod(t, "BlockSize")
}

func hasMethod(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := object.(*types.Func)
	return ok
}

// completes tells calls without which what was written is not there: Flush, Sync,
// Commit, and the Close of something that is written to and not read from.
func (d *dropper) completes(call *ast.CallExpr) bool {
	fn := called(d.pass, call)
	receiver := d.receiver(call)
	if fn == nil || receiver == nil || isLogger(receiver) {
		return false
	}
	switch fn.Name() {
	case "Flush", "Sync", "Commit":
		return true
	case "Close":
		return hasMethod(receiver, "Write") && !hasMethod(receiver, "Read")
	}
	return false
}

func (d *dropper) receiver(call *ast.CallExpr) types.Type {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || d.pass.TypesInfo.Selections[selector] == nil {
		return nil
	}
	return d.pass.TypesInfo.TypeOf(selector.X)
}
