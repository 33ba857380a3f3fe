// Package conform holds the list of what a destination must prove, and proves it of a
// program: any executable, in any language, that reads Singer messages from stdin and
// writes states to stdout.
//
// A program is tried from outside only: it is started with a config, fed messages
// through a pipe, signalled, killed, cut off from its output, and what it has told
// (states, log, exit code) is held against what it was sent and, where the caller can
// read the store back, against what is there. Which tests are made depends on what the
// program claims, by its --about or by the caller; there is no way to skip one that it
// claims. A test that cannot be judged without reading the store back says so and counts
// for nothing.
//
// Package basetest gives the same list to the tests of a connector that stands on
// package base: the test binary is then the program, and understands Faults beside, so
// that the errors of a store can be played. mage-dest conform is the command for all
// other programs.
package conform
