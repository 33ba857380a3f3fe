// Package flow follows values through the functions of a package: from where they
// begin, over assignments, fields, closures and calls, to where they must not go.
//
// What is followed is a set of Labels, one for each parameter of a function and
// some for the origins that a Spec names. A function comes to a Summary, which says
// what becomes of its parameters; callers use it, in the same package by running
// until nothing changes, in others as a fact.
//
// It knows fields one level deep, for what is made in a function, and does not know
// the order of statements. What it does not know (a function without a body and
// without a model) moves nothing: a miss is better than a false alarm.
package flow
