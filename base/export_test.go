package base

// WithChunks makes a run read so many bytes at once, and overwrite memory that is
// free, so that who looks at it is found out.
func WithChunks(e Env, bytes int) Env {
	e.chunkBytes, e.spoil = bytes, true
	return e
}
