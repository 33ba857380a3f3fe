package kafkaload

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/figures"
	"github.com/mage-dest/mage-dest/testdata/kafkaserver"
)

// stage is where loads are measured.
type stage struct {
	options  options
	dir      string
	broker   *kafkaserver.Server
	progress io.Writer
	loads    int
}

// target is a store and the connector that writes to it.
type target interface {
	name() string
	command(ctx context.Context, args ...string) *exec.Cmd
	empty(ctx context.Context) error
	// holds fails if the store holds something else than all records once.
	holds(ctx context.Context, records int) error
}

func (s *stage) input() string { return filepath.Join(s.dir, "orders.singer") }

const topicName = "orders"

// address is the topic's; the first feed makes it. Each feed but the last goes to one that
// is not read.
func (s *stage) address(topic, options string) string {
	return fmt.Sprintf("kafka://%s/%s?%s", s.broker.Addr, topic, options)
}

// feed puts the input on a topic.
func (s *stage) feed(ctx context.Context, round int) (figures.Sample, error) {
	topic := topicName
	if round > 0 {
		topic = fmt.Sprintf("%s-%d", topicName, round)
	}
	sink, err := newSinkTarget(s.dir)
	if err != nil {
		return figures.Sample{}, err
	}
	return s.run(sink.command(ctx, "--feed", s.address(topic, fmt.Sprintf("create=true&replication=1&partitions=%d", s.options.partitions)),
		"--input_file_path", s.input(), "--state", filepath.Join(s.dir, "feed.json")))
}

// run takes a command from its start to its end.
func (s *stage) run(command *exec.Cmd) (figures.Sample, error) {
	var said bytes.Buffer
	command.Stderr = &said
	started := time.Now()
	if err := command.Run(); err != nil {
		return figures.Sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, tail(said.Bytes()))
	}
	return figures.Sample{Wall: time.Since(started), CPU: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}, nil
}

func tail(text []byte) []byte { return text[max(0, len(text)-4000):] }

// load loads into a target: by the plain pipe with no workers, else from the topic.
func (s *stage) load(ctx context.Context, t target, workers int) (figures.Sample, error) {
	s.loads++
	if err := t.empty(ctx); err != nil {
		return figures.Sample{}, err
	}
	var sample figures.Sample
	var err error
	if workers == 0 {
		sample, err = s.run(t.command(ctx, "--input_file_path", s.input(), "--state", filepath.Join(s.dir, "state.json")))
	} else {
		sample, err = s.work(ctx, t, workers, fmt.Sprintf("%s-%d", t.name(), s.loads))
	}
	if err != nil {
		return sample, err
	}
	return sample, t.holds(ctx, s.options.records)
}

// work has workers of a new group take everything from the topic.
func (s *stage) work(ctx context.Context, t target, workers int, group string) (sample figures.Sample, err error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(s.broker.Addr))
	if err != nil {
		return sample, err
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	ends, err := admin.ListEndOffsets(ctx, topicName)
	if err != nil {
		return sample, err
	}
	running := make([]*exec.Cmd, workers)
	said := make([]bytes.Buffer, workers)
	started := time.Now()
	for i := range running {
		running[i] = t.command(ctx, "--work", s.address(topicName, "group="+group))
		running[i].Stderr = &said[i]
		if err := running[i].Start(); err != nil {
			return sample, err
		}
	}
	all := func() bool {
		committed, err := admin.FetchOffsetsForTopics(ctx, group, topicName)
		if err != nil {
			return false
		}
		stored := true
		ends.Each(func(end kadm.ListedOffset) {
			at, ok := committed.Lookup(topicName, end.Partition)
			stored = stored && ok && at.At >= end.Offset
		})
		return stored
	}
	for !all() {
		if time.Since(started) > 10*time.Minute {
			err = fmt.Errorf("the workers are not through after ten minutes:\n%s", tail(said[0].Bytes()))
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	sample.Wall = time.Since(started)
	for _, command := range running {
		_ = command.Process.Signal(syscall.SIGTERM)
	}
	for i, command := range running {
		if werr := command.Wait(); werr != nil && err == nil {
			err = fmt.Errorf("a worker: %w\n%s", werr, tail(said[i].Bytes()))
		}
		sample.CPU += command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	}
	return sample, err
}

// sinkTarget only counts. What is right is what the plain pipe has counted.
type sinkTarget struct {
	program, dir string
	want         string
}

func newSinkTarget(dir string) (*sinkTarget, error) {
	program, err := os.Executable()
	counts := filepath.Join(dir, "counts")
	if err == nil {
		err = os.MkdirAll(counts, 0o700)
	}
	return &sinkTarget{program: program, dir: counts}, err
}

func (t *sinkTarget) name() string { return "no-op" }

func (t *sinkTarget) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, t.program, append([]string{SinkVerb, t.dir, "--config_json", `{"validation": "full"}`}, args...)...)
}

func (t *sinkTarget) empty(context.Context) error {
	counts, err := filepath.Glob(filepath.Join(t.dir, "*.count"))
	if err != nil {
		return err
	}
	for _, file := range counts {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

func (t *sinkTarget) holds(_ context.Context, records int) error {
	counts, err := filepath.Glob(filepath.Join(t.dir, "*.count"))
	if err != nil {
		return err
	}
	var total, sum uint64
	for _, file := range counts {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var n, part uint64
		if _, err := fmt.Sscan(string(text), &n, &part); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		total, sum = total+n, sum+part
	}
	if total != uint64(records) {
		return fmt.Errorf("%d records were counted, want %d", total, records)
	}
	got := fmt.Sprintf("checksum %x", sum)
	if t.want == "" {
		t.want = got
	}
	if got != t.want {
		return fmt.Errorf("the records have the %s, those of the plain pipe the %s", got, t.want)
	}
	return nil
}
