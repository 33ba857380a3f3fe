//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package generator

import (
	"os"
	"syscall"
)

// holdFolder locks a folder until release is called. The kernel ends the lock
// with the process, however that ends. It reports false if another process has
// locked or removed the folder.
func holdFolder(parent *os.Root, name string) (release func(), held bool) {
	f, err := parent.Open(name)
	if err != nil {
		return nil, false
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil || !stillThere(parent, name, f) {
		f.Close()
		return nil, false
	}
	return func() { f.Close() }, true
}

// claimAbandoned holds a folder that no living process holds.
func claimAbandoned(parent *os.Root, name string) (release func(), abandoned bool) {
	return holdFolder(parent, name)
}

// stillThere reports whether name is the folder that f was opened as.
func stillThere(parent *os.Root, name string, f *os.File) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := parent.Lstat(name)
	return err == nil && os.SameFile(opened, now)
}
