package sqldest

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// blockVariables is about what a block holds: enough for the exchange of blocks
// between two goroutines to cost nothing, little enough for a cache of a core.
const blockVariables = 4096

var (
	// errLeft is an encoder that neither returned nor panicked.
	errLeft = errors.New("the dialect ended its goroutine with runtime.Goexit instead of returning")

	// errUnwanted ends an encoder whose rows nobody takes any more.
	errUnwanted = errors.New("the rows before could not be inserted")
)

// eachBlock calls use with the rows of the batch, block by block. The next block
// is encoded while use is at work, on another core: to encode rows takes a fourth
// of the time that it takes a database to insert them.
func (b *batch) eachBlock(use func(args []any) error) error {
	free, full := make(chan []any, len(b.blocks)), make(chan []any, len(b.blocks))
	for _, block := range b.blocks {
		free <- block
	}
	result := errLeft
	go func() {
		defer close(full)
		result = b.encodeAhead(free, full)
	}()
	defer func() {
		close(free)
		for range full { // until the encoder has ended: the batch is not its own any more
		}
	}()
	for block := range full {
		if err := use(block); err != nil {
			return err
		}
		free <- block
	}
	return result
}

// encodeAhead encodes all rows, on a goroutine of its own. A panic, which would
// end the process, is an error.
func (b *batch) encodeAhead(free <-chan []any, full chan<- []any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the dialect panicked: %v\n%s", cause, debug.Stack())
		}
	}()
	return b.encodeBlocks(<-free, func(block []any) ([]any, error) {
		full <- block
		next, ok := <-free
		if !ok {
			return nil, errUnwanted
		}
		return next, nil
	})
}

// encodeBlocks fills blocks with the rows of the batch, and exchanges each for the
// next to fill.
func (b *batch) encodeBlocks(block []any, exchange func([]any) ([]any, error)) (err error) {
	width, filled := b.width(), 0
	for _, i := range b.kept {
		ok, err := b.fill(block[filled:filled+width], i)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if filled += width; filled < len(block) {
			continue
		}
		if block, err = exchange(block); err != nil {
			return err
		}
		filled = 0
	}
	if filled > 0 {
		_, err = exchange(block[:filled])
	}
	return err
}
