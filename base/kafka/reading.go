package kafka

import (
	"io"

	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// reading reads input on a goroutine of its own, so that states are told, and signals
// heard, while nothing comes in.
type reading struct {
	chunks chan singer.Chunk // closed at the end
	err    error             // io.EOF or the failure; to be read after chunks was closed
	stop   chan struct{}
}

// readAtOnce is what a pipe holds.
const readAtOnce = 64 << 10

func startReading(source io.Reader) *reading {
	in := &reading{chunks: make(chan singer.Chunk, 4), stop: make(chan struct{})}
	chunks := singer.NewChunks(source, singer.ChunkHome(readAtOnce, nil))
	go func() {
		defer close(in.chunks)
		for {
			var lease slab.Lease // never given back: what waits to be sent lies there
			chunk, err := chunks.Next(&lease)
			if err != nil {
				in.err = err
				return
			}
			select {
			case in.chunks <- chunk:
			case <-in.stop:
				return
			}
		}
	}()
	return in
}
