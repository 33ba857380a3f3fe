// Package base is what a Mage destination written in Go stands on. It reads Singer
// messages, checks and prepares their records, cuts them into batches, hands each
// batch to the one method that the author writes, and tells the state when, and
// only when, the records before it are durable.
//
// # From an empty directory to a connector
//
// A connector is a struct that embeds Destination with its config, one method, and
// a main of one line:
//
//	package main
//
//	import (
//		"context"
//
//		"github.com/mage-dest/mage-dest/base"
//	)
//
//	type Config struct {
//		URL   string      `json:"url" required:"true" doc:"Where the store listens." example:"https://acme.example"`
//		Token base.Secret `json:"token" required:"true" doc:"The key to it."`
//	}
//
//	type Destination struct{ base.Destination[Config] }
//
//	func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
//		for _, item := range recordData {
//			if err := store(ctx, d.Config().URL, item.Record.Raw()); err != nil {
//				return err
//			}
//		}
//		return nil
//	}
//
//	func main() { base.Main(&Destination{}, base.Info{Name: "acme", Version: "0.1.0"}) }
//
// It is built with go build, told its settings by --about, and run as
//
//	tap | acme --config config.json --state state.json
//
// The command mage-dest new writes such a connector with its tests and all that
// Mage needs to start it.
//
// # The order of calls
//
// Base calls one method at a time, of these the ones that the author's type has:
//
//	BeforeProcess                  first of all; the config is not read yet
//	  Open                         before the first SCHEMA is handed on
//	  ResumeRun                    after Open, with --run_id
//	    HandleSchema               for every schema that is new or has changed
//	    RemoveDuplicateRows        for each batch, then
//	      ExportBatchData          for what is left of it
//	    ExportDeadLetters          after the batches of a set, if any were refused
//	    (the state is told)
//	    ActivateVersion            after all that was read before it is exported
//	  FinishRun                    with --run_id, when all is stored and its state told
//	  AfterProcess                 after the last batch, if nothing failed
//	Close                          last, also after a failure
//
// With --test_connection it is BeforeProcess, Open, TestConnection, Close and
// AfterProcess. A method with one of these names and another signature is an error
// at the start.
//
// A batch set is what is held of all streams. It is exported when a limit of the
// config is reached (maximum_batch_size_mb, maximum_batch_rows, maximum_batch_age),
// when a stream's schema changes or its version is activated, and at the end of the
// input; stream by stream, in the order in which messages named them. While a set
// is exported the next one is read and checked, by as many goroutines as there are
// cores (workers): maximum_batch_size_mb is the memory of both, a half for each; the
// first sets of a run are smaller, so that the store has work soon. How
// many there are changes neither what the author gets nor its order.
//
// # What nil means
//
// ExportBatchData returning nil says that every record of the batch is durable: the
// tap may forget it. A *BatchError says that the records it lists failed and the
// rest are durable. An error that is marked says what may be done: Retryable and
// RetryAfter, to call again; TooLarge, to hand over halves; Permanent, to look for the
// records to blame, if refused ones are set aside. Any other error says that nothing may
// be taken for durable, and is not tried again: half of the batch may be written. Then the
// other streams of the set are still exported, the bookmark of this one stays where
// it was, nothing more is read, and the process exits with 1. The same holds for a
// panic. HandleSchema and ActivateVersion that fail do so for their stream alone;
// any other method that fails ends the run.
//
// Exit codes: 0, all input was read and is durable; 1, the run failed; 2, wrong
// usage; 130 and 143, a signal stopped it before the end of input was seen and
// stored. After the first SIGINT or SIGTERM no more is read, and what was read is
// exported within shutdown_timeout; a second one ends the context of the call.
//
// # Every row once
//
// Records that are stored and whose state was not told come again with the next run: at
// least once, and once where rows are written by key. A connector that implements
// RunResumer stores with the rows how far a run has come; such a run, cut off and made
// again with the same --run_id over the same input, stores every row once.
//
// # More than one process
//
// Info.Engine gives the program of a connector further roles: with that of package kafka one
// process feeds a topic, any number of others export what is there, and the state is told
// when all of them have. Such a worker runs the connector as ever, once for each part of the
// input that it holds; Shared tells a method that there are others.
//
// Package basetest proves all of this of a connector, in one line of its tests.
//
// # What may be kept
//
// Records handed to ExportBatchData lie in memory that is used again when it has
// returned: keep Record.Clone, not the Record, and not the Values that Get and
// Columns give. Strings from Text, and all that Map and Decode return, are copies.
// Get and Columns allocate nothing; Map and Decode make what is asked for.
// Stream and Schema values may be kept.
//
// Numbers keep their digits: Raw, Get and MarshalJSON give them as they came, Map
// and Decode into an any as json.Number.
package base
