package base_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"

	"github.com/mage-dest/mage-dest/base"
)

// recorderConfig is the config of the destination that the contract's cases were
// recorded with.
type recorderConfig struct {
	OutputPath     string         `json:"output_path" required:"true"`
	FailStreams    []string       `json:"fail_streams"`
	FailOnCall     map[string]int `json:"fail_on_call"`
	FailConnection string         `json:"fail_connection"`
	RecordMeta     bool           `json:"record_meta"`
}

// recorder appends every call of ExportBatchData to a file, one JSON object a
// line.
type recorder struct {
	base.Destination[recorderConfig]
	path  string // where the calls go, whatever the config says
	calls map[string]int
}

// recordedCall is one line of the recorder's file.
type recordedCall struct {
	Stream  string            `json:"stream"`
	Tags    base.Tags         `json:"tags"`
	Records []json.RawMessage `json:"records"`
	Meta    *base.Stream      `json:"meta,omitempty"`
	Raised  bool              `json:"raised,omitempty"`
}

func (r *recorder) ExportBatchData(_ context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if r.calls == nil {
		r.calls = map[string]int{}
	}
	call := r.calls[stream]
	r.calls[stream]++
	config := r.Config()
	failing, planned := config.FailOnCall[stream]
	raised := slices.Contains(config.FailStreams, stream) || planned && failing == call
	if err := r.append(recordData, stream, tags, raised); err != nil {
		return err
	}
	if raised {
		return errors.New("boom " + stream)
	}
	return nil
}

func (r *recorder) append(recordData []base.RecordData, stream string, tags base.Tags, raised bool) error {
	line := recordedCall{Stream: stream, Tags: tags, Raised: raised}
	for _, item := range recordData {
		line.Records = append(line.Records, json.RawMessage(item.Record.Raw()))
	}
	if r.Config().RecordMeta {
		meta := r.Stream(stream)
		line.Meta = &meta
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	return errors.Join(err, file.Close())
}

func (r *recorder) TestConnection(context.Context) error {
	if text := r.Config().FailConnection; text != "" {
		return errors.New(text)
	}
	return nil
}
