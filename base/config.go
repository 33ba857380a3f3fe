package base

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/base/internal/rawjson"
)

// errNoConfig is Mage's own sentence, with the remedy behind it.
var errNoConfig = errors.New(
	"Config and config file path is missing. Give --config FILE, --config_json JSON or --settings FILE") //nolint:staticcheck // Mage's own words, which its users search for

// configSource is where the values of a run's config come from: one JSON
// object, chosen by Mage's rule, and the environment for the keys it lacks.
type configSource struct {
	object []byte // nil when there is none
	env    func(name string) (string, bool)
	prefix string // of environment variables, "ACME_"
}

// value finds a setting; ok is false when no source gives it.
func (c configSource) value(s setting) (text []byte, from string, ok bool) {
	value := c.object
	for _, key := range s.path {
		if value, ok = rawjson.Get(value, key); !ok {
			break
		}
	}
	if ok {
		return value, "", true
	}
	name := s.variable(c.prefix)
	if text, found := c.env(name); found {
		return s.asJSON(text), name, true
	}
	return nil, "", false
}

// fill sets every setting of the structs that targets point to, and returns the
// warnings. The error tells every fault at once.
func (c configSource) fill(targets ...any) (warnings []string, err error) {
	var all []setting
	var faults []error
	for _, target := range targets {
		config := reflect.ValueOf(target).Elem()
		settings, err := settingsOf(config.Type())
		if err != nil {
			return nil, err
		}
		if err := overlap(all, settings); err != nil {
			return nil, err
		}
		all = append(all, settings...)
		faults = append(faults, c.notObjects(settings)...)
		for _, s := range settings {
			if err := c.apply(s, config); err != nil {
				faults = append(faults, err)
			}
		}
	}
	if len(faults) > 0 {
		return nil, &configError{faults}
	}
	return c.unknown(all), nil
}

// notObjects tells of values that stand where an object with settings should.
func (c configSource) notObjects(settings []setting) (faults []error) {
	told := map[string]bool{}
	for _, s := range settings {
		value, ok := c.object, true
		for i := range len(s.path) - 1 {
			outer := setting{path: s.path[:i+1], kind: reflect.TypeFor[struct{}]()}
			if value, ok = rawjson.Get(value, s.path[i]); !ok || Value(value).IsNull() || told[outer.key()] {
				break
			}
			if rawjson.KindOf(value) != rawjson.Object {
				told[outer.key()] = true
				faults = append(faults, fmt.Errorf("%s: want an object, not %s", outer.key(), article(value, outer)))
			}
		}
	}
	return faults
}

func (c configSource) apply(s setting, config reflect.Value) error {
	text, variable, given := c.value(s)
	switch {
	case given && !(Value(text).IsNull() && variable == ""):
		if err := s.set(config, text); err != nil {
			if variable != "" {
				return fmt.Errorf("%s (from %s): %w", s.key(), variable, err)
			}
			return fmt.Errorf("%s: %w", s.key(), err)
		}
	case s.fallback != "":
		if err := s.setText(config, s.fallback); err != nil {
			return fmt.Errorf("%s: the tag default: %w", s.key(), err)
		}
	case s.required:
		return fmt.Errorf("%s: required: give it in the config or as %s", s.key(), s.variable(c.prefix))
	}
	return nil
}

// overlap refuses a key of the author's that base has already.
func overlap(taken, settings []setting) error {
	for _, s := range settings {
		for _, t := range taken {
			if s.path[0] == t.path[0] {
				return fmt.Errorf("the config key %q belongs to base: give the field of the config struct another name", s.key())
			}
		}
	}
	return nil
}

// unknown lists the outermost keys of the object that no setting has.
func (c configSource) unknown(settings []setting) []string {
	known := map[string]bool{}
	for _, s := range settings {
		known[s.path[0]] = true
	}
	var warnings []string
	for m := range rawjson.Members(c.object) {
		if !known[m.Name()] {
			warnings = append(warnings, fmt.Sprintf("config key %q is not known to this connector and has no effect", m.Name()))
		}
	}
	return warnings
}

// given reports whether any source gives any of the settings of targets.
func (c configSource) given(targets ...any) bool {
	if c.object != nil {
		return true
	}
	for _, target := range targets {
		settings, err := settingsOf(reflect.TypeOf(target).Elem())
		if err == nil && slices.ContainsFunc(settings, func(s setting) bool {
			_, _, ok := c.value(s)
			return ok
		}) {
			return true
		}
	}
	return false
}

// configError tells all that is wrong with a config.
type configError struct{ faults []error }

func (e *configError) Error() string {
	texts := make([]string, len(e.faults))
	for i, fault := range e.faults {
		texts[i] = fault.Error()
	}
	if len(texts) == 1 {
		return "config: " + texts[0]
	}
	return fmt.Sprintf("config: %d problems: %s", len(texts), strings.Join(texts, "; "))
}

func (e *configError) Unwrap() []error { return e.faults }
