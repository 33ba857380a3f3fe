package base

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// levelException is the level of Mage's logger.exception, which is how a failed
// run ends.
const levelException = slog.LevelError + 4

// logWriter writes Mage's log lines (part 10 of its contract).
type logWriter struct {
	mu      *sync.Mutex // of out
	out     io.Writer
	bare    bool // --log_to_stdout: the JSON alone, else LEVEL [time] JSON
	debug   bool
	now     func() time.Time
	secrets mask
	sampler *sampler // of lines that may be left out; nil: none may
}

// logLine is one line; tags is a JSON object.
type logLine struct {
	caller  string
	level   string
	message string
	tags    []byte
	others  bool // the line is not base's own: where there are many like it, it may be left out
}

// write never fails and never blocks the run for long: who reads the log may be
// gone.
func (w *logWriter) write(l logLine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if l.others {
		ok, told := w.sampler.admit(l, now)
		if told != nil {
			w.print(*told, now)
		}
		if !ok {
			return
		}
	}
	w.print(l, now)
}

// tellRest writes what is to be said of lines that were left out.
func (w *logWriter) tellRest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.sampler.rest() {
		w.print(line, w.now())
	}
}

func (w *logWriter) print(l logLine, now time.Time) {
	line := w.render(l, now)
	if !w.bare {
		level := l.level
		if level == "EXCEPTION" {
			level = "ERROR"
		}
		line = level + " [" + now.Format("2006-01-02T15:04:05.000000") + "] " + line
	}
	_, _ = io.WriteString(w.out, line+"\n")
}

func (w *logWriter) render(l logLine, now time.Time) string {
	out := append(make([]byte, 0, 256), `{"caller": `...)
	out = rawjson.AppendQuotedASCII(out, l.caller)
	out = append(out, `, "level": `...)
	out = rawjson.AppendQuotedASCII(out, l.level)
	out = append(out, `, "message": `...)
	out = rawjson.AppendQuotedASCII(out, w.secrets.text(l.message))
	out = append(out, `, "tags": `...)
	out = append(out, w.secrets.json(rawjson.AppendPython(nil, l.tags))...)
	out = fmt.Appendf(out, `, "timestamp": %d, "uuid": "%s", "type": "LOG"}`, now.Unix(), newID())
	return string(out)
}

// hide keeps the values from every line written from now on.
func (w *logWriter) hide(secrets mask) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = secrets
}

// newID is 32 hexadecimal digits, as uuid4().hex gives.
func newID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails, by its contract
	return hex.EncodeToString(id[:])
}

// logHandler is a slog.Handler on a logWriter.
type logHandler struct {
	writer *logWriter
	caller string
	attrs  []slog.Attr
	group  string
	author bool // lines of the author's: their errors are not the run's
}

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || h.writer.debug
}

func (h *logHandler) Handle(_ context.Context, record slog.Record) error {
	var tags object
	for _, attr := range h.attrs {
		addTag(&tags, "", attr)
	}
	record.Attrs(func(attr slog.Attr) bool {
		addTag(&tags, h.group, attr)
		return true
	})
	h.writer.write(logLine{caller: h.caller, level: h.level(record.Level), message: record.Message, tags: tags.bytes(), others: h.author})
	return nil
}

func (h *logHandler) level(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "DEBUG"
	case level < slog.LevelWarn:
		return "INFO"
	case level < slog.LevelError || h.author:
		return "WARNING"
	case level < levelException:
		return "ERROR"
	}
	return "EXCEPTION"
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = append([]slog.Attr(nil), h.attrs...)
	for _, attr := range attrs {
		attr.Key = h.group + attr.Key
		next.attrs = append(next.attrs, attr)
	}
	return &next
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	next := *h
	next.group = h.group + name + "."
	return &next
}

// addTag adds an attribute as a tag; groups become keys with dots.
func addTag(tags *object, group string, attr slog.Attr) {
	value := attr.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		for _, member := range value.Group() {
			addTag(tags, group+attr.Key+".", member)
		}
		return
	}
	key := rawjson.AppendQuoted(nil, group+attr.Key)
	tags.add(rawjson.Member{Key: key, Value: tagValue(value)})
}

func tagValue(value slog.Value) []byte {
	switch v := value.Any().(type) {
	case json.RawMessage:
		return v
	case error:
		return rawjson.AppendQuoted(nil, v.Error())
	case time.Duration, time.Time:
		return rawjson.AppendQuoted(nil, value.String())
	default:
		text, err := marshal(v)
		if err != nil {
			return rawjson.AppendQuoted(nil, fmt.Sprint(v))
		}
		return text
	}
}

// marshal is json.Marshal without the escapes for HTML, which would keep secrets
// with such characters from being found.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// tagArgs turns the tags that base sets into attributes, in Mage's order, which is
// another one for a set that a limit has ended.
func tagArgs(tags Tags) []any {
	order := []string{"row_type", "stream", "batch", "records"}
	if _, full := tags["batch_byte_size"]; full {
		order = []string{"batch", "batch_byte_size", "records", "stream"}
	}
	var args []any
	for _, key := range order {
		if value, ok := tags[key]; ok {
			args = append(args, slog.Any(key, value))
		}
	}
	return args
}
