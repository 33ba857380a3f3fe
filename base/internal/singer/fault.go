package singer

import "fmt"

// Fault is what went wrong, and where in the input: with a stream, at a line, or both.
type Fault struct {
	Stream string // empty where the line belongs to none
	Line   int64  // the first is 1; 0 where no one line is to blame
	Err    error
}

func (f *Fault) Error() string {
	switch {
	case f.Stream == "":
		return fmt.Sprintf("line %d: %v", f.Line, f.Err)
	case f.Line == 0:
		return fmt.Sprintf("stream %s: %v", f.Stream, f.Err)
	}
	return fmt.Sprintf("stream %s, line %d: %v", f.Stream, f.Line, f.Err)
}

func (f *Fault) Unwrap() error { return f.Err }
