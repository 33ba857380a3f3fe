//go:build !unix

package base

// mountedByItself is false where single files cannot be mounted.
func mountedByItself(error) bool { return false }
