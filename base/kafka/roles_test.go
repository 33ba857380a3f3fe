package kafka_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base"
)

func TestFeederAndWorkersLoadEverything(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s, state := newStore(), stateFile(t)
	feeder := start(t, s, strings.NewReader(orders(0, 10000)), "--feed", address+"?create=true&partitions=8", "--state", state, "--wait")
	worker(t, s, address, someConfig)
	worker(t, s, address, someConfig)
	feeder.must(0)
	if got := s.count("orders"); got != 10000 {
		t.Errorf("%d rows, want 10000", got)
	}
	if got := s.exported(); got != 10000 {
		t.Errorf("%d records exported, want 10000, each once", got)
	}
	if got, want := readState(t, state), `{"bookmarks": {"orders": {"id": 9999}}}`; got != want {
		t.Errorf("the state is %s, want %s", got, want)
	}
}

// All versions of a row come in their order, however keys are written; those of streams
// without keys go to every partition.
func TestVersionsOfARowStayInOrder(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	s := newStore()
	var input strings.Builder
	input.WriteString(schemaOf("orders", "amount"))
	input.WriteString(`{"type": "SCHEMA", "stream": "events", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}` + "\n")
	forms := []string{"%d", "%d.0", "%de0"}
	for i := range 3000 {
		fmt.Fprintf(&input, `{"type": "RECORD", "stream": "orders", "record": {"id": `+forms[i%3]+`, "amount": %d}}`+"\n", i%7, i)
		fmt.Fprintf(&input, `{"type": "RECORD", "stream": "events", "record": {"n": %d}}`+"\n", i)
	}
	start(t, s, strings.NewReader(input.String()), "--feed", address+"?create=true&partitions=4").must(0)
	feeder := start(t, s, strings.NewReader(""), "--feed", address, "--wait")
	worker(t, s, address, someConfig)
	feeder.must(0)
	last := map[int]int{}
	events := 0
	for _, record := range s.records {
		stream, text, _ := strings.Cut(record, " ")
		if stream == "events" {
			events++
			continue
		}
		var row struct {
			ID     float64
			Amount int
		}
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatal(err)
		}
		if before, ok := last[int(row.ID)]; ok && row.Amount < before {
			t.Fatalf("version %d of row %v came after %d", row.Amount, row.ID, before)
		}
		last[int(row.ID)] = row.Amount
	}
	for id := range 7 {
		if want := 2999 - (2999-id)%7; last[id] != want {
			t.Errorf("the last version of row %d is %d, want %d", id, last[id], want)
		}
	}
	if events != 3000 {
		t.Errorf("%d records without a key, want 3000", events)
	}
	ends, err := admin(t, c.ListenAddrs()).ListEndOffsets(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	ends.Each(func(end kadm.ListedOffset) {
		if end.Offset < 700 {
			t.Errorf("partition %d has only %d messages", end.Partition, end.Offset)
		}
	})
}

func admin(t *testing.T, brokers []string) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}

// A state is told when all before it is stored in every partition, and not while a part of
// it is not.
func TestStateWaitsForEveryPartition(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s, state := newStore(), stateFile(t)
	held := make(chan struct{})
	s.export = func(ctx context.Context, _ string, records []base.RecordData) error {
		for i := range records {
			if value, _ := records[i].Record.Get("id"); string(value) == "77" {
				select {
				case <-held:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	}
	feeder := start(t, s, strings.NewReader(orders(0, 1000)), "--feed", address+"?create=true&partitions=8", "--state", state, "--wait")
	worker(t, s, address, someConfig)
	eventually(t, "all other partitions are stored", func() bool { return s.exported() > 700 })
	time.Sleep(500 * time.Millisecond) // in which a state could be told
	if got := readState(t, state); got != "" {
		t.Errorf("a state was told while a partition was not stored: %s", got)
	}
	close(held)
	feeder.must(0)
	if got, want := readState(t, state), `{"bookmarks": {"orders": {"id": 999}}}`; got != want {
		t.Errorf("the state is %s, want %s", got, want)
	}
}

// What changes the store for everybody is done when all before it is stored, and before
// anything after it is.
func TestSchemasAndVersionsAreBarriers(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s := newStore()
	s.export = func(_ context.Context, _ string, records []base.RecordData) error {
		for i := range records {
			value, _ := records[i].Record.Get("id")
			s.note("record %s", value)
		}
		return nil
	}
	record := func(id int) string {
		return fmt.Sprintf(`{"type": "RECORD", "stream": "orders", "version": 1, "record": {"id": %d}}`+"\n", id)
	}
	var input strings.Builder
	for block := range 4 {
		switch block {
		case 0, 1:
			input.WriteString(schemaOf("orders", []string{"a", "b", "c"}[:block+1]...))
		case 2, 3:
			fmt.Fprintf(&input, `{"type": "ACTIVATE_VERSION", "stream": "orders", "version": %d}`+"\n", block)
		}
		for i := range 100 {
			input.WriteString(record(1000*block + i))
		}
	}
	feeder := start(t, s, strings.NewReader(input.String()), "--feed", address+"?create=true&partitions=4", "--wait")
	worker(t, s, address, someConfig)
	worker(t, s, address, someConfig)
	feeder.must(0)
	block, seen := 0, map[string]int{}
	order := []string{"schema orders 4", "schema orders 5", "version orders 2", "version orders 3"}
	for _, line := range s.log {
		if id, isRecord := strings.CutPrefix(line, "record "); isRecord {
			var n int
			_, _ = fmt.Sscan(id, &n)
			if n/1000 != block {
				t.Fatalf("record %d is exported while block %d is", n, block)
			}
			seen["records"]++
			continue
		}
		if at := slices.Index(order, line); at > block {
			if seen["records"] != 100*at {
				t.Fatalf("%s is done when %d records are stored, want %d", line, seen["records"], 100*at)
			}
			block = at
		}
		seen[line]++
	}
	for _, line := range order {
		if seen[line] == 0 {
			t.Errorf("%s was not done", line)
		}
	}
	if seen["records"] != 400 {
		t.Errorf("%d records, want 400", seen["records"])
	}
}

// A worker that takes a partition over in the middle has the schema and the version, and
// does not activate the version again.
func TestWorkerThatComesLaterKnowsTheSchema(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	read, write := io.Pipe()
	first := newStore()
	feeder := start(t, first, read, "--feed", address+"?create=true&partitions=2", "--wait")
	one := worker(t, first, address, someConfig)
	say := func(text string) {
		t.Helper()
		if _, err := io.WriteString(write, text); err != nil {
			t.Fatal(err)
		}
	}
	version := `{"type": "ACTIVATE_VERSION", "stream": "orders", "version": 7}` + "\n"
	say(schemaOf("orders", "a") + `{"type": "RECORD", "stream": "orders", "version": 7, "record": {"id": 1, "a": 1}}` + "\n" + version)
	eventually(t, "the first worker has activated the version", func() bool {
		first.mu.Lock()
		defer first.mu.Unlock()
		return slices.Contains(first.log, "version orders 7")
	})
	if code := one.stop(); code != 0 {
		t.Errorf("a worker that is stopped ends with exit code %d, want 0", code)
	}
	second := newStore()
	second.export = func(context.Context, string, []base.RecordData) error { return nil }
	worker(t, second, address, `{"validation": "full"}`)
	say(`{"type": "RECORD", "stream": "orders", "version": 7, "record": {"id": 2, "a": 2}}` + "\n" +
		`{"type": "RECORD", "stream": "orders", "version": 7, "record": {"id": 3, "a": "no integer"}}` + "\n")
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	feeder.must(0)
	if got := second.exported(); got != 1 {
		t.Errorf("%d records are stored by the second worker, want one: the other is not valid", got)
	}
	if !slices.Contains(second.log, "schema orders 4") || slices.Contains(second.log, "version orders 7") {
		t.Errorf("the second worker has done %v, want the schema and no activation", second.log)
	}
}

// A record that is refused goes to the topic of dead letters, with its place, and the rest
// goes on.
func TestPoisonedRecordGoesToItsTopic(t *testing.T) {
	t.Parallel()
	c, address := cluster(t)
	s, state := newStore(), stateFile(t)
	input := orders(0, 100) + `{"type": "RECORD", "stream": "orders", "record": {"id": 1, "amount": "much"}}` + "\n" +
		`{"type": "STATE", "value": {"bookmarks": {"orders": {"id": 100}}}}` + "\n"
	feeder := start(t, s, strings.NewReader(input), "--feed", address+"?create=true&partitions=3", "--state", state, "--wait")
	worker(t, s, address, `{"validation": "full"}`)
	feeder.must(0)
	if got, want := readState(t, state), `{"bookmarks": {"orders": {"id": 100}}}`; got != want {
		t.Errorf("the state is %s, want %s", got, want)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics("orders-dead-letters"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	fetches := client.PollRecords(ctx, 1)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	letter := fetches.Records()[0]
	var message struct{ Type, Stream, Reason, Original string }
	if err := json.Unmarshal(letter.Value, &message); err != nil {
		t.Fatal(err)
	}
	if message.Type != "DEAD_LETTER" || message.Stream != "orders" || !strings.Contains(message.Original, `"much"`) || !strings.Contains(message.Reason, "amount") {
		t.Errorf("the letter is %s", letter.Value)
	}
	place := map[string]string{}
	for _, h := range letter.Headers {
		place[h.Key] = string(h.Value)
	}
	original := consumeOne(t, c.ListenAddrs(), place)
	if string(original) != message.Original {
		t.Errorf("at %v of the topic is %s, and the letter is of %s", place, original, message.Original)
	}
}

// consumeOne reads the record at a place.
func consumeOne(t *testing.T, brokers []string, place map[string]string) []byte {
	t.Helper()
	var partition int32
	var offset int64
	if _, err := fmt.Sscan(place["partition"]+" "+place["offset"], &partition, &offset); err != nil {
		t.Fatalf("the letter's headers are %v: %v", place, err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
		place["topic"]: {partition: kgo.NewOffset().At(offset)},
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	fetches := client.PollRecords(ctx, 1)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	return fetches.Records()[0].Value
}

// A store that takes longer than a session lasts costs the worker nothing: it gives signs
// of life meanwhile, and takes no more than it has room for.
func TestSlowStoreKeepsItsPartitions(t *testing.T) {
	t.Parallel()
	_, address := cluster(t, kfake.GroupMinSessionTimeout(time.Second))
	s := newStore()
	s.export = func(context.Context, string, []base.RecordData) error {
		time.Sleep(2500 * time.Millisecond)
		return nil
	}
	feeder := start(t, s, strings.NewReader(orders(0, 400)), "--feed", address+"?create=true&partitions=2", "--wait")
	w := worker(t, s, address, `{"kafka_session_timeout": "1s", "maximum_batch_rows": 100}`)
	feeder.must(0)
	if got := s.exported(); got != 400 {
		t.Errorf("%d records exported, want 400, each once", got)
	}
	if log := w.stderr.String(); strings.Contains(log, "Lost") {
		t.Errorf("the worker has lost its partitions:\n%s", log)
	}
}

// An export that fails ends the worker; what was not stored is left to the next.
func TestWorkerThatFailsLeavesTheRest(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s := newStore()
	failing := true
	s.export = func(context.Context, string, []base.RecordData) error {
		if failing {
			return errors.New("the disk is on fire")
		}
		return nil
	}
	feeder := start(t, s, strings.NewReader(orders(0, 500)), "--feed", address+"?create=true&partitions=2", "--wait")
	w := worker(t, s, address, someConfig)
	w.must(1)
	if log := w.stderr.String(); !strings.Contains(log, "the disk is on fire") || !strings.Contains(log, "what it has stored is committed, the rest comes again") {
		t.Errorf("the worker does not say why it failed:\n%s", log)
	}
	failing = false
	worker(t, s, address, someConfig)
	feeder.must(0)
	if got := s.exported(); got != 500 {
		t.Errorf("%d records exported, want 500, each once", got)
	}
}

// Without --wait a feeder ends when all is on the topic; its state says what is stored.
// With it, and nothing to feed, it waits for what is there.
func TestFeederDoesNotWaitUnlessAsked(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	s, state := newStore(), stateFile(t)
	first := start(t, s, strings.NewReader(orders(0, 100)), "--feed", address+"?create=true&partitions=2", "--state", state)
	first.must(0)
	if got := readState(t, state); got != "" {
		t.Errorf("the state is %s although nothing is stored", got)
	}
	if log := first.stderr.String(); !strings.Contains(log, "With --wait the feeder stays until they have") {
		t.Errorf("the feeder does not say what is missing:\n%s", log)
	}
	worker(t, s, address+"?idle=500ms", someConfig).must(0)
	if got := s.exported(); got != 100 {
		t.Errorf("%d records are stored, want 100", got)
	}
	start(t, s, strings.NewReader(orders(100, 200)), "--feed", address, "--state", state).must(0)
	third := start(t, s, strings.NewReader(""), "--feed", address, "--state", state, "--wait")
	worker(t, s, address, someConfig)
	third.must(0)
	if got := s.exported(); got != 200 {
		t.Errorf("%d records are stored, want 200", got)
	}
}

// A signal ends a feeder at once, with what is stored in its state.
func TestFeederThatIsStopped(t *testing.T) {
	t.Parallel()
	_, address := cluster(t)
	read, write := io.Pipe()
	defer write.Close() //nolint:errcheck // nobody reads
	s := newStore()
	feeder := start(t, s, read, "--feed", address+"?create=true&partitions=2", "--wait")
	if _, err := io.WriteString(write, orders(0, 100)); err != nil {
		t.Fatal(err)
	}
	worker(t, s, address, someConfig)
	if code := feeder.stop(); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
}
