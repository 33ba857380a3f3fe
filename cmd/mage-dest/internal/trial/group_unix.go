//go:build unix

package trial

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps the terminal's Ctrl-C from the connector: it gets one signal,
// ours. A second one would make it give up what it holds.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
