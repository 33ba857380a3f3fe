// Package trial builds a connector, feeds it a Singer stream and tells what
// became of it: the calls of ExportBatchData, what was refused, the state, and,
// for a store that can be read back, what landed.
//
// All of it is what an observer from outside would see: the connector runs as a
// process of its own, its log lines tell the calls, and the store is read by a
// program that shares no code with it.
package trial
