package figures

import (
	"fmt"
	"runtime"
)

// Environment is what figures depend on beside the programs.
func Environment() string {
	return fmt.Sprintf("%s, %s/%s, %d cores", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}
