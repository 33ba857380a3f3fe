package base

import (
	"encoding/json"
	"errors"
	"math"
	"time"
)

// Duration is a config value: text such as "1m30s", or a number of seconds.
type Duration struct{ time.Duration }

// UnmarshalJSON reads "1m30s" or 90. Negative durations are refused.
func (d *Duration) UnmarshalJSON(text []byte) error {
	parsed, err := parseDuration(text)
	if err != nil {
		return err
	}
	if parsed < 0 {
		return errors.New("want a duration that is not negative")
	}
	d.Duration = parsed
	return nil
}

func parseDuration(text []byte) (time.Duration, error) {
	var seconds float64
	if json.Unmarshal(text, &seconds) == nil {
		if math.Abs(seconds) > math.MaxInt64/float64(time.Second) {
			return 0, errors.New("want a duration of less than 292 years")
		}
		return time.Duration(seconds * float64(time.Second)), nil
	}
	var words string
	if json.Unmarshal(text, &words) == nil {
		if parsed, err := time.ParseDuration(words); err == nil {
			return parsed, nil
		}
	}
	return 0, errors.New(`want a duration such as "1m30s", or a number of seconds`)
}

// MarshalJSON returns the text form.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
