// Package analysis finds in the code of a connector what compiles, passes tests and
// loses records all the same. Its analyzers run by mage-dest vet, under go vet, and in
// whatever else drives golang.org/x/tools/go/analysis. Package base does not import it.
//
// # What is looked at
//
// Packages of the module, or the workspace, that is worked on: those that import
// package base, and of those that do not what they do to their callers. Nothing is said
// of tests, nor of generated files, which are not the author's to change.
//
// # Across functions
//
// A helper is looked through, so the fault is told where the connector calls it:
//
//	d.queue.add(data.Record) // a record of the batch is stored in field queue by add
//
// What a function does is told to other packages as a fact: that it keeps an argument,
// makes its result of it, runs it as SQL, logs it; that it drops an error, prints to
// stdout, ends the process or waits without a context. Values are followed by package
// flow, over assignments, fields, closures, channels and calls; what a function without
// a body does is not guessed. False alarms are worse than misses: what is not known is
// taken to be right, a function called quote, escape or sanitize to quote, one called
// valid or check to check, and a function that waits for something to wait for what it
// has started.
//
// # What is told
//
//	unimplemented  a method is still the stub's; see there for a fresh connector
//	keptrecord     a record, or its bytes, is kept after ExportBatchData has returned
//	droppederr     an error on the way of the records does not reach base
//	sqlname        the name of a stream or a column, or a value, is part of SQL text
//	lostctx        a call that waits does not end when ctx does
//	secretlog      what Secret.Reveal returned is printed, logged or part of an error
//	stdout         something besides states is printed to stdout
//	exit           the process ends in the middle of a run
//	rounded        a number goes through a float64
//	signature      a method of base's name has another signature
//
// A fix is suggested where it cannot make things worse: Clone for the one record of a
// statement, ctx for context.Background(), ExecContext for Exec, the error returned.
// That a connector must not be copied is go vet's own copylocks to tell.
//
// # Silence
//
// A comment on the line or on the one before, with a reason, silences an analyzer:
//
//	fmt.Println(n) //nolint:stdout // the state goes to a file here
//
// # Two drivers
//
// Vet runs the analyzers in this process: the author's packages are parsed, all others
// known by the types that the compiler has left in the build cache, which takes a few
// tenths of a second. Under go vet a process of the unitchecker's looks at each package
// that the connector imports, the standard library included: seconds for the first
// time, and from the go command's cache later. The findings are the same.
package analysis
