package base

import (
	"context"
	"fmt"
	"reflect"
)

// engage reads the config as the role needs it and lets the engine do the rest.
func (r *run) engage(ctx context.Context, role Role) error {
	for _, wrong := range []struct {
		set  bool
		name string
	}{{r.flags.dryRun, "--dry_run"}, {r.flags.runID != "", "--run_id"}, {role == RoleWork && r.flags.state != "", "--state"}} {
		if wrong.set {
			return &usageError{fmt.Errorf("%s does not go with the flags of the engine %s", wrong.name, r.info.Engine.Name())}
		}
	}
	if err := r.configureFor(role); err != nil {
		return err
	}
	calls, shutdown := watch(ctx, r.env.Signals, r.limits.ShutdownTimeout.Duration)
	r.calls, r.shutdown = calls, shutdown
	defer shutdown.end()
	err := r.info.Engine.Run(&Process{run: r})
	if err == nil && role == RoleFeed && shutdown.stopped() {
		return errStopped
	}
	return err
}

// configureFor fills the config as a role needs it. A feeder stands where the tap is,
// which may know nothing of the store.
func (r *run) configureFor(role Role) error {
	if role == RoleWork {
		if err := r.configure(); err != nil {
			return err
		}
		if !r.hasConfig {
			return errNoConfig
		}
		return nil
	}
	if err := r.chooseSource(); err != nil {
		return err
	}
	settings := r.info.Engine.Settings()
	_, err := r.source.fill(&r.limits, settings) // the connector's own keys are not known here
	r.hide(r.config, settings)
	if err != nil {
		return err
	}
	r.limits.OnInvalid = "fail" // records are checked where they are exported
	return r.applyLimits()
}

// engineSettings is where the engine's keys go. A lane, which is one of many, has only to
// know them.
func (r *run) engineSettings() any {
	settings := r.info.Engine.Settings()
	if r.lane != nil {
		return reflect.New(reflect.TypeOf(settings).Elem()).Interface()
	}
	return settings
}

// setAsideByDefault is on_invalid of workers, where the config is silent.
func (r *run) setAsideByDefault() error {
	settings, err := settingsOf(reflect.TypeFor[limits]())
	if err != nil {
		return err
	}
	for _, s := range settings {
		if s.key() != "on_invalid" {
			continue
		}
		if _, _, given := r.source.value(s); !given {
			r.limits.OnInvalid = "dead_letter"
		}
	}
	return nil
}
