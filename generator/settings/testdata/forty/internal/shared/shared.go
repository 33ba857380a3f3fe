// Package shared has settings that several connectors share.
package shared

import "errors"

// TLS is how a connection is encrypted.
type TLS struct {
	// CAFile holds the certificates of those
	// that are trusted.
	CAFile  string  `json:"ca_file"`
	Version Version `json:"version" default:"v1.3"`
	Verify  bool    `json:"verify" default:"true"`
}

// Version reads itself.
type Version int

// UnmarshalText reads "v1.2" or "v1.3".
func (v *Version) UnmarshalText(text []byte) error {
	if string(text) != "v1.2" && string(text) != "v1.3" {
		return errors.New("want v1.2 or v1.3")
	}
	*v = Version(text[3] - '0')
	return nil
}

// Tracing is embedded in a Config.
type Tracing struct {
	Trace bool `json:"trace"` // Whether requests are traced.
}
