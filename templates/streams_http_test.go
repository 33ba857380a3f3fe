package templates_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForeignStreamsLandInAnAPI sends each file twice to an API that keeps what it gets:
// every record of every stream, with every digit, in the order of the file.
func TestForeignStreamsLandInAnAPI(t *testing.T) {
	needForeignStreams(t)
	binary := buildPack(t, "http")
	for _, tc := range foreigns() {
		t.Run(tc.file+" "+tc.validation, func(t *testing.T) {
			tc.testAPI(t, binary)
		})
	}
}

func (tc foreign) testAPI(t *testing.T, binary string) {
	kept := &keeper{records: map[string][]string{}}
	server := httptest.NewServer(kept)
	defer server.Close()
	config := map[string]any{"url": server.URL + "/{stream}", "body": "ndjson", "gzip": true, "rows_per_request": 3, "validation": "full"}
	if tc.validation != "" {
		config["validation"] = tc.validation
	}
	if strings.Contains(tc.fails, ": table ") {
		tc.fails = "" // an API may take what no table can
	}
	state, input := filepath.Join(t.TempDir(), "state.json"), filepath.Join(foreignStreams, filepath.FromSlash(tc.file))
	messages, sent, want := readMessages(t, input), readRecords(t, input), map[string][]string{}
	for range 2 {
		tc.run(t, binary, "--config_json", marshal(t, config), "--input_file_path", input, "--state", state)
		if tc.fails != "" {
			continue
		}
		for stream, records := range sent {
			want[stream] = append(want[stream], records...)
		}
		if diff := cmp.Diff(want, kept.all()); diff != "" {
			t.Errorf("the API has something else (-want +got):\n%s", diff)
		}
		holdState(t, state, messages)
	}
}

// keeper is an API that keeps every line that it gets, by the last part of the address.
type keeper struct {
	mu      sync.Mutex
	records map[string][]string
}

// all is what it has.
func (k *keeper) all() map[string][]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.records)
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	unzipped, err := gzip.NewReader(r.Body)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(unzipped)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	stream := r.URL.Path[1:]
	for line := range bytes.Lines(body) {
		k.records[stream] = append(k.records[stream], withoutSpaces(line))
	}
}

// readRecords are the records of a file by their stream, as they are written there but
// for spaces.
func readRecords(t *testing.T, file string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	records := map[string][]string{}
	for line := range bytes.Lines(text) {
		var m struct {
			Type, Stream string
			Record       json.RawMessage
		}
		if json.Unmarshal(line, &m) == nil && m.Type == "RECORD" {
			records[m.Stream] = append(records[m.Stream], withoutSpaces(m.Record))
		}
	}
	return records
}

// withoutSpaces is JSON text on its shortest line; what is no JSON stays as it is.
func withoutSpaces(text []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return string(text)
	}
	return b.String()
}
