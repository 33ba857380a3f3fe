//go:build !unix

package base

import (
	"os"
	"syscall"
)

// brokenPipeSignals names a signal that never comes: to ignore none would mean
// to ignore all.
func brokenPipeSignals() []os.Signal { return []os.Signal{syscall.Signal(0x7f)} }
