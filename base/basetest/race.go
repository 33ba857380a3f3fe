//go:build race

package basetest

const raceDetector = true
