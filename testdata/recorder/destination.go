// Package recorder is a destination that writes down how it was called. The
// cases of Mage's contract were recorded with its like in Python. The tests of
// base use it as it is; laid over the files of a connector that was made with
// mage-dest new, it shows that such a connector keeps the contract.
package recorder

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// Destination appends every call of ExportBatchData to a file, one JSON object a
// line.
type Destination struct {
	base.Destination[Config]

	// Dir is the folder that a relative output_path counts from; "" is the
	// working directory.
	Dir string

	calls map[string]int
}

// New makes a recorder.
func New() *Destination { return &Destination{calls: map[string]int{}} }

// Call is one line of the recorder's file.
type Call struct {
	Stream  string            `json:"stream"`
	Tags    base.Tags         `json:"tags"`
	Records []json.RawMessage `json:"records"`
	Meta    *base.Stream      `json:"meta,omitempty"`
	Raised  bool              `json:"raised,omitempty"`
}

// ExportBatchData writes the call down and fails if the config says so.
func (d *Destination) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	index := d.calls[stream]
	d.calls[stream]++
	failing, planned := d.Config().FailOnCall[stream]
	raised := slices.Contains(d.Config().FailStreams, stream) || planned && failing == index
	call := Call{Stream: stream, Tags: tags, Raised: raised}
	for _, item := range recordData {
		call.Records = append(call.Records, json.RawMessage(item.Record.Raw()))
	}
	if d.Config().RecordMeta {
		meta := d.Stream(stream)
		call.Meta = &meta
	}
	if err := d.write(call); err != nil {
		return err
	}
	if raised {
		return errors.New("boom " + stream)
	}
	return nil
}

func (d *Destination) write(call Call) error {
	text, err := json.Marshal(call)
	if err != nil {
		return err
	}
	path := d.Config().OutputPath
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.Dir, path)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

// TestConnection fails if the config says so.
func (d *Destination) TestConnection(context.Context) error {
	if text := d.Config().FailConnection; text != "" {
		return errors.New(text)
	}
	return nil
}
