package base

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// fail ends a run that went wrong. Its line is the very last, for Mage stops
// reading at it.
func (r *run) fail(err error) int {
	var usage *usageError
	switch {
	case errors.Is(err, errStopped):
		r.log.Warn(fmt.Sprintf("%s process stopped: %v.", r.info.class(), err))
		return r.shutdown.exitCode()
	case errors.As(err, &usage):
		r.exception(err)
		return exitUsage
	}
	r.exception(err)
	if r.shutdown != nil && r.shutdown.stopped() && (r.calls.Err() != nil || errors.Is(err, errInterrupted)) {
		return r.shutdown.exitCode() // the signal, not the store, ended the author's calls
	}
	return exitFailed
}

func (r *run) exception(err error) {
	var all failures
	texts := []string{err.Error()}
	if errors.As(err, &all) {
		texts = texts[:0]
		for _, one := range all {
			texts = append(texts, one.Error())
		}
	}
	r.log.Log(context.Background(), levelException,
		fmt.Sprintf("%s process failed with error %v.", r.info.class(), err),
		"error", err.Error(), "errors", texts, "message", strings.Join(texts, "\n"))
}
