package base

import (
	"fmt"
	"reflect"
	"time"
)

// configure fills the config structs. That there is no config at all is told
// only when it is needed, as in Mage: an empty input needs none.
func (r *run) configure() error {
	if err := r.chooseSource(); err != nil {
		return err
	}
	r.hasConfig = r.source.given(r.config, &r.limits)
	targets := []any{&r.limits}
	if r.info.Engine != nil {
		targets = append(targets, r.engineSettings())
	}
	if r.hasConfig {
		targets = append(targets, r.config)
	}
	warnings, err := r.source.fill(targets...)
	r.hide(targets...) // also from what is wrong with the config
	if err != nil {
		return err
	}
	for _, warning := range warnings {
		r.log.Warn(warning)
	}
	if r.lane != nil || r.role == RoleWork {
		if err := r.setAsideByDefault(); err != nil {
			return err
		}
	}
	return r.applyLimits()
}

// chooseSource finds where the config is.
func (r *run) chooseSource() error {
	object, err := chooseConfig(r.flags)
	r.source = configSource{object: object, env: r.env.LookupEnv, prefix: r.info.envPrefix()}
	return err
}

func (r *run) applyLimits() error {
	if r.lane != nil && r.can.deadLetterer == nil && r.limits.DeadLetterPath == "" {
		r.can.deadLetterer = r.lane.DeadLetters
	}
	if err := r.limits.check(r.can, r.role == RoleWork); err != nil {
		return err
	}
	if r.flags.runID != "" && r.can.resumer == nil {
		return &usageError{fmt.Errorf("--run_id: %s cannot resume a run: it has no method ResumeRun (base.RunResumer)", r.info.Name)}
	}
	if err := r.limits.fitMemory(setMemoryLimit(r.env.LookupEnv)); err != nil {
		return err
	}
	catalog, err := parseCatalog(r.flags.catalogJSON)
	if err != nil {
		return err
	}
	r.catalog = catalog
	r.core.limits = r.limits
	r.parser = newParser(r.limits, r.registry, r.memory)
	r.letters = &deadLetters{limits: r.limits, author: r.can.deadLetterer, secrets: r.secrets}
	r.state = r.openState()
	return nil
}

func (r *run) openState() stateWriter {
	if r.flags.state == "" {
		return stateStream{r.env.Stdout}
	}
	return &stateFile{path: r.flags.state, now: r.env.Now, log: r.log, interval: time.Second}
}

// hide keeps the secrets of config structs out of the log and the dead letters.
func (r *run) hide(configs ...any) {
	var secrets []string
	for _, config := range configs {
		secrets = append(secrets, revealed(reflect.ValueOf(config).Elem())...)
	}
	r.secrets = newMask(secrets)
	r.writer.hide(r.secrets)
	r.relayed.hide(r.secrets)
}
