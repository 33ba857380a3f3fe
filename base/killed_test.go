//go:build unix

package base_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Killed at any moment, a connector leaves a state file that is whole, and that
// says nothing of records that were not exported.
func TestKilledConnectorLeavesAWholeState(t *testing.T) {
	for range 5 {
		p := startConnector(t, "", `{"maximum_batch_rows": 50}`)
		go func() {
			_, _ = fmt.Fprint(p.stdin, schemaLine("users"))
			for i := 1; ; i++ {
				_, err := fmt.Fprint(p.stdin, recordLine("users", fmt.Sprintf(`{"id": %d}`, i)),
					stateLine(fmt.Sprintf(`{"bookmarks": {"users": {"id": %d}}}`, i)))
				if err != nil {
					return
				}
			}
		}()
		p.await("state", "id")
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_, _ = p.exit()
		text, err := os.ReadFile(filepath.Join(p.dir, "state"))
		if err != nil {
			t.Fatal(err)
		}
		var state struct {
			Bookmarks struct{ Users struct{ ID int } }
		}
		if err := json.Unmarshal(text, &state); err != nil || strings.Count(string(text), "\n") != 1 {
			t.Errorf("state %q: %v", text, err)
		}
		exported := p.file("report")
		exported = exported[:strings.LastIndex(exported, "exported users")]
		if !strings.Contains(exported, fmt.Sprintf(`{"id": %d}`, state.Bookmarks.Users.ID)) {
			t.Errorf("the state says %d, which was not exported", state.Bookmarks.Users.ID)
		}
	}
}
