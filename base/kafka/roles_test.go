package kafka_test

import (
	"strings"
	"testing"
)

func TestFeederAndWorkersLoadEverything(t *testing.T) {
	_, address := cluster(t)
	s, state := newStore(), stateFile(t)
	feeder := start(t, s, strings.NewReader(orders(0, 10000)), "--feed", address+"?create=true&partitions=8", "--state", state, "--wait")
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
