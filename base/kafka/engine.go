package kafka

import (
	"errors"
	"flag"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// Engine makes the engine of a connector. newConnector makes a value of it for each
// partition that a worker holds.
func Engine(newConnector func() base.Connector) base.Engine {
	return &engine{newConnector: newConnector, timing: defaultTiming()}
}

type engine struct {
	newConnector func() base.Connector
	settings     Settings
	timing       timing

	feed, work string
	wait       bool
	at         address // that one of the two names
}

func (e *engine) Name() string { return "kafka" }

func (e *engine) Settings() any { return &e.settings }

func (e *engine) DefineFlags(set *flag.FlagSet) {
	set.StringVar(&e.feed, "feed", "", "`URL`, kafka://BROKERS/TOPIC: put the messages on a topic instead of into the store")
	set.StringVar(&e.work, "work", "", "`URL`, kafka://BROKERS/TOPIC?group=G: take a share of the topic's partitions and export them, until stopped")
	set.BoolVar(&e.wait, "wait", false, "with --feed: do not end before workers have stored everything and the last state is told")
}

func (e *engine) Role() (base.Role, error) {
	role, text := base.RoleLoad, ""
	switch {
	case e.feed != "" && e.work != "":
		return role, errors.New("--feed and --work: a process is one or the other")
	case e.feed != "":
		role, text = base.RoleFeed, e.feed
	case e.work != "":
		role, text = base.RoleWork, e.work
	case e.wait:
		return role, errors.New("--wait goes with --feed")
	default:
		return role, nil
	}
	if e.wait && role == base.RoleWork {
		return role, errors.New("--wait goes with --feed; a worker ends when it is stopped, or with ?idle=10s")
	}
	var err error
	if e.at, err = parseAddress(text); err != nil {
		return role, fmt.Errorf("%s: %w", map[base.Role]string{base.RoleFeed: "--feed", base.RoleWork: "--work"}[role], err)
	}
	if role == base.RoleFeed && e.at.idle > 0 {
		return role, errors.New("--feed: idle is for --work")
	}
	return role, nil
}

func (e *engine) Run(p *base.Process) error {
	if e.at.group == "" {
		e.at.group = p.Info().Name
	}
	if e.feed != "" {
		return e.runFeeder(p)
	}
	return e.runWorker(p)
}
