package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// What is put is got again if it is large enough, and no more is kept than may be.
func TestPoolGivesAgainWhatIsLargeEnough(t *testing.T) {
	p := newPool()
	mark := func(b []byte) *byte { return &b[:1][0] }
	small, large := make([]byte, 10, 1<<10), make([]byte, 10, 1<<20)
	p.PutDecompressBytes(large)
	p.PutDecompressBytes(small)
	if got := p.GetDecompressBytes(make([]byte, 100<<10), kgo.CodecLz4); mark(got) != mark(large) || len(got) != 0 {
		t.Errorf("got %d bytes of %d that were not kept", len(got), cap(got))
	}
	snappy := []byte{0x80, 0x08} // becomes 1024 bytes
	if got := p.GetDecompressBytes(snappy, kgo.CodecSnappy); mark(got) != mark(small) {
		t.Errorf("%d bytes were not kept", cap(got))
	}
	if got := p.GetDecompressBytes(snappy, kgo.CodecSnappy); cap(got) != 1<<10 {
		t.Errorf("made room for %d bytes, want 1024", cap(got))
	}
	lies := []byte{0xff, 0xff, 0xff, 0xff, 0x0f} // 4 GiB
	if got := p.GetDecompressBytes(lies, kgo.CodecSnappy); cap(got) > 1<<10 {
		t.Errorf("made room for %d bytes by what a message says of itself", cap(got))
	}
	if p.PutDecompressBytes(make([]byte, 0, keptPiece+1)); p.bytes.size > 0 {
		t.Errorf("%d bytes are kept of one long line", p.bytes.size)
	}
	for range 2 * keptBytes >> 20 {
		p.PutDecompressBytes(make([]byte, 0, 1<<20))
	}
	if p.bytes.size > keptBytes || len(p.bytes.kept) != keptBytes>>20 {
		t.Errorf("%d slices of %d bytes are kept", len(p.bytes.kept), p.bytes.size)
	}
	for range 2 * keptPieces { // small ones do not stay for ever where large ones are wanted, nor by the thousand
		p.PutDecompressBytes(make([]byte, 0, 1))
	}
	p.PutDecompressBytes(nil)
	if len(p.bytes.kept) != keptPieces || p.bytes.size != keptPieces {
		t.Errorf("%d slices of %d bytes are kept", len(p.bytes.kept), p.bytes.size)
	}
	p.PutDecompressBytes(large)
	if got := p.GetDecompressBytes(make([]byte, 100<<10), kgo.CodecLz4); mark(got) != mark(large) {
		t.Error("small slices keep a large one out")
	}
	records := p.GetRecords(7)
	p.PutRecords(records[:0])
	if again := p.GetRecords(5); &again[:1][0] != &records[:1][0] {
		t.Error("records are not kept")
	}
}
