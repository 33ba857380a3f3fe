package base

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// capabilities are the optional interfaces of one connector, nil where it has
// none.
type capabilities struct {
	opener       Opener
	closer       Closer
	tester       ConnectionTester
	before       BeforeProcessor
	after        AfterProcessor
	schemas      SchemaHandler
	versions     VersionActivator
	deduplicator Deduplicator
	deadLetterer DeadLetterer
	resumer      RunResumer
	finisher     RunFinisher
	claimer      Claimer
	planner      SchemaPlanner
}

// capability is one row of the table of optional interfaces.
type capability struct {
	name    string // as --about prints it; "" for one that it does not
	method  string
	claimed bool
	want    reflect.Type
}

// capabilitiesOf asks the author's value once. The error lists the methods that
// bear the name of an optional one and have another signature.
func capabilitiesOf(d Connector) (capabilities, error) {
	var c capabilities
	c.opener, _ = d.(Opener)
	c.closer, _ = d.(Closer)
	c.tester, _ = d.(ConnectionTester)
	c.before, _ = d.(BeforeProcessor)
	c.after, _ = d.(AfterProcessor)
	c.schemas, _ = d.(SchemaHandler)
	c.versions, _ = d.(VersionActivator)
	c.deduplicator, _ = d.(Deduplicator)
	c.deadLetterer, _ = d.(DeadLetterer)
	c.resumer, _ = d.(RunResumer)
	c.finisher, _ = d.(RunFinisher)
	c.claimer, _ = d.(Claimer)
	c.planner, _ = d.(SchemaPlanner)
	return c, misspelled(d, c)
}

// table lists the optional interfaces in the order --about prints them.
func (c capabilities) table() []capability {
	row := func(name string, iface reflect.Type, claimed bool) capability {
		method := iface.Method(0)
		return capability{name: name, method: method.Name, claimed: claimed, want: method.Type}
	}
	return []capability{
		row("open", reflect.TypeFor[Opener](), c.opener != nil),
		row("close", reflect.TypeFor[Closer](), c.closer != nil),
		row("test_connection", reflect.TypeFor[ConnectionTester](), c.tester != nil),
		row("before_process", reflect.TypeFor[BeforeProcessor](), c.before != nil),
		row("after_process", reflect.TypeFor[AfterProcessor](), c.after != nil),
		row("handle_schema", reflect.TypeFor[SchemaHandler](), c.schemas != nil),
		row("activate_version", reflect.TypeFor[VersionActivator](), c.versions != nil),
		row("remove_duplicate_rows", reflect.TypeFor[Deduplicator](), c.deduplicator != nil),
		row("export_dead_letters", reflect.TypeFor[DeadLetterer](), c.deadLetterer != nil),
		row("resume_run", reflect.TypeFor[RunResumer](), c.resumer != nil),
		row("finish_run", reflect.TypeFor[RunFinisher](), c.finisher != nil),
		row("plan_schema", reflect.TypeFor[SchemaPlanner](), c.planner != nil),
		row("", reflect.TypeFor[Claimer](), c.claimer != nil), // what it claims is printed
	}
}

// singer are the capabilities in the words of singer-sdk, as far as they follow from
// methods and claims.
func (c capabilities) singer() []string {
	names := []string{"about", "structured-logging", "validate-records"}
	if c.versions != nil {
		names = append(names, "activate-version")
	}
	if c.claimer != nil && slices.Contains(c.claimer.Claims(), "hard_delete_records") {
		names = append(names, "hard-delete")
	}
	return names
}

func misspelled(d Connector, c capabilities) error {
	var faults []error
	author := reflect.ValueOf(d)
	for _, row := range c.table() {
		method := author.MethodByName(row.method)
		if row.claimed || !method.IsValid() {
			continue
		}
		faults = append(faults, fmt.Errorf(
			"%T has a method %s with the signature %s, so base would never call it: it must be %s",
			d, row.method, method.Type(), row.want))
	}
	return errors.Join(faults...)
}
