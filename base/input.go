package base

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/mage-dest/mage-dest/base/internal/singer"
	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// input reads, and parses what it reads, on goroutines of its own:
//
//	source -> reader -> chunks of lines -> parsers, side by side -> the run, in order
//
// so that all cores have something to do, a batch can grow too old, or a signal
// arrive, while nothing comes in. A parser works by the schemas that it knows of at
// the time; a schema that a line before has replaced in the meantime is noticed by
// the run, which then parses the line again.
type input struct {
	chunks chan *chunk // in the order of the input; closed at its end or failure
	err    error       // io.EOF or the failure; to be read after chunks was closed
	work   chan *chunk
	free   chan *chunk // done with, to be used again
	stop   chan struct{}
}

// chunk is a piece of input on its way.
type chunk struct {
	singer.Chunk
	number int64         // from 1
	lease  slab.Lease    // of the memory that it and its entries lie in
	first  *entry        // of its lines, each of which leads to the next
	parsed chan struct{} // gets a value when the entries are made
}

// startInput begins to read. A few chunks are read ahead at the most: the rest
// waits in the pipe, which is what slows the tap down.
func startInput(source io.Reader, parsers []*parser, m *memory) *input {
	in := &input{
		chunks: make(chan *chunk, 2*len(parsers)), work: make(chan *chunk, 2*len(parsers)),
		free: make(chan *chunk, 4*len(parsers)), stop: make(chan struct{}),
	}
	for _, p := range parsers {
		go in.parse(p)
	}
	go in.read(singer.NewChunks(source, m.chunks))
	return in
}

func (in *input) read(chunks *singer.Chunks) {
	defer close(in.chunks)
	defer close(in.work)
	for number := int64(1); ; number++ {
		c := in.blank()
		c.number = number
		var err error
		if c.Chunk, err = chunks.Next(&c.lease); err != nil {
			in.err = err
			return
		}
		if !in.send(in.chunks, c) || !in.send(in.work, c) {
			in.err = errStopped
			return
		}
	}
}

// blank is a chunk to be filled.
func (in *input) blank() *chunk {
	select {
	case c := <-in.free:
		return c
	default:
		return &chunk{parsed: make(chan struct{}, 1)}
	}
}

// done takes a chunk back that the run is done with.
func (in *input) done(c *chunk) {
	c.lease.Release()
	c.first = nil
	select {
	case in.free <- c:
	default:
	}
}

// send puts a chunk in a queue; false if the run has stopped.
func (in *input) send(queue chan<- *chunk, c *chunk) bool {
	select {
	case queue <- c:
		return true
	case <-in.stop:
		return false
	}
}

func (in *input) parse(p *parser) {
	for {
		select {
		case c, ok := <-in.work:
			if !ok {
				return
			}
			p.parseChunk(c)
			c.parsed <- struct{}{}
		case <-in.stop:
			return
		}
	}
}

// parseChunk makes an entry of each line.
func (p *parser) parseChunk(c *chunk) {
	p.workFor(&c.lease)
	p.refresh()
	lines := singer.LinesOf(c.Text)
	var last *entry
	for text, start, ok := lines.Next(); ok; text, start, ok = lines.Next() {
		e := p.entries.New()
		e.line, e.offset = text, c.Offset+int64(start)
		e.open = c.Open && start+len(text) == len(c.Text)
		if last == nil {
			c.first = e
		} else {
			last.next = e
		}
		last = e
		p.parse(e)
	}
}

// close ends the goroutines, the reader as soon as it does not wait for its
// source, which cannot be interrupted.
func (in *input) close() { close(in.stop) }

// openInput is stdin, or the file of --input_file_path.
func openInput(path string, stdin io.Reader, log *slog.Logger) (io.ReadCloser, error) {
	if path == "" {
		return io.NopCloser(stdin), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open --input_file_path: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open --input_file_path: %w", err)
	}
	log.Info(fmt.Sprintf("Reading %d bytes from input file path %s.", info.Size(), path))
	return file, nil
}
