//go:build !race

package basetest

const raceDetector = false
