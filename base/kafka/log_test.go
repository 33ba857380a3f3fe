package kafka

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestWarningsOfTheClientAreToldOnceInAWhile(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	c := newClientLog(slog.New(slog.NewTextHandler(&out, nil)))
	c.now = func() time.Time { return now }
	for range 5 {
		c.Log(kgo.LogLevelWarn, "unable to open connection to broker", "addr", "a:1", "err", errors.New("refused"))
	}
	c.Log(kgo.LogLevelWarn, "another")
	now = now.Add(c.every)
	c.Log(kgo.LogLevelWarn, "unable to open connection to broker", "addr", "a:1")
	for text, want := range map[string]int{"unable to open connection to broker, addr: a:1": 2, "err: refused": 1, "another": 1} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q is told %d times, want %d:\n%s", text, got, want, &out)
		}
	}
}
