//go:build !unix

package base_test

// runAsConnector does nothing: signals are tested where there are some.
func runAsConnector() {}
