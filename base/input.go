package base

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/mage-dest/mage-dest/base/internal/singer"
)

// input reads lines on a goroutine of its own, so that a batch can grow too old,
// or a signal arrive, while nothing comes in.
type input struct {
	lines chan []singer.Line // closed at the end of input or at its failure
	err   error              // io.EOF or the failure; to be read after lines was closed
	stop  chan struct{}
}

// startInput begins to read. Two chunks of lines are read ahead at the most: the
// rest waits in the pipe, which is what slows the tap down.
func startInput(source io.Reader) *input {
	in := &input{lines: make(chan []singer.Line, 1), stop: make(chan struct{})}
	go in.run(singer.NewLineReader(source))
	return in
}

func (in *input) run(reader *singer.LineReader) {
	defer close(in.lines)
	for {
		lines, err := reader.Next()
		if err != nil {
			in.err = err
			return
		}
		select {
		case in.lines <- lines:
		case <-in.stop:
			in.err = errStopped
			return
		}
	}
}

// close ends the goroutine as soon as it does not wait for its source, which
// cannot be interrupted.
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
