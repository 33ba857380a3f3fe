// Package debug is a helper of a connector that knows nothing of base.
package debug

import "fmt"

func Dump(v any) { // want Dump:`calls fmt.Printf`
	show(v)
}

func show(v any) { fmt.Printf("%v\n", v) }

func Text(v any) string { return fmt.Sprint(v) }
