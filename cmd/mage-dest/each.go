package main

import (
	"fmt"
	"io"
	"runtime"
	"sync"
)

// each does something in every folder, a few at a time, and returns the results in
// the order of the folders. On a terminal a line tells how far it is.
func each[T any](dirs []string, told io.Writer, do func(dir string) T) []T {
	results := make([]T, len(dirs))
	next, done := make(chan int), make(chan struct{})
	var workers sync.WaitGroup
	for range min(len(dirs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				results[i] = do(dirs[i])
				done <- struct{}{}
			}
		})
	}
	var counter sync.WaitGroup
	counter.Go(func() { countDone(told, done, len(dirs)) })
	for i := range dirs {
		next <- i
	}
	close(next)
	workers.Wait()
	close(done)
	counter.Wait()
	return results
}

func countDone(told io.Writer, done <-chan struct{}, all int) {
	live := all > 1 && isTerminal(told)
	n := 0
	for range done {
		n++
		if live {
			fmt.Fprintf(told, "\r\x1b[K%d of %d", n, all)
		}
	}
	if live {
		fmt.Fprint(told, "\r\x1b[K")
	}
}
