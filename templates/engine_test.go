package templates_test

import (
	"strings"
	"testing"
)

// A connector carries the client of Kafka, and lists it in go.mod, if it asks for the
// engine, and else nothing of it.
func TestEngineIsCarriedOnlyWhereItIsAskedFor(t *testing.T) {
	for settings, want := range map[string]bool{"": false, "engine=kafka": true} {
		var given []string
		if settings != "" {
			given = append(given, settings)
		}
		c := newConnector(t, "stub", "acme", given...)
		c.goTool(t, "mod", "tidy")
		for what, text := range map[string]string{"go.mod": c.read(t, "go.mod"), "the program": c.goTool(t, "list", "-deps", ".")} {
			if got := strings.Contains(text, "github.com/twmb/franz-go"); got != want {
				t.Errorf("with settings %q %s names franz-go: %v, want %v", settings, what, got, want)
			}
		}
		about := c.goTool(t, "run", ".", "--about", "json")
		for _, key := range []string{`"kafka_password"`, `"kafka"`} {
			if got := strings.Contains(about, key); got != want {
				t.Errorf("with settings %q --about has %s: %v, want %v", settings, key, got, want)
			}
		}
	}
}
