package base

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCgroupLimit(t *testing.T) {
	for name, test := range map[string]struct {
		self  string
		files map[string]string
		want  int64 // 0: none
	}{
		"version 2":           {"0::/pod/box\n", map[string]string{"pod/box/memory.max": "1048576\n"}, 1 << 20},
		"the one above":       {"0::/pod/box\n", map[string]string{"pod/box/memory.max": "max\n", "pod/memory.max": "2097152\n"}, 2 << 20},
		"the smallest":        {"0::/pod/box\n", map[string]string{"pod/box/memory.max": "3145728\n", "memory.max": "1048576\n"}, 1 << 20},
		"version 1":           {"5:cpu,memory:/pod\n1:cpu:/x\n", map[string]string{"memory/pod/memory.limit_in_bytes": "1048576\n"}, 1 << 20},
		"version 1, no limit": {"5:memory:/\n", map[string]string{"memory/memory.limit_in_bytes": "9223372036854771712\n"}, 0},
		"no limit":            {"0::/\n", map[string]string{"memory.max": "max\n"}, 0},
		"nothing there":       {"0::/\n", nil, 0},
		"nonsense":            {"x\n::::\n", map[string]string{"memory.max": "much\n"}, 0},
	} {
		root := t.TempDir()
		for path, text := range test.files {
			path = filepath.Join(root, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		self := filepath.Join(root, "self")
		if err := os.WriteFile(self, []byte(test.self), 0o600); err != nil {
			t.Fatal(err)
		}
		got, ok := cgroupLimit(self, root)
		if ok != (test.want != 0) || ok && got != test.want {
			t.Errorf("%s: %d, %v; want %d", name, got, ok, test.want)
		}
	}
	if _, ok := cgroupLimit(filepath.Join(t.TempDir(), "none"), "/"); ok {
		t.Error("a limit without /proc")
	}
}
