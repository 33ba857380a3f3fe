package base

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// dryRun is --dry_run: all input is read and checked, nothing is exported, and no state
// is told. Of a connector that is a SchemaPlanner the store is opened and looked at, and
// each statement that would change it is printed on stdout.

// planSchema prints what the connector would do for a schema.
func (r *run) planSchema(s *Stream) error {
	if r.can.planner == nil {
		return nil
	}
	var statements []string
	err := r.author(func(ctx context.Context) (err error) {
		statements, err = r.can.planner.PlanSchema(ctx, *s)
		return err
	})
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, statement := range statements {
		fmt.Fprintf(&text, "%s;\n", strings.TrimSuffix(strings.TrimSpace(statement), ";"))
	}
	if _, err := io.WriteString(r.env.Stdout, text.String()); err != nil {
		return fmt.Errorf("print the statements: %w", err)
	}
	return nil
}
