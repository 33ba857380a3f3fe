//go:build unix

package conform

import (
	"os"
	"syscall"
)

// terminate is the signal that asks a program to end.
func terminate() os.Signal { return syscall.SIGTERM }

// signalCode is 128 and the number of the signal that ended a process.
func signalCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return -1
}
