package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mage-dest/mage-dest/base"
)

// connector takes records and keeps none of them.
type connector struct {
	base.Destination[struct{}]
	records int
	use     func(base.Record) error // what is done with each; nil for nothing
}

// ExportBatchData counts the records, and uses each.
func (c *connector) ExportBatchData(_ context.Context, recordData []base.RecordData, _ string, _ base.Tags) error {
	c.records += len(recordData)
	if c.use == nil {
		return nil
	}
	for i := range recordData {
		if err := c.use(recordData[i].Record); err != nil {
			return err
		}
	}
	return nil
}

func runNoop(j job) (int, error) { return runOurs(j, "full", nil) }

func runNoopMage(j job) (int, error) { return runOurs(j, "mage", nil) }

func runDecode(j job) (int, error) { return runOurs(j, "full", j.shape.decode) }

func runMap(j job) (int, error) {
	return runOurs(j, "full", func(r base.Record) error {
		m, err := r.Map()
		if err == nil && len(m) != r.Len() {
			err = fmt.Errorf("a map of %d columns, want %d", len(m), r.Len())
		}
		return err
	})
}

// runOurs is a connector as its users run it: flags, config, log lines, states.
func runOurs(j job, validation string, use func(base.Record) error) (int, error) {
	settings := map[string]any{"validation": validation}
	if j.workers > 0 {
		settings["workers"] = j.workers
	}
	config, err := json.Marshal(settings)
	if err != nil {
		return 0, err
	}
	c := &connector{use: use}
	code := base.Run(context.Background(), c, base.Info{Name: "bench"}, base.Env{
		Args: []string{"--config_json", string(config)}, Stdin: j.stdin, Stdout: j.stdout, Stderr: j.stderr,
	})
	if code != 0 {
		return c.records, errStopped
	}
	return c.records, nil
}
