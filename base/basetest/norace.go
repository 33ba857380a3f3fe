//go:build !race

package basetest

const (
	raceDetector = false
	sideBySide   = 4
)
