//go:build unix

package base

import (
	"os"
	"syscall"
)

func brokenPipeSignals() []os.Signal { return []os.Signal{syscall.SIGPIPE} }
