//go:build race

package basetest

const (
	raceDetector = true
	sideBySide   = 2 // the race detector makes everything slow, and some tests look at the clock
)
