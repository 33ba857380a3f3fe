// Package singer reads the Singer format: lines of any length out of a stream
// of bytes, and messages out of lines. It knows nothing of schemas, batches or
// stores.
package singer
