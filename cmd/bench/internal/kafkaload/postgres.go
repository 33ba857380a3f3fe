package kafkaload

import (
	"context"
	"os/exec"
)

type postgresTarget struct{}

func newPostgresTarget(context.Context, string) (*postgresTarget, error)        { return nil, nil }
func (t *postgresTarget) name() string                                          { return "postgres" }
func (t *postgresTarget) command(ctx context.Context, args ...string) *exec.Cmd { return nil }
func (t *postgresTarget) empty(context.Context) error                           { return nil }
func (t *postgresTarget) holds(context.Context, int) error                      { return nil }
func (t *postgresTarget) close()                                                {}
