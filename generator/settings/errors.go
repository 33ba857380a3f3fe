package settings

import (
	"fmt"
	"go/token"
	"strings"
)

// Error tells all that is wrong with a Config, or with the markers of a file:
// each fault with file, line and column, and the remedy.
type Error struct {
	Faults []string
}

func (e *Error) Error() string { return strings.Join(e.Faults, "\n") }

// faults gathers what is wrong.
type faults []string

func (f *faults) add(at token.Position, format string, args ...any) {
	*f = append(*f, fmt.Sprintf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// err returns nil without faults.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Faults: f}
}
