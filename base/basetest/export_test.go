package basetest

// Play is the process of a connector that a test breaks on purpose.
var Play = play

// Race tells whether the race detector is on.
const Race = raceDetector
