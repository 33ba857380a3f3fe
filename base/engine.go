package base

import (
	"flag"
)

// Engine gives the program of a connector further roles beside the one from stdin to
// the store, such as package kafka does. A connector that wants one names it in its
// Info; no other connector carries its code.
type Engine interface {
	// Name is the capability that --about tells.
	Name() string

	// DefineFlags adds the engine's flags to those of base, and forgets what an earlier
	// command line said.
	DefineFlags(set *flag.FlagSet)

	// Settings points to the struct of the engine's config keys, which has the tags of
	// a connector's config.
	Settings() any

	// Role tells, once the flags are read, what they ask for. The error is one of usage.
	Role() (Role, error)

	// Run plays the role, until its work is done or p.Stopped.
	Run(p *Process) error
}

// Role is what a process does.
type Role int

const (
	// RoleLoad is to read messages and write them to the store, without an engine.
	RoleLoad Role = iota
	// RoleFeed is to take messages in, keep the tap's state and hand them on. It needs
	// no store: of the config only the engine's own keys are read, and those of base.
	RoleFeed
	// RoleWork is to take messages from the engine and write them to the store.
	RoleWork
)
