// Package textdiff compares texts line by line and merges changes that were made
// side by side.
//
// Its verdicts are those of git: Merge leaves a conflict where git merge-file
// --diff3 leaves one, and where both are clean the text is the same. That takes
// more than a shortest difference, of which there are often several: the lines
// that count (significant.go), the one of the shortest ways through them
// (myers.go) and the place that a block takes which could stand at several
// (compact.go) are chosen as git's xdiff chooses them. One thing is left out:
// xdiff gives up on the shortest difference beyond 256 changed lines in a row,
// this package goes on.
package textdiff
