package base

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// setMemoryLimit tells Go's collector how much memory the container has: nine
// tenths of the cgroup's limit, unless GOMEMLIMIT says otherwise. It returns the
// limit in force in bytes, math.MaxInt64 where there is none.
func setMemoryLimit(env func(string) (string, bool)) int64 {
	if _, set := env("GOMEMLIMIT"); !set {
		if limit, ok := cgroupLimit("/proc/self/cgroup", "/sys/fs/cgroup"); ok {
			debug.SetMemoryLimit(limit / 10 * 9)
		}
	}
	return debug.SetMemoryLimit(-1)
}

// cgroupLimit is the smallest limit of the process's cgroup and of those above
// it, version 2 or 1.
func cgroupLimit(self, root string) (limit int64, ok bool) {
	text, err := os.ReadFile(self)
	if err != nil {
		return 0, false
	}
	limit = math.MaxInt64
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		_, rest, _ := strings.Cut(line, ":")
		controllers, path, _ := strings.Cut(rest, ":")
		switch {
		case controllers == "":
			limit = min(limit, smallestLimit(root, path, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			limit = min(limit, smallestLimit(filepath.Join(root, "memory"), path, "memory.limit_in_bytes"))
		}
	}
	// Version 1 writes "no limit" as the largest multiple of the page size.
	return limit, limit < math.MaxInt64/2
}

func smallestLimit(root, path, file string) int64 {
	limit := int64(math.MaxInt64)
	for path = filepath.Clean("/" + path); ; path = filepath.Dir(path) {
		if text, err := os.ReadFile(filepath.Join(root, path, file)); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				limit = min(limit, n)
			}
		}
		if path == "/" {
			return limit
		}
	}
}

// fitMemory refuses a batch limit that the memory cannot hold.
func (l limits) fitMemory(limit int64) error {
	if batch := l.batchBytes(); l.MaximumBatchSizeMB > 0 && batch > limit {
		return &configError{[]error{fmt.Errorf(
			"maximum_batch_size_mb: %v MiB of records do not fit in the memory limit of %d MiB: lower the one or raise the other",
			l.MaximumBatchSizeMB, limit>>20)}}
	}
	return nil
}
