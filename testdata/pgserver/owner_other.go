//go:build !unix

package pgserver

import "syscall"

// parent is the system's own place for what does not stay.
const parent = ""

// giveAway has nothing to do: pg_ctl lets go of an administrator's rights by itself.
func giveAway(string) (*syscall.SysProcAttr, error) { return nil, nil }
