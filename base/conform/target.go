package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is a row of the store: JSON values by column.
type Row map[string]json.RawMessage

// Target is the program that is tried.
type Target struct {
	// Command is the program and its first arguments.
	Command []string

	// Env is added to the environment, as KEY=value.
	Env []string

	// Config makes the config of one test, with a folder that the test has for
	// itself. nil: the program takes none.
	Config func(dir string) ([]byte, error)

	// BadConfig makes one with which nothing can be stored; nil if none is known.
	BadConfig func(dir string) ([]byte, error)

	// ReadBack returns the rows that the store holds of a stream, in any order; none
	// if it does not know the stream. nil: the store is not read back.
	ReadBack func(ctx context.Context, dir, stream string) ([]Row, error)

	// Claims are what the program is said to do, beside what its --about says.
	Claims []string

	// Inside tells that the program understands Script.
	Inside bool

	// Timeout is how long one process may take. Default: a minute.
	Timeout time.Duration
}

// about is what a program says of itself.
type about struct {
	Name         string      `json:"name"`
	Version      string      `json:"version"`
	Capabilities []string    `json:"capabilities"`
	Settings     settingTree `json:"settings"`
}

// settingTree is the JSON Schema of a config, as far as it is looked at.
type settingTree struct {
	Properties map[string]setting `json:"properties"`
	Required   []string           `json:"required"`
}

type setting struct {
	Type        any    `json:"type"`
	Description string `json:"description"`
	Title       string `json:"title"`
	Secret      bool   `json:"secret"`
	WriteOnly   bool   `json:"writeOnly"`
	Format      string `json:"format"`
	Env         string `json:"env"`
	AnyOf       []any  `json:"anyOf"`
	OneOf       []any  `json:"oneOf"`
	Ref         string `json:"$ref"`
	Enum        []any  `json:"enum"`
}

// types are the JSON Schema types that a setting may have.
func (s setting) types() []string {
	switch t := s.Type.(type) {
	case string:
		return []string{t}
	case []any:
		var names []string
		for _, name := range t {
			names = append(names, fmt.Sprint(name))
		}
		return names
	}
	return nil
}

func (s setting) secret() bool { return s.Secret || s.WriteOnly || s.Format == "password" }

var errNoAbout = errors.New("--about --format=json prints no JSON with settings")

func parseAbout(stdout string) (*about, error) {
	start := strings.IndexByte(stdout, '{')
	if start < 0 {
		return nil, errNoAbout
	}
	var a about
	if err := json.NewDecoder(bytes.NewReader([]byte(stdout[start:]))).Decode(&a); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAbout, err)
	}
	if a.Name == "" {
		return nil, errNoAbout
	}
	return &a, nil
}

// claims are what a program claims, from --about, its settings and the caller.
func (t *Target) claims(a *about) []string {
	claims := slices.Clone(t.Claims)
	if t.BadConfig != nil {
		claims = append(claims, ClaimBadConfig)
	}
	if a != nil {
		claims = append(claims, ClaimAbout)
		for _, capability := range a.Capabilities {
			claims = append(claims, strings.ReplaceAll(capability, "-", "_"))
		}
		if _, ok := a.Settings.Properties["maximum_batch_size_mb"]; ok {
			claims = append(claims, ClaimBase)
		}
		if _, ok := a.Settings.Properties["add_record_metadata"]; ok {
			claims = append(claims, ClaimMetadata)
		}
	}
	slices.Sort(claims)
	return slices.Compact(claims)
}
