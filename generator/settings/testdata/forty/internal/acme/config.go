package acme

import (
	"encoding/json"
	"log/slog"
	"net/netip"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/generator/settings/testdata/forty/internal/shared"
)

// Config has 40 settings and more.
type Config struct {
	URL string `json:"url" required:"true" doc:"Address of the store." example:"https://store.example.com"`
	// Region is told by its comment. This sentence is not.
	Region  string
	Mode    Mode `json:"mode" default:"append" enum:"append,replace" doc:"What becomes of rows | that are there."`
	Retries int  `json:"retries" default:"3"` // Attempts in all.

	Auth    Auth       `json:"auth"`
	Tuning  Tuning     `json:"tuning"`
	TLS     shared.TLS `json:"tls"`
	Proxy   *Endpoint  `json:"proxy" doc:"Where requests go first."`
	Archive txtar.File `json:"archive"`

	Numbers
	shared.Tracing

	Tags     []string          `json:"tags" default:"a,b"`
	Ports    []uint16          `json:"ports" default:"[80, 443]"`
	Mirrors  []Endpoint        `json:"mirrors"`
	Headers  map[string]string `json:"headers" example:"{\"x-team\": \"data\"}"`
	Weights  map[string]float64
	Matrix   [2][2]int
	Anything any `json:"anything"`
	Raw      json.RawMessage
	Exact    json.Number `json:"exact" default:"0.10"`
	Since    time.Time   `json:"since" example:"2026-01-02T03:04:05Z"`
	Pause    time.Duration
	Every    *base.Duration  `json:"every" default:"90"`
	Pair     []base.Secret   `json:"pair"`
	Level    slog.Level      `json:"level" default:"INFO"`
	Host     netip.Addr      `json:"host" default:"::1"`
	Wait     base.Duration   `json:"wait" enum:"30s,1m0s" default:"30s"`
	Waits    []base.Duration `json:"waits" default:"[\"1s\", 2]"`
	Node     Node            `json:"node"`

	Client  func() `json:"-"`
	private int    //nolint:unused // it is left out of the settings
}

// Mode is what becomes of rows.
type Mode string

// The modes.
const (
	Append  Mode = "append"
	Replace Mode = "replace"
)

// Auth is nested, and holds a level more.
type Auth struct {
	User string      `json:"user" required:"true"`
	Key  base.Secret `json:"key" required:"true" doc:"Key of the user."`
	// OAuth takes the place of the key.
	OAuth struct {
		ClientID string        `json:"client_id"`
		Scope    Scope         `json:"scope" doc:"What may be done."`
		Lifetime base.Duration `json:"lifetime" default:"1h30m"`
	} `json:"oauth"`
}

// Scope has constants and no enum.
type Scope string

// The usual scopes.
const (
	Read  Scope = "read"
	Write Scope = "write"
)

// Tuning has a number of every kind that is common.
type Tuning struct {
	Workers int8    `json:"workers" default:"2"`
	Limit   uint    `json:"limit" default:"1000"`
	Ratio   float64 `json:"ratio" default:"0.5"`
	Dry     bool    `json:"dry" default:"1"`
	Strict  *bool   `json:"strict" default:"true"`
	Size    *int64  `json:"size"`
	Narrow  int32   `json:"narrow" enum:"1,2,4" required:"true"`
}

// Numbers is embedded: its fields stand beside those of Config.
type Numbers struct {
	Small uint8   `json:"small"`
	Big   int64   `json:"big" default:"9223372036854775807"`
	Float float32 `json:"float"`
}

// Endpoint is read by encoding/json alone.
type Endpoint struct {
	Host   string `json:"host" doc:"Name or address."`
	Port   int    `json:"port"`
	secret string //nolint:unused // it is left out of the schema
}

// Node holds nodes.
type Node struct {
	Children []Node `json:"children"`
}
