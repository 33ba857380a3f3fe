package kafkaload

import (
	"context"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/kafka"
)

// SinkVerb is the word on bench's command line that stands before the arguments of a
// connector that only counts.
const SinkVerb = "kafka-sink"

// sink counts records and adds up their checksums: the same for the same records in
// whatever order they come. When its process ends it writes both to a file.
type sink struct {
	base.Destination[struct{}]
	total *total
}

type total struct{ records, sum atomic.Uint64 }

func (s *sink) ExportBatchData(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
	table := crc64.MakeTable(crc64.ECMA)
	var sum uint64
	for i := range recordData {
		sum += crc64.Checksum(recordData[i].Record.Raw(), table)
	}
	s.total.sum.Add(sum)
	s.total.records.Add(uint64(len(recordData)))
	return nil
}

// Sink runs the connector that only counts; the first argument is the folder for what it
// has counted.
func Sink(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := &total{}
	connector := func() base.Connector { return &sink{total: t} }
	info := base.Info{Name: "sink", Version: "1.0.0", Engine: kafka.Engine(connector)}
	code := base.RunProcess(connector(), info, base.Env{Args: args[1:], Stdin: stdin, Stdout: stdout, Stderr: stderr})
	text := fmt.Sprintf("%d %d\n", t.records.Load(), t.sum.Load())
	if err := os.WriteFile(filepath.Join(args[0], fmt.Sprintf("%d.count", os.Getpid())), []byte(text), 0o600); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return code
}
