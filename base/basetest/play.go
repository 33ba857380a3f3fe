package basetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/conform"
)

// play is the process of the connector: it runs it by a script and returns its exit
// code.
func play(text string, d base.Connector, info base.Info, change ...func(*base.Env)) int {
	var script conform.Script
	if err := json.Unmarshal([]byte(text), &script); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", conform.ScriptVariable, err)
		return 1
	}
	before := goroutines()
	stage := &stage{script: script, calls: map[string]int{}}
	env := base.Env{
		Args: script.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Export: stage.export,
	}
	for _, f := range change { // for programs that are broken on purpose
		f(&env)
	}
	exit := base.RunProcess(d, info, env)
	if script.Report != "" {
		if err := writeUsage(script.Report, leaked(before)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return exit
}

func writeUsage(path, leak string) error {
	usage := conform.Usage{PeakBytes: peakBytes(), Leak: leak, Race: raceDetector}
	text, err := json.Marshal(usage)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// peakBytes is the most memory that this process had, 0 where the system does not say.
func peakBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(peak), "kB")), 10, 64)
			return kib << 10
		}
	}
	return 0
}

// stage stands between base and the connector.
type stage struct {
	script conform.Script
	mu     sync.Mutex
	calls  map[string]int
}

func (s *stage) export(ctx context.Context, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) (err error) {
	s.mu.Lock()
	s.calls[stream]++
	number := s.calls[stream]
	s.mu.Unlock()
	defer func() {
		cause := recover()
		if cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
		if told := s.tell(ctx, recordData, stream, err); told != nil {
			err = told
		}
		if cause != nil {
			panic(cause)
		}
	}()
	for _, p := range s.script.Plays {
		if (p.Stream == "" || p.Stream == stream) && number >= p.From && (p.To == 0 || number <= p.To) {
			return perform(ctx, p, d, recordData, stream, tags)
		}
	}
	return d.ExportBatchData(ctx, recordData, stream, tags)
}

// perform lets a call see what the play says, or the connector where that does not
// concern its records.
func perform(ctx context.Context, p conform.Play, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
	text := p.Text
	if text == "" {
		text = "played " + p.Error
	}
	failure := errors.New(text)
	bad := withIDs(recordData, p.IDs)
	switch p.Error {
	case "error":
		return failure
	case "panic":
		panic(text)
	case "retryable":
		return base.Retryable(failure)
	case "retry_after":
		return base.RetryAfter(failure, p.Wait)
	case "permanent":
		if p.IDs == nil || len(bad) > 0 {
			return base.Permanent(failure)
		}
	case "too_large":
		if len(recordData) > p.Most {
			return base.TooLarge(failure)
		}
	case "partial", "partial_retryable":
		if len(bad) > 0 {
			return partly(ctx, p, failure, bad, d, recordData, stream, tags)
		}
	case "slow":
		select {
		case <-time.After(p.Wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	case "hang":
		select {}
	}
	return d.ExportBatchData(ctx, recordData, stream, tags)
}

// partly stores all records but the bad ones, which it says have failed.
func partly(ctx context.Context, p conform.Play, failure error, bad []int, d base.Exporter, recordData []base.RecordData, stream string, tags base.Tags) error {
	var good []base.RecordData
	failed := map[int]error{}
	for i := range recordData {
		if !slices.Contains(bad, i) {
			good = append(good, recordData[i])
			continue
		}
		failed[i] = failure
		if p.Error == "partial_retryable" {
			failed[i] = base.Retryable(failure)
		}
	}
	if len(good) > 0 {
		if err := d.ExportBatchData(ctx, good, stream, tags); err != nil {
			return err
		}
	}
	return &base.BatchError{Failed: failed}
}

// withIDs are the indexes of the records whose column id is one of some.
func withIDs(recordData []base.RecordData, ids []int) (indexes []int) {
	for i := range recordData {
		value, _ := recordData[i].Record.Get("id")
		if id, err := strconv.Atoi(string(value)); err == nil && slices.Contains(ids, id) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// tell writes a call into the journal, which a kill must not lose: what was returned is
// acted on afterwards.
func (s *stage) tell(ctx context.Context, recordData []base.RecordData, stream string, result error) error {
	if s.script.Journal == "" {
		return nil
	}
	batch := base.BatchFromContext(ctx)
	call := conform.Call{Stream: stream, Attempt: batch.Attempt, ID: batch.ID, At: time.Now()}
	var partial *base.BatchError
	if result != nil {
		call.Error = result.Error()
		_ = errors.As(result, &partial)
	}
	for i := range recordData {
		call.Records = append(call.Records, json.RawMessage(recordData[i].Record.Raw()))
		if result == nil || partial != nil && !partial.NoneStored && partial.Failed[i] == nil {
			call.Stored = append(call.Stored, i)
		}
	}
	line, err := json.Marshal(call)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	file, err := os.OpenFile(s.script.Journal, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
