package generator

import (
	"fmt"
	"strings"
)

// InputError says what is wrong with what the user gave: the name, answers,
// flags or a manifest. All faults are told at once; each names the place and the
// remedy. Commands end with "wrong usage" on it.
type InputError struct {
	Faults []string
}

func (e *InputError) Error() string { return strings.Join(e.Faults, "\n") }

// inputErrorf is an InputError with one fault.
func inputErrorf(format string, args ...any) *InputError {
	return &InputError{Faults: []string{fmt.Sprintf(format, args...)}}
}

// asError returns nil without faults, so that checks can collect and end with it.
func asError(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	return &InputError{Faults: faults}
}
