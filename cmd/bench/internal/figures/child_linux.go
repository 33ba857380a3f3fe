package figures

import (
	"fmt"
	"os"
	"runtime/debug"
	"syscall"
)

// ChildPeakKiB is the most memory that a process had, or one that it started: whichever
// is greater. It is never less than the floor.
func ChildPeakKiB(p *os.ProcessState) int64 {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss
	}
	return 0
}

// LowerFloor gives memory back and lets the system forget that we had it, since a
// process begins with the peak of the one that starts it. It returns what is left: the
// least peak that can be seen.
func LowerFloor() (int64, error) {
	debug.FreeOSMemory()
	const peak = "5" // of the things that can be reset, see proc(5)
	if err := os.WriteFile("/proc/self/clear_refs", []byte(peak), 0); err != nil {
		return 0, fmt.Errorf("reset the peak of memory: %w", err)
	}
	return OwnPeakKiB(), nil
}
