// Package packtest tests a pack of templates as a user of it would find it broken: it
// renders it with answers that cover every value of every enum and bool and every pair
// of them, holds what comes out to the compiler and to golden files, and builds, tests
// and feeds one connector.
//
// A pack in a folder keeps its golden files in _cases, one txtar archive a case. The
// comment of an archive holds the answers, key=value, one a line; its files are those
// that are rendered. A pack without the folder is tested with cases made up here, which
// Update writes down.
package packtest
