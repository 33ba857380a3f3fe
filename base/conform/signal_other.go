//go:build !unix

package conform

import "os"

// terminate is the signal that asks a program to end; there is none here but the kill.
func terminate() os.Signal { return os.Kill }

func signalCode(*os.ProcessState) int { return -1 }
