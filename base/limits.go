package base

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// limits are the config keys of base itself, the same in every connector.
type limits struct {
	MaximumBatchSizeMB float64         `json:"maximum_batch_size_mb" default:"100" doc:"MiB of memory for the records of all streams: one half is filled while the other is exported; 0 = no limit"`
	MaximumBatchRows   int             `json:"maximum_batch_rows" default:"0" doc:"records of one stream held before all are exported; 0 = no limit"`
	MaximumBatchAge    Duration        `json:"maximum_batch_age" default:"5m" doc:"longest time a record is held before it is exported, also without further input; 0 = no limit"`
	Workers            int             `json:"workers" default:"0" doc:"goroutines that check records side by side; 0 = one for each core"`
	ShutdownTimeout    Duration        `json:"shutdown_timeout" default:"25s" doc:"time to export what was read after the first SIGINT or SIGTERM; 0 = no limit"`
	MaximumAttempts    int             `json:"maximum_attempts" default:"5" doc:"calls made for the same records while the store says that they may be tried again; 0 = no limit"`
	RetryWait          Duration        `json:"retry_wait" default:"1s" doc:"time before the second attempt, doubled with each further one up to 30s; a random half of it is left out"`
	MaximumRetryTime   Duration        `json:"maximum_retry_time" default:"10m" doc:"longest time for all attempts at one batch; 0 = no limit"`
	CallTimeout        Duration        `json:"call_timeout" default:"0s" doc:"longest time for one call of the connector: its context ends then, and a call that ignores that is given up with the run; 0 = no limit"`
	Validation         string          `json:"validation" default:"mage" enum:"mage,full,off" doc:"mage: each column by Draft 4 where the stream asks for it; full: the whole record by the schema's own draft, formats too; off: nothing"`
	NonFinite          string          `json:"non_finite" default:"error" enum:"error,null" doc:"what NaN and the infinities become"`
	OnInvalid          string          `json:"on_invalid" default:"fail" enum:"fail,dead_letter" doc:"fail: a refused record fails its stream; dead_letter: it is set aside and the run goes on"`
	DeadLetterPath     string          `json:"dead_letter_path" doc:"file to which refused records are appended; it can be fed to the connector again"`
	MaximumDeadLetters int             `json:"maximum_dead_letters" default:"1000" doc:"records set aside before the run is stopped; 0 = no limit"`
	DeadLetterShare    float64         `json:"maximum_dead_letter_share" default:"0" doc:"part of all records, from 0 to 1, that may be set aside before the run is stopped; looked at from 100 records on; 0 = no limit"`
	MetricsPath        string          `json:"metrics_path" doc:"file to which the figures of the run are written at its end, in Prometheus' text format"`
	Streams            streamOverrides `json:"_streams" doc:"constant columns and partition keys added to every stream"`
}

// check tells what single keys cannot tell of themselves.
func (l limits) check(c capabilities, lettersElsewhere bool) error {
	var faults []error
	if l.MaximumBatchSizeMB < 0 {
		faults = append(faults, fmt.Errorf("maximum_batch_size_mb: want 0 or more, not %v", l.MaximumBatchSizeMB))
	}
	if l.MaximumBatchRows < 0 {
		faults = append(faults, fmt.Errorf("maximum_batch_rows: want 0 or more, not %d", l.MaximumBatchRows))
	}
	if l.MaximumAttempts < 0 {
		faults = append(faults, fmt.Errorf("maximum_attempts: want 0 or more, not %d", l.MaximumAttempts))
	}
	if l.Workers < 0 {
		faults = append(faults, fmt.Errorf("workers: want 0 or more, not %d", l.Workers))
	}
	if l.MaximumDeadLetters < 0 {
		faults = append(faults, fmt.Errorf("maximum_dead_letters: want 0 or more, not %d", l.MaximumDeadLetters))
	}
	if l.DeadLetterShare < 0 || l.DeadLetterShare > 1 {
		faults = append(faults, fmt.Errorf("maximum_dead_letter_share: want 0 to 1, not %v", l.DeadLetterShare))
	}
	if l.setsAside() && l.DeadLetterPath == "" && c.deadLetterer == nil && !lettersElsewhere {
		faults = append(faults, errors.New("dead_letter_path: required with on_invalid: dead_letter"))
	}
	if len(faults) > 0 {
		return &configError{faults}
	}
	return nil
}

// setsAside tells whether what is refused is set aside.
func (l limits) setsAside() bool { return l.OnInvalid == "dead_letter" }

// workers is how many goroutines check records. More than cores gain nothing, but
// are allowed: the result is the same.
func (l limits) workers() int {
	const most = 1024
	if l.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return min(l.Workers, most)
}

// batchBytes is the limit of held bytes, 0 for none.
func (l limits) batchBytes() int64 {
	if l.MaximumBatchSizeMB >= math.MaxInt64>>20 {
		return math.MaxInt64
	}
	return int64(l.MaximumBatchSizeMB * (1 << 20))
}

// setBytes is the limit for a set, by its number in the run. The first ones of a run are
// smaller, so that the store has work soon; each is twice the one before, up to half of
// the memory.
func (l limits) setBytes(number int) int64 {
	const least = 4 << 20 // smaller ones are not worth a call
	half := l.batchBytes() / 2
	return max(half>>max(0, 3-number), min(half, least))
}

// streamOverrides is the config key _streams: one set of overrides for all
// streams.
type streamOverrides struct {
	Columns       constantColumns
	PartitionKeys []string
}

// constantColumns are columns with one value for every record, in the order of
// the config.
type constantColumns []field

// UnmarshalJSON reads {"columns": {…}, "partition_keys": […]}.
func (o *streamOverrides) UnmarshalJSON(text []byte) error {
	if rawjson.KindOf(text) != rawjson.Object {
		return errors.New("want an object with columns and partition_keys")
	}
	columns, _ := rawjson.Get(text, "columns")
	if kind := rawjson.KindOf(columns); kind != rawjson.Object && kind != rawjson.Null && kind != rawjson.Invalid {
		return errors.New("columns: want an object of column names and values")
	}
	o.Columns = nil
	for m := range rawjson.Members(columns) {
		o.Columns = append(o.Columns, field{name: m.Name(), value: append(Value(nil), m.Value...)})
	}
	keys, err := stringList(objectText(text), "partition_keys")
	o.PartitionKeys = keys
	return err
}

// properties are the columns that are added to every schema: Mage's two, then
// the constant ones, which the schema calls strings whatever they are (case 43
// of Mage's contract) and which are not checked.
func (o streamOverrides) properties() []Property {
	added := []Property{
		newProperty(CreatedAtColumn, []byte(internalColumnSchema)),
		newProperty(UpdatedAtColumn, []byte(internalColumnSchema)),
	}
	for _, c := range o.Columns {
		p := newProperty(c.name, []byte(`{"type": ["string"]}`))
		p.constant = true
		added = append(added, p)
	}
	return added
}

// objectText is the text of a JSON object, as a definition.
type objectText []byte

func (o objectText) Get(key string) ([]byte, bool) { return rawjson.Get(o, key) }
