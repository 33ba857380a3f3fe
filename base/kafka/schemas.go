package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// schemas are the SCHEMA and ACTIVATE_VERSION messages of a partition that are in force,
// and where they stand.
type schemas struct {
	mu    sync.Mutex
	known []governing // by offset
}

// governing is a message that is in force for its stream from its offset on.
type governing struct {
	kind, stream string
	offset       int64
	line         []byte
}

// note takes a message in.
func (s *schemas) note(kind string, offset int64, line []byte) {
	m, err := singer.Parse(singer.Line{Text: line})
	if err != nil || m.Stream == "" {
		return // the run tells what is wrong with it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = append(s.known, governing{kind, m.Stream, offset, line})
}

// latest are the messages in force before an offset, by offset.
func (s *schemas) latest(offset int64) []governing {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := map[[2]string]int{}
	for i, g := range s.known {
		if g.offset < offset {
			last[[2]string{g.kind, g.stream}] = i
		}
	}
	var found []governing
	for i, g := range s.known {
		if at, ok := last[[2]string{g.kind, g.stream}]; ok && at == i {
			found = append(found, g)
		}
	}
	return found
}

// before tells where the messages stand that are in force before an offset, and forgets
// those that nobody will ask for again.
func (s *schemas) before(offset int64) places {
	found := s.latest(offset)
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := slices.DeleteFunc(slices.Clone(s.known), func(g governing) bool { return g.offset < offset })
	s.known = append(slices.Clone(found), rest...)
	var p places
	for _, g := range found {
		p.add(g.offset)
	}
	return p
}

// everything is an offset behind all.
const everything = int64(1) << 62

// lines are the SCHEMAs as a run gets them that begins here.
func (s *schemas) lines() []byte {
	var text []byte
	for _, g := range s.latest(everything) {
		if g.kind == singer.TypeSchema {
			text = append(append(text, g.line...), '\n')
		}
	}
	return text
}

// versions are the active ones by stream. They were activated; to do that again would
// remove rows of a later one.
func (s *schemas) versions() map[string]int64 {
	versions := map[string]int64{}
	for _, g := range s.latest(everything) {
		if g.kind != singer.TypeActivateVersion {
			continue
		}
		m, err := singer.Parse(singer.Line{Text: g.line})
		if err != nil {
			continue
		}
		text, _ := m.Get("version")
		if version, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			versions[g.stream] = version
		}
	}
	return versions
}

// places are ranges of offsets, in order. As text they are kept beside a committed offset.
type places []placeRange

type placeRange struct{ first, last int64 }

func (p *places) add(offset int64) {
	if n := len(*p); n > 0 && (*p)[n-1].last+1 >= offset {
		(*p)[n-1].last = offset
		return
	}
	*p = append(*p, placeRange{offset, offset})
}

const (
	placesPrefix = "schemas "
	mostPlaces   = 3000 // characters; brokers take 4096 unless told otherwise
)

func (p places) String() string {
	for {
		text := p.text()
		if len(text) <= mostPlaces {
			return text
		}
		p = p.coarser()
	}
}

func (p places) text() string {
	var b strings.Builder
	b.WriteString(placesPrefix)
	for i, r := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(r.first, 10))
		if r.last > r.first {
			b.WriteString("-" + strconv.FormatInt(r.last, 10))
		}
	}
	return b.String()
}

// coarser joins each two ranges. What lies between is read in vain, no more: of each
// stream the last message counts.
func (p places) coarser() places {
	var joined places
	for i := 0; i < len(p); i += 2 {
		joined = append(joined, placeRange{p[i].first, p[min(i+1, len(p)-1)].last})
	}
	return joined
}

var errPlaces = errors.New("the metadata is not that of a worker: another program commits offsets of this group; give the workers one of their own (?group=)")

// parsePlaces reads what String wrote.
func parsePlaces(text string) (places, error) {
	rest, ok := strings.CutPrefix(text, placesPrefix)
	if !ok {
		return nil, errPlaces
	}
	var p places
	if rest == "" {
		return p, nil
	}
	for part := range strings.SplitSeq(rest, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseInt(from, 10, 64)
		last, err2 := strconv.ParseInt(to, 10, 64)
		if err1 != nil || err2 != nil || first < 0 || last < first || len(p) > 0 && first <= p[len(p)-1].last {
			return nil, errPlaces
		}
		p = append(p, placeRange{first, last})
	}
	return p, nil
}

// readSchemas reads what is in force from where it stands in the partition.
func (l *lane) readSchemas(p places) error {
	if len(p) == 0 {
		return nil
	}
	w := l.worker
	topic := w.engine.at.topic
	for _, r := range p {
		err := w.readRange(l.partition, r, func(record *kgo.Record) {
			if kind := kindOf(record); kind == singer.TypeSchema || kind == singer.TypeActivateVersion {
				l.schemas.note(kind, record.Offset, record.Value)
			}
		})
		if errors.Is(err, kerr.OffsetOutOfRange) {
			return fmt.Errorf("the SCHEMA at offset %d is no more on the topic, its retention has removed it: feed the stream again: %w", r.first, err)
		}
		if err != nil {
			return fmt.Errorf("read the SCHEMA at offset %d of %s: %w", r.first, topic, err)
		}
	}
	sort.Slice(l.schemas.known, func(i, j int) bool { return l.schemas.known[i].offset < l.schemas.known[j].offset })
	return nil
}

// readPatience is how long a range may take to come.
const readPatience = 2 * time.Minute

// readRange calls f for the records of a range of offsets.
func (w *worker) readRange(partition int32, r placeRange, f func(*kgo.Record)) error {
	topic := w.engine.at.topic
	client, err := kgo.NewClient(append(w.options,
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {partition: kgo.NoResetOffset().At(r.first)}}),
		kgo.FetchMaxPartitionBytes(fetchPartitionBytes), kgo.KeepRetryableFetchErrors())...)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(w.process.Context(), readPatience)
	defer cancel()
	for {
		fetches := client.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		var failure error
		fetches.EachError(func(_ string, _ int32, err error) {
			if !kerr.IsRetriable(err) || errors.Is(err, kerr.OffsetOutOfRange) {
				failure = err
			}
		})
		if failure != nil {
			return failure
		}
		for iterate := fetches.RecordIter(); !iterate.Done(); {
			record := iterate.Next()
			if record.Offset > r.last {
				return nil
			}
			f(record)
			if record.Offset == r.last {
				return nil
			}
		}
	}
}
