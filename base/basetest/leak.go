package basetest

import (
	"runtime"
	"strings"
	"time"
)

// goroutines are the stacks of those that run, by their number. A library would do
// this, and become a requirement of every connector.
func goroutines() map[string]string {
	const most = 4 << 20
	dump := make([]byte, most)
	dump = dump[:runtime.Stack(dump, true)]
	found := map[string]string{}
	for stack := range strings.SplitSeq(string(dump), "\n\n") {
		number, _, _ := strings.Cut(strings.TrimPrefix(stack, "goroutine "), " ")
		found[number] = stack
	}
	return found
}

// leaked waits a moment and returns the stacks of goroutines that were not there before
// and have not ended; what listens for signals never does.
func leaked(before map[string]string) string {
	const patience = 2 * time.Second
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var left []string
		for number, stack := range goroutines() {
			if _, known := before[number]; !known && !strings.Contains(stack, "os/signal.loop") && !strings.Contains(stack, "runtime.ensureSigM") {
				left = append(left, stack)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			return strings.Join(left, "\n\n")
		}
	}
}
