package base

import (
	"encoding/json"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// noise logs what the tap printed that is no message.
func (r *run) noise(message string) {
	r.writer.write(logLine{caller: r.info.class(), level: "INFO", message: message, tags: []byte("{}"), others: true})
}

// relay passes a log line of the tap on, with its own level and caller. It goes
// to stderr even with --log_to_stdout, as in Mage's base: on stdout a line of
// level ERROR would make Mage fail a run in which nothing failed.
func (r *run) relay(m singer.Message) {
	caller := m.Text("caller")
	if caller == "" {
		caller = "Logger"
	}
	level := strings.ToUpper(m.Text("level"))
	switch level {
	case "DEBUG":
		if !r.flags.debug {
			return
		}
	case "INFO", "WARNING", "ERROR", "EXCEPTION":
	case "CRITICAL", "FATAL":
		level = "ERROR"
	default:
		level = "INFO"
	}
	message := m.Text("message")
	if message == "" {
		value, _ := m.Get("message")
		message = string(value)
	}
	tags, ok := m.Get("tags")
	if !ok || rawjson.KindOf(tags) != rawjson.Object {
		tags = json.RawMessage("{}")
	}
	r.relayed.write(logLine{caller: caller, level: level, message: message, tags: tags, others: true})
}
