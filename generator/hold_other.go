//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package generator

import (
	"os"
	"time"
)

// abandonedAfter is how old a folder must be to count as left behind where no
// lock can tell. A run writes for less than a second.
const abandonedAfter = time.Hour

// holdFolder has nothing to lock: a folder is safe while it is young.
func holdFolder(*os.Root, string) (release func(), held bool) { return func() {}, true }

// claimAbandoned reports whether a folder is old enough to have been left behind.
func claimAbandoned(parent *os.Root, name string) (release func(), abandoned bool) {
	info, err := parent.Lstat(name)
	return func() {}, err == nil && time.Since(info.ModTime()) > abandonedAfter
}
