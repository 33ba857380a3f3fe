package base

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
)

// Secret is a config value that never prints itself: fmt, log/slog and
// encoding/json all show ***. Reveal returns it.
//
// In the config it is a string, or {"file": "/run/secrets/x"}, whose content
// without the final line end is the secret.
type Secret struct{ value string }

// masked is what is shown in a secret's place.
const masked = "***"

// NewSecret wraps a value, for tests.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether no secret was given.
func (s Secret) IsZero() bool { return s.value == "" }

// String returns ***.
func (s Secret) String() string { return masked }

// GoString returns ***.
func (s Secret) GoString() string { return masked }

// Format prints *** whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// LogValue returns ***.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalJSON returns "***".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// revealed are all secrets in a config struct, wherever they stand in it.
func revealed(v reflect.Value) (values []string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return revealed(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			values = append(values, revealed(v.Index(i))...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			values = append(values, revealed(v.MapIndex(key))...)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Secret]() {
			return []string{v.Field(0).String()}
		}
		for i := range v.NumField() {
			values = append(values, revealed(v.Field(i))...)
		}
	}
	return values
}

// UnmarshalJSON reads a string or {"file": PATH}. Its errors never show the
// value.
func (s *Secret) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &s.value) == nil {
		return nil
	}
	var source struct {
		File string `json:"file"`
	}
	if err := json.Unmarshal(text, &source); err != nil || source.File == "" {
		return errors.New(`want a string or {"file": "path of a file that holds it"}`)
	}
	content, err := os.ReadFile(source.File)
	if err != nil {
		return fmt.Errorf("read the secret: %w", err)
	}
	s.value = strings.TrimRight(string(content), "\r\n")
	return nil
}
