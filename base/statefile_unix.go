//go:build unix

package base

import (
	"errors"
	"syscall"
)

// mountedByItself tells that a rename failed because the file is a mount point,
// as a file that is bound into a container is.
func mountedByItself(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EXDEV)
}
