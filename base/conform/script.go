package conform

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// ScriptVariable names the environment variable in which a program that understands
// it gets its Script as JSON.
const ScriptVariable = "MAGE_DEST_CONFORM"

// Script makes the store of a program fail, and lets it tell what it did.
type Script struct {
	// Args are the arguments that the program is to take for its own.
	Args []string `json:"args"`

	// Journal is a file to which the program appends a Call, as a line of JSON, when a
	// call of ExportBatchData has ended and before what it returned is acted on. Empty:
	// none is kept.
	Journal string `json:"journal,omitempty"`

	// Plays are what calls get to see in the place of the store, the first that fits.
	Plays []Play `json:"plays,omitempty"`

	// Report is a file to which the program writes its Usage at its end. Empty: none.
	Report string `json:"report,omitempty"`
}

// Play is what one or more calls of ExportBatchData get to see.
type Play struct {
	// Stream is the one whose calls are meant; empty means all.
	Stream string `json:"stream,omitempty"`

	// From and To count the calls of that stream, from 1; To 0 means for ever.
	From int `json:"from"`
	To   int `json:"to"`

	// Error is what the call returns: one of error, permanent, retryable, retry_after,
	// too_large, partial, partial_retryable, panic; slow and hang make it wait before
	// it does what it should. With Ahead the records are stored all the same, but for
	// those that fail.
	Error string `json:"error"`

	// Text is what the error says.
	Text string `json:"text,omitempty"`

	// Wait is how long retry_after asks to wait, and slow waits.
	Wait time.Duration `json:"wait,omitempty"`

	// IDs are the values of the column id of records that fail; with permanent the call
	// fails if it has one of them, with too_large if it has more than Most records.
	IDs  []int `json:"ids,omitempty"`
	Most int   `json:"most,omitempty"`
}

// Call is one call of ExportBatchData that has ended.
type Call struct {
	Stream  string            `json:"stream"`
	Attempt int               `json:"attempt"`
	ID      string            `json:"id"`
	At      time.Time         `json:"at"`
	Records []json.RawMessage `json:"records"`
	Stored  []int             `json:"stored"` // indexes of those that are durable
	Error   string            `json:"error,omitempty"`
}

// Usage is what a program tells of itself at its end.
type Usage struct {
	PeakBytes int64  `json:"peak_bytes"` // of memory; 0 where the system does not say
	Leak      string `json:"leak,omitempty"`
	Race      bool   `json:"race"` // built with the race detector, which takes memory
}

// readJournal reads the calls; a line that a kill has cut short is left out.
func readJournal(path string) ([]Call, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var calls []Call
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var call Call
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			continue
		}
		calls = append(calls, call)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return calls, nil
}

// confirmed are the records of a stream that were stored, as rows.
func confirmed(calls []Call, stream string) ([]Row, error) {
	var rows []Row
	for _, call := range calls {
		if call.Stream != stream {
			continue
		}
		for _, i := range call.Stored {
			var row Row
			if err := json.Unmarshal(call.Records[i], &row); err != nil {
				return nil, fmt.Errorf("journal: %w", err)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}
