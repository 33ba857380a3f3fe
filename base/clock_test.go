package base_test

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// A clock that is set back or forward while a record is held neither keeps it for
// hours nor fails the run. (The clock of a test has no monotonic reading.)
func TestHeldRecordLeavesThoughTheClockJumps(t *testing.T) {
	for name, jump := range map[string]time.Duration{"back": -3 * time.Hour, "forward": 3 * time.Hour} {
		var offset atomic.Int64
		reader, writer := io.Pipe()
		exported := make(chan struct{}, 1)
		d := &plain{export: func(context.Context, []base.RecordData, string, base.Tags) error {
			exported <- struct{}{}
			return nil
		}}
		var stdout strings.Builder
		ended := make(chan int, 1)
		go func() {
			ended <- base.Run(t.Context(), d, tracedInfo(), base.Env{
				Args: []string{"--config_json", `{"maximum_batch_age": "100ms"}`}, Stdin: reader, Stdout: &stdout,
				Now: func() time.Time {
					return time.Unix(1_700_000_000, 0).Add(time.Duration(offset.Load() + time.Now().UnixNano()%1e15))
				},
			})
		}()
		if _, err := io.WriteString(writer, recordsOf("users", []int{1})+stateLine(usersState)); err != nil {
			t.Fatal(err)
		}
		offset.Store(int64(jump))
		select {
		case <-exported:
		case <-time.After(20 * time.Second):
			t.Errorf("%s: the record is still held", name)
		}
		_ = writer.Close()
		if code := <-ended; code != 0 || strings.TrimSpace(stdout.String()) != usersState {
			t.Errorf("%s: exit code %d, state %q", name, code, stdout.String())
		}
	}
}
