package singer

import (
	"bytes"
	"errors"
	"io"

	"github.com/mage-dest/mage-dest/base/internal/slab"
)

// Chunk is a piece of input that holds whole lines, with their ends.
type Chunk struct {
	Text   []byte
	Offset int64 // bytes of input before it
	Open   bool  // its last line lacks its end, and the input ends there
}

// Chunks cuts input into chunks of whole lines. There is no limit to a line's
// length.
type Chunks struct {
	source io.Reader
	size   int // bytes that are read at once
	home   *slab.Home[byte]

	block      *slab.Slab[byte]
	start, end int // of what was read into the block and not yet given out
	searched   int // up to here there is no line end
	offset     int64
	afterCR    bool // the last line ended with CR: an LF that follows belongs to it
	begun      bool // the input's first bytes are known not to be a byte order mark
	err        error
}

// blockOf is how many reads a block has room for. A new block begins with the
// unfinished line of the last: the larger it is, the less is copied.
const blockOf = 4

// ChunkHome is where chunks of input that is read by so many bytes lie.
func ChunkHome(size int, scrub func([]byte)) *slab.Home[byte] {
	return slab.NewHome(blockOf*size, scrub)
}

// NewChunks reads from source into blocks from home, a ChunkHome.
func NewChunks(source io.Reader, home *slab.Home[byte]) *Chunks {
	return &Chunks{source: source, home: home, size: home.Size() / blockOf}
}

// Next returns the lines that have arrived, at least one, waiting for input only
// when there is none; the lease holds their memory. At the end of input it returns
// io.EOF, and the error of the source when that failed; what stands before a
// failure in an unfinished line is not given out.
func (c *Chunks) Next(lease *slab.Lease) (Chunk, error) {
	for {
		if c.begun {
			if end := c.lineEnd(); end > c.start {
				return c.take(end, lease), nil
			}
		}
		if c.err != nil {
			return c.last(lease)
		}
		c.fill()
	}
}

// lineEnd is the position after the last line end that was read, 0 if there is
// none.
func (c *Chunks) lineEnd() int {
	if c.afterCR && c.start < c.end {
		c.afterCR = false
		if c.block.Items[c.start] == '\n' {
			c.skip(1)
		}
	}
	from := max(c.searched, c.start)
	text := c.block.Items[from:c.end]
	c.searched = c.end
	last := bytes.LastIndexByte(text, '\n')
	// A search for CR from behind would go through all of the text where there is
	// none.
	if rest := text[last+1:]; bytes.IndexByte(rest, '\r') >= 0 {
		last += 1 + bytes.LastIndexByte(rest, '\r')
	}
	if last < 0 {
		return 0
	}
	return from + last + 1
}

func (c *Chunks) skip(n int) {
	c.start += n
	c.offset += int64(n)
}

// take gives out what was read up to end.
func (c *Chunks) take(end int, lease *slab.Lease) Chunk {
	chunk := Chunk{Text: c.block.Items[c.start:end:end], Offset: c.offset}
	c.afterCR = chunk.Text[len(chunk.Text)-1] == '\r'
	c.skip(len(chunk.Text))
	lease.Hold(c.block)
	if len(c.block.Items) > c.home.Size() {
		c.renew() // short lines shall not keep the memory of a long one
	}
	return chunk
}

// last gives out a final line that has no line end, then the error.
func (c *Chunks) last(lease *slab.Lease) (Chunk, error) {
	if errors.Is(c.err, io.EOF) && c.start < c.end {
		chunk := c.take(c.end, lease)
		chunk.Open = true
		return chunk, nil
	}
	return Chunk{}, c.err
}

// fill reads once.
func (c *Chunks) fill() {
	if c.block == nil || len(c.block.Items)-c.end < c.size/blockOf+1 {
		c.renew()
	}
	n, err := c.source.Read(c.block.Items[c.end:min(c.end+c.size, len(c.block.Items))])
	c.end += n
	if err != nil {
		c.err = err
	}
	if !c.begun {
		c.begin()
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// begin steps over a byte order mark as soon as it is clear whether there is one.
func (c *Chunks) begin() {
	text := c.block.Items[c.start:c.end]
	if c.err == nil && bytes.HasPrefix(byteOrderMark, text) && len(text) < len(byteOrderMark) {
		return
	}
	c.begun = true
	if bytes.HasPrefix(text, byteOrderMark) {
		c.skip(len(byteOrderMark))
	}
}

// renew moves what was not given out to another block, twice as large as a long
// line needs, so that it is copied a logarithmic number of times.
func (c *Chunks) renew() {
	rest := c.end - c.start
	size := c.home.Size()
	if 2*rest > size {
		size = 2 * rest
	}
	block := c.home.Get(size)
	if c.block != nil {
		copy(block.Items, c.block.Items[c.start:c.end])
		c.block.Release()
	}
	c.searched -= c.start
	c.block, c.start, c.end = block, 0, rest
}
