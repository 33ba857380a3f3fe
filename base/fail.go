package base

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// exitCode is that of a run which ended with an error, or with none.
func (r *run) exitCode(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errStopped):
		return r.shutdown.exitCode()
	case errors.As(err, &usage):
		return exitUsage
	case r.shutdown != nil && r.shutdown.stopped() && (r.calls.Err() != nil || errors.Is(err, errInterrupted)):
		return r.shutdown.exitCode() // the signal, not the store, ended the author's calls
	}
	return exitFailed
}

// tell says what went wrong. It is the very last line of a run, for Mage stops reading
// at it.
func (r *run) tell(err error) {
	if errors.Is(err, errStopped) {
		r.log.Warn(fmt.Sprintf("%s process stopped: %v.", r.info.class(), err))
		return
	}
	r.exception(err)
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
