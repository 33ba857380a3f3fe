package basetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// ways are the broken programs: what others have got wrong, and what each test of the
// list is about.
func ways() []broken {
	return slices.Concat(brokenSpecs(), brokenReaders(), brokenStores(), brokenStates(), brokenFailures())
}

func brokenSpecs() []broken {
	about, full := asked("--about"), asked("--format=json")
	return []broken{
		{name: "no version", fails: []int{1}, out: replace(`^.*\n`, "unknown\n"), only: asked("--version")},
		{name: "no markdown", fails: []int{2}, code: always(1), only: asked("--format=markdown")},
		{name: "no descriptions", fails: []int{3}, out: replace(`"(description|title)": "[^"]+"`, `"$1": ""`), only: full},
		{name: "a secret that is none", fails: []int{3}, out: replace(`"secret": true`, `"secret": false`), only: full},
		{
			name: "about needs a home", fails: []int{4}, only: about,
			code: func(code int) int {
				if os.Getenv("GOCACHE") == "" && os.Getenv("LANG") == "" && len(os.Environ()) < 7 {
					return 1
				}
				return code
			},
		},
		{name: "sample of another connector", fails: []int{5}, out: replace(`"folder"`, `"path"`), only: asked("--show_templates")},
		{name: "required settings have defaults", fails: []int{6}, args: withConfig(func(c map[string]any) {
			if c["folder"] == nil {
				c["folder"] = "/tmp"
			}
		})},
		{name: "one fault at a time", fails: []int{7}, args: withConfig(func(c map[string]any) {
			faulty := slices.DeleteFunc(slices.Sorted(maps.Keys(c)), func(key string) bool { _, odd := c[key].(map[string]any); return !odd || key == "token" })
			for _, key := range faulty[min(1, len(faulty)):] {
				delete(c, key)
			}
		})},
		{name: "the config is logged", fails: []int{8}, around: func(run func() int) int {
			var script struct{ Args []string }
			_ = json.Unmarshal([]byte(os.Getenv("MAGE_DEST_CONFORM")), &script)
			if i := slices.Index(script.Args, "--config"); i >= 0 {
				text, _ := os.ReadFile(script.Args[i+1])
				fmt.Fprintf(os.Stderr, "started with %s\n", text)
			}
			return run()
		}},
		{name: "the environment wins", fails: []int{9}, args: withConfig(func(c map[string]any) {
			if value, ok := os.LookupEnv("REFERENCE_VALIDATION"); ok {
				c["validation"] = value
			}
		})},
		{name: "the environment is not read", fails: []int{9}, around: func(run func() int) int {
			os.Clearenv()
			return run()
		}},
		{name: "connections are always good", fails: []int{10}, code: always(0), only: asked("--test_connection")},
	}
}

func brokenReaders() []broken {
	return []broken{
		{name: "prints a greeting", fails: []int{11}, also: []int{5, 6, 39, 41}, only: running, around: func(run func() int) int {
			fmt.Println("Hello!")
			return run()
		}},
		{name: "records without a schema are dropped", fails: []int{12}, in: dropping(`"RECORD","stream":"unknown_`)},
		{name: "invalid schemas are made good", fails: []int{13}, in: func(line string) string {
			if strings.Contains(line, `"invalid`) && strings.Contains(line, "SCHEMA") {
				return ""
			}
			return dropping(`"RECORD","stream":"invalid`)(line)
		}},
		{name: "malformed lines are dropped", fails: []int{14, 18, 30}, in: func(line string) string {
			if line := strings.TrimSpace(line); line != "" && !json.Valid([]byte(line)) && strings.HasPrefix(line, "{") {
				return ""
			}
			return line
		}},
		{name: "lines with CR are no messages", fails: []int{15}, in: dropping(`RECORD.*\r`)},
		{name: "lines have a limit", fails: []int{16}, in: func(line string) string {
			if len(line) > 1<<20 {
				return ""
			}
			return line
		}},
		{name: "every schema is new", fails: []int{17}, in: func() func(string) string {
			count := 0
			return func(line string) string {
				count++
				return strings.Replace(line, `"type":"SCHEMA"`, fmt.Sprintf(`"bookmark_properties":["x%d"],"type":"SCHEMA"`, count), 1)
			}
		}()},
		{name: "half a line is a line", fails: []int{18}, in: func(line string) string {
			if !strings.HasSuffix(line, "\n") {
				return ""
			}
			return line
		}},
		{name: "nobody reads, nobody minds", fails: []int{18}, out: func(line string) string {
			if _, err := os.Stdout.WriteString(line); err != nil {
				return ""
			}
			return ""
		}, only: running},
	}
}

func brokenStores() []broken {
	return []broken{
		{name: "numbers are floats", fails: []int{19}, also: []int{41}, in: throughFloats},
		{name: "texts are trimmed", fails: []int{20}, in: replace(`" spaces "`, `"spaces"`)},
		{name: "U+0000 is left out", fails: []int{20}, in: replace(`\\u0000`, "")},
		{name: "names are lower case", fails: []int{21}, in: replace(`"Twin"`, `"twin"`)},
		{name: "names are cut", fails: []int{21}, in: replace(`((long_name_){6}lon)[^"]*"`, `$1"`)},
		{name: "objects lose what is not declared", fails: []int{22}, in: replace(`,"e":"not declared"`, "")},
		{name: "missing values keep what was there", fails: []int{23}, also: []int{36}, in: replace(`"id":3}`, `"id":3,"name":"full"}`)},
		{name: "undeclared columns are dropped", fails: []int{23}, in: replace(`,"extra":"undeclared"`, "")},
		{name: "equal rows are one", fails: []int{24}, read: func(rows []map[string]json.RawMessage) []map[string]json.RawMessage {
			seen := map[string]bool{}
			return slices.DeleteFunc(rows, func(row map[string]json.RawMessage) bool {
				key := string(row["id"])
				defer func() { seen[key] = true }()
				return seen[key] && len(row) <= 3
			})
		}},
		{name: "rows are appended", fails: []int{25, 26, 27, 29, 30, 43}, also: []int{28}, in: replace(`"key_properties":\[[^\]]*\]`, `"key_properties":[]`)},
		{name: "null does not replace", fails: []int{25}, in: replace(`"id":3,"name":null`, `"id":3,"name":"c"`)},
		{name: "the first of a batch wins", fails: []int{26}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			if strings.HasPrefix(stream, "duplicates") {
				recordData = slices.Clone(recordData)
				slices.Reverse(recordData)
			}
			return d.ExportBatchData(ctx, recordData, stream, tags)
		}},
		{name: "a missing key is a key", fails: []int{27}, in: replace(`("RECORD","stream":"key_(?:missing|null)[^}]*"id":1)(?:,"part":null)?`, `$1,"part":""`)},
		{name: "the first key stays", fails: []int{28}, in: replace(`("SCHEMA","stream":"keychange.*"key_properties":)\["name"\]`, `$1["id"]`)},
		{name: "deletes are rows", fails: []int{29}, in: replace(`"_sdc_deleted_at":"[^"]*"`, `"_sdc_deleted_at":null`)},
		{name: "versions are not activated", fails: []int{30}, in: dropping("ACTIVATE_VERSION")},
		{name: "a version is activated at its first record", fails: []int{30}, in: func() func(string) string {
			seen := false
			return func(line string) string {
				if !seen && strings.Contains(line, `"version":2`) && strings.Contains(line, "RECORD") {
					seen = true
					stream := regexp.MustCompile(`"stream":("[^"]*")`).FindStringSubmatch(line)[1]
					return fmt.Sprintf(`{"type":"ACTIVATE_VERSION","stream":%s,"version":2}`+"\n", stream) + line
				}
				return line
			}
		}()},
		{name: "new columns are dropped", fails: []int{31}, in: replace(`,"new":[0-9.]+`, "")},
		{name: "no metadata", fails: []int{32}, read: func(rows []map[string]json.RawMessage) []map[string]json.RawMessage {
			for _, row := range rows {
				delete(row, base.CreatedAtColumn)
			}
			return rows
		}},
	}
}

// throughFloats is what a language does that has one type for numbers.
func throughFloats(line string) string {
	var message map[string]any
	if !strings.Contains(line, `"RECORD"`) || json.Unmarshal([]byte(line), &message) != nil {
		return line
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(message)
	return text.String()
}

func brokenStates() []broken {
	return []broken{
		{name: "limits are not kept", fails: []int{33}, also: []int{7, 40}, args: withConfig(func(c map[string]any) {
			delete(c, "maximum_batch_rows")
		})},
		{name: "time does not pass", fails: []int{33}, args: withConfig(func(c map[string]any) {
			delete(c, "maximum_batch_age")
		})},
		{name: "streams are mixed up", fails: []int{34}, in: replace(`("RECORD","stream":")s37_`, `${1}s36_`)},
		{name: "states are told when they are read", fails: []int{38, 39, 42, 43}, also: []int{12, 13, 15, 27, 36, 40, 41}, perhaps: []int{14, 35}, only: running, in: tellAtOnce},
		{name: "states are told backwards", fails: []int{36}, also: []int{11, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 28, 33, 34, 35, 37, 38, 40, 41, 42, 44}, out: func() func(string) string {
			var held string
			return func(line string) string {
				if held == "" {
					held = line
					return ""
				}
				defer func() { held = "" }()
				return line + held
			}
		}(), only: running},
		{name: "an empty state replaces", fails: []int{36}, also: []int{13, 15, 17, 18, 19, 20, 21, 22, 23, 28, 34, 35, 37, 40, 41, 44}, around: func(run func() int) int {
			code := run()
			if code == 0 && len(os.Args) > 0 && runningNow() {
				fmt.Println("{}")
			}
			return code
		}},
		{name: "big numbers in states are floats", fails: []int{36}, out: replace(`12345678901234567890`, `12345678901234567000`)},
		{name: "states without records are not told", fails: []int{37}, in: dropping(`"STATE".*"stateonly`)},
	}
}

// runningNow tells a run with input from one that is asked something.
func runningNow() bool {
	var script struct{ Args []string }
	_ = json.Unmarshal([]byte(os.Getenv("MAGE_DEST_CONFORM")), &script)
	return running(script.Args)
}

// tellAtOnce writes a state while it is read.
func tellAtOnce(line string) string {
	var message struct {
		Type  string
		Value json.RawMessage
	}
	if json.Unmarshal([]byte(line), &message) == nil && message.Type == "STATE" {
		fmt.Println(string(message.Value))
	}
	return line
}

func brokenFailures() []broken {
	return []broken{
		{name: "the failed stream's bookmark is told", fails: []int{38}, around: func(run func() int) int {
			code := run()
			if state := lastState(); code != 0 && strings.Contains(state, "good_") {
				fmt.Println(state)
			}
			return code
		}, in: rememberState},
		{name: "errors are swallowed", fails: []int{38, 39, 40, 41}, also: []int{27}, export: swallow},
		{name: "exit code 0 whatever happens", fails: []int{6, 7, 10, 12, 13, 14, 18, 27, 30, 38, 39, 40, 41, 42}, also: []int{9, 15}, code: always(0), only: func(args []string) bool { return !asked("--about", "--version")(args) }},
		{name: "every error is tried again", fails: []int{40}, also: []int{41}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			return base.Retryable(d.ExportBatchData(ctx, recordData, stream, tags))
		}},
		{name: "no error is tried again", fails: []int{40, 41}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			if err := d.ExportBatchData(ctx, recordData, stream, tags); err != nil {
				return fmt.Errorf("%w: %w", errLost, err)
			}
			return nil
		}},
		{name: "one good record is refused, too", fails: []int{41}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			err := d.ExportBatchData(ctx, recordData, stream, tags)
			if partial, ok := err.(*base.BatchError); ok { //nolint:errorlint // it is not wrapped here
				partial.Failed[0] = errLost
			}
			return err
		}},
		{name: "refused records vanish", fails: []int{41}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			err := d.ExportBatchData(ctx, recordData, stream, tags)
			if _, ok := err.(*base.BatchError); ok { //nolint:errorlint // it is not wrapped here
				return nil
			}
			return err
		}},
		{name: "SIGTERM is the end of the input", fails: []int{42}, also: []int{40}, around: func(run func() int) int {
			code := run()
			if code == 128+int(syscall.SIGTERM) {
				return 0
			}
			return code
		}},
		{name: "SIGTERM is ignored", fails: []int{40, 42}, around: func(run func() int) int {
			go func() { // base listens, too: what it would do is taken back
				for range time.Tick(time.Millisecond) {
					signal.Ignore(syscall.SIGTERM)
				}
			}()
			return run()
		}},
		{name: "SIGTERM hangs while nothing is held", fails: []int{42}, around: func(run func() int) int {
			code := run()
			if code == 128+int(syscall.SIGTERM) {
				time.Sleep(3 * time.Second)
			}
			return code
		}},
		{name: "records of a batch are lost", fails: []int{24, 33, 34, 35, 38, 42, 43}, also: []int{17, 18, 23, 25, 26, 29, 30, 31, 40, 41}, export: forget(func(record string) bool { return idOf(record)%7 == 3 })},
		{name: "memory grows", fails: []int{44}, grows: true, export: leak()},
		{name: "a goroutine stays", fails: []int{44}, export: func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
			go func() { select {} }()
			return d.ExportBatchData(ctx, recordData, stream, tags)
		}},
	}
}

// leak keeps what it was handed.
func leak() exporter {
	var kept []any
	var mu sync.Mutex
	return func(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
		mu.Lock()
		defer mu.Unlock()
		for range recordData {
			kept = append(kept, bytes.Repeat([]byte("x"), 3000))
		}
		_, _ = io.Discard.Write([]byte{byte(len(kept))})
		return d.ExportBatchData(ctx, recordData, stream, tags)
	}
}

var seen struct {
	sync.Mutex
	state string
}

// rememberState keeps the last state that was read.
func rememberState(line string) string {
	var message struct {
		Type  string
		Value json.RawMessage
	}
	if json.Unmarshal([]byte(line), &message) == nil && message.Type == "STATE" {
		seen.Lock()
		defer seen.Unlock()
		seen.state = string(message.Value)
	}
	return line
}

func lastState() string {
	seen.Lock()
	defer seen.Unlock()
	return seen.state
}
