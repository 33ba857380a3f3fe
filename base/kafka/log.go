package kafka

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// clientLog tells what the client warns of, such as brokers that do not answer. It tries
// again by itself, many times a second: each warning is told once in a while.
type clientLog struct {
	log   *slog.Logger
	now   func() time.Time
	every time.Duration

	mu   sync.Mutex
	told map[string]time.Time
}

func newClientLog(log *slog.Logger) *clientLog {
	return &clientLog{log: log, now: time.Now, every: 30 * time.Second, told: map[string]time.Time{}}
}

// Level implements kgo.Logger.
func (c *clientLog) Level() kgo.LogLevel { return kgo.LogLevelWarn }

// Log implements kgo.Logger.
func (c *clientLog) Log(_ kgo.LogLevel, message string, keyvals ...any) {
	c.mu.Lock()
	now := c.now()
	due := now.Sub(c.told[message]) >= c.every
	if due {
		c.told[message] = now
	}
	c.mu.Unlock()
	if !due {
		return
	}
	var text strings.Builder
	text.WriteString("Kafka: " + message)
	for i := 0; i+1 < len(keyvals); i += 2 {
		fmt.Fprintf(&text, ", %v: %v", keyvals[i], keyvals[i+1])
	}
	c.log.Warn(text.String())
}
