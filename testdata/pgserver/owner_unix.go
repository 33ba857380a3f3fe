//go:build unix

package pgserver

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// parent is where clusters lie: the owner of one, who is not root, must reach it, and a
// test's own scratch may be only root's.
const parent = "/tmp"

// giveAway gives a folder to whom the server runs as, and returns how its programs are
// started: as another user where this one is root.
func giveAway(folder string) (*syscall.SysProcAttr, error) {
	process := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return process, nil
	}
	owner, err := otherUser()
	if err != nil {
		return nil, err
	}
	process.Credential = owner
	return process, os.Chown(folder, int(owner.Uid), int(owner.Gid))
}

func otherUser() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}
