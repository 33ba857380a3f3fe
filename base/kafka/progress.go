package kafka

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

// totals count what became of a worker's records, over all lanes and their runs.
type totals struct {
	mu    sync.Mutex
	past  map[string]base.Figures           // of runs that have ended
	lanes map[*lane]map[string]base.Figures // of those that have not
	last  time.Time                         // when something came
	told  time.Time
}

func newTotals() *totals {
	now := time.Now()
	return &totals{past: map[string]base.Figures{}, lanes: map[*lane]map[string]base.Figures{}, last: now, told: now}
}

// report takes in what a lane's run has done so far.
func (t *totals) report(l *lane, figures []base.Figures) {
	t.mu.Lock()
	defer t.mu.Unlock()
	byStream := make(map[string]base.Figures, len(figures))
	for _, f := range figures {
		byStream[f.Stream] = f
	}
	t.lanes[l] = byStream
}

// ended adds what a lane's run has done for good.
func (t *totals) ended(l *lane) {
	t.mu.Lock()
	defer t.mu.Unlock()
	addAll(t.past, t.lanes[l])
	delete(t.lanes, l)
}

func addAll(sum, figures map[string]base.Figures) {
	for stream, f := range figures {
		total := sum[stream]
		total.Stream = stream
		total.Add(f)
		sum[stream] = total
	}
}

// figures are the sums, by stream in the order of their names.
func (t *totals) figures() []base.Figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := map[string]base.Figures{}
	addAll(sum, t.past)
	for _, figures := range t.lanes {
		addAll(sum, figures)
	}
	list := make([]base.Figures, 0, len(sum))
	for _, f := range sum {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b base.Figures) int { return strings.Compare(a.Stream, b.Stream) })
	return list
}

func (t *totals) busy(now time.Time) { t.last = now }

func (t *totals) idle(now time.Time) time.Duration { return now.Sub(t.last) }

func sum(figures []base.Figures) (total base.Figures) {
	for _, f := range figures {
		total.Add(f)
	}
	return total
}

// tellProgress tells now and then how far the worker is.
func (w *worker) tellProgress() {
	now := time.Now()
	if now.Sub(w.totals.told) < w.engine.timing.tell {
		return
	}
	w.totals.told = now
	total, lag := sum(w.totals.figures()), w.lag()
	w.process.Logger().Info(fmt.Sprintf("%d records exported, %d rejected; %d partitions held, %d messages behind.",
		total.Exported, total.Rejected, len(w.lanes), sumLag(lag)), "lag", lag)
	w.saveMetrics(lag)
}

// lag is how many messages are not stored, by partition that is held.
func (w *worker) lag() map[int32]int64 {
	lag := make(map[int32]int64, len(w.lanes))
	for partition, l := range w.lanes {
		lag[partition] = l.lag()
	}
	return lag
}

func sumLag(lag map[int32]int64) (sum int64) {
	for _, n := range lag {
		sum += n
	}
	return sum
}

func (w *worker) saveMetrics(lag map[int32]int64) {
	gauges := []base.Gauge{{Name: "partitions", Help: "Partitions that the worker holds.", Value: float64(len(lag))}}
	partitions := make([]int32, 0, len(lag))
	for partition := range lag {
		partitions = append(partitions, partition)
	}
	slices.Sort(partitions)
	for _, partition := range partitions {
		gauges = append(gauges, base.Gauge{
			Name: "lag", Help: "Messages of a partition that are not stored.", Value: float64(lag[partition]),
			Label: "partition", LabelValue: fmt.Sprint(partition),
		})
	}
	w.process.SaveMetrics("worker", w.totals.figures(), gauges)
}

// summarize tells at the end what the worker has done.
func (w *worker) summarize(started time.Time) {
	w.mu.Lock()
	lag := w.lag()
	w.mu.Unlock()
	figures := w.totals.figures()
	total := sum(figures)
	w.process.Logger().Info(fmt.Sprintf("%d records read, %d exported, %d rejected, %d were stored already, of %d streams in %d batches (%d bytes, %.1f s); %d messages behind at the end.",
		total.Read, total.Exported, total.Rejected, total.Skipped, len(figures), total.Batches, total.Bytes, time.Since(started).Seconds(), sumLag(lag)))
	w.saveMetrics(lag)
}

// summarize tells at the end what the feeder has done.
func (f *feeder) summarize(started time.Time) {
	figures := make([]base.Figures, 0, len(f.order))
	for _, s := range f.order {
		figures = append(figures, s.figures)
	}
	total, waiting := sum(figures), f.barriers.waiting()
	message := fmt.Sprintf("%d records of %d streams fed to %d partitions of %s (%d bytes, %.1f s).",
		total.Read, len(figures), f.topic.partitions, f.engine.at.topic, total.Bytes, time.Since(started).Seconds())
	if waiting > 0 {
		message += " The workers have not stored all of it: the state says what they have. With --wait the feeder stays until they have."
	}
	f.process.Logger().Info(message)
	f.process.SaveMetrics("feeder", figures, []base.Gauge{
		{Name: "states_waiting", Help: "Places of states that workers have not come to.", Value: float64(waiting)},
	})
}
