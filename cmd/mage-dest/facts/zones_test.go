package facts

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the Go release, whatever the machine has
)

type country struct {
	Code  string   `json:"code"`
	Name  string   `json:"name"`
	Flag  string   `json:"flag"`
	Zones []string `json:"zones"`
}

type countryZone struct {
	CountryCode string `json:"country_code"`
	ZoneID      string `json:"zone_id"`
	Ordinal     int    `json:"ordinal"`
	Shared      bool   `json:"shared"`
}

type zone struct {
	ID           string   `json:"id"`
	CountryCodes []string `json:"country_codes"`
	Position     struct {
		ISO6709   string      `json:"iso6709"`
		Latitude  json.Number `json:"latitude"`
		Longitude json.Number `json:"longitude"`
	} `json:"position"`
	Comments *string `json:"comments"`
}

type leapSecond struct {
	EffectiveAt    time.Time `json:"effective_at"`
	NTPSeconds     int64     `json:"ntp_seconds"`
	TAIMinusUTC    int       `json:"tai_minus_utc"`
	InsertedSecond *string   `json:"inserted_second"`
}

func TestFlagsSpellTheCountryCode(t *testing.T) {
	for _, c := range records[country](t, "countries") {
		var spelled strings.Builder
		for _, letter := range c.Code {
			spelled.WriteRune('\U0001F1E6' + letter - 'A')
		}
		if c.Flag != spelled.String() {
			t.Errorf("%s has flag %q, want %q", c.Code, c.Flag, spelled.String())
		}
	}
}

// The three streams tell one relation three times.
func TestCountriesAndZonesAgree(t *testing.T) {
	ofCountry := map[string][]string{}
	countriesOf := map[string][]string{}
	for _, z := range records[zone](t, "zones") {
		countriesOf[z.ID] = slices.Sorted(slices.Values(z.CountryCodes))
	}
	countriesSeen := map[string][]string{}
	for _, pair := range records[countryZone](t, "country_zones") {
		ofCountry[pair.CountryCode] = append(ofCountry[pair.CountryCode], pair.ZoneID)
		countriesSeen[pair.ZoneID] = append(countriesSeen[pair.ZoneID], pair.CountryCode)
		if want := len(ofCountry[pair.CountryCode]); pair.Ordinal != want {
			t.Errorf("%s of %s has ordinal %d, want %d", pair.ZoneID, pair.CountryCode, pair.Ordinal, want)
		}
		if want := len(countriesOf[pair.ZoneID]) > 1; pair.Shared != want {
			t.Errorf("%s has shared %t, want %t", pair.ZoneID, pair.Shared, want)
		}
	}
	if !maps.EqualFunc(countriesSeen, countriesOf, slices.Equal) {
		t.Errorf("country_zones gives %v, zones gives %v", countriesSeen, countriesOf)
	}
	var without []string
	for _, c := range records[country](t, "countries") {
		if !slices.Equal(c.Zones, ofCountry[c.Code]) {
			t.Errorf("%s has zones %v, in country_zones %v", c.Code, c.Zones, ofCountry[c.Code])
		}
		delete(ofCountry, c.Code)
		if len(c.Zones) == 0 {
			without = append(without, c.Code)
		}
	}
	if len(ofCountry) > 0 {
		t.Errorf("zones of unknown countries: %v", ofCountry)
	}
	if !slices.Equal(without, []string{"BV", "HM"}) {
		t.Errorf("countries without a zone: %v, want BV and HM", without)
	}
}

func TestZonesExist(t *testing.T) {
	for _, z := range records[zone](t, "zones") {
		if _, err := time.LoadLocation(z.ID); err != nil {
			t.Error(err)
		}
	}
}

func TestZonesHaveCommentsAndNulls(t *testing.T) {
	nulls, total := 0, 0
	for _, z := range records[zone](t, "zones") {
		total++
		if z.Comments == nil {
			nulls++
		} else if *z.Comments == "" {
			t.Errorf("%s has an empty comment, want null", z.ID)
		}
	}
	if nulls == 0 || nulls == total {
		t.Errorf("%d of %d comments are null, want some of each", nulls, total)
	}
}

func TestPositionsAreTheirISO6709TextInDegrees(t *testing.T) {
	for _, z := range records[zone](t, "zones") {
		text := z.Position.ISO6709
		split := strings.LastIndexAny(text, "+-")
		if got, want := z.Position.Latitude.String(), degrees(t, text[:split], 2); got != want {
			t.Errorf("%s has latitude %s, want %s", z.ID, got, want)
		}
		if got, want := z.Position.Longitude.String(), degrees(t, text[split:], 3); got != want {
			t.Errorf("%s has longitude %s, want %s", z.ID, got, want)
		}
	}
}

// degrees turns ±D…MM or ±D…MMSS, with that many digits of degrees, into
// degrees with six decimals.
func degrees(t *testing.T, text string, width int) string {
	t.Helper()
	sign, digits := text[:1], text[1:]
	sum := new(big.Rat)
	for scale := int64(1); digits != ""; scale *= 60 {
		part, ok := new(big.Int).SetString(digits[:width], 10)
		if !ok {
			t.Fatalf("%q is no coordinate", text)
		}
		sum.Add(sum, new(big.Rat).SetFrac(part, big.NewInt(scale)))
		digits, width = digits[width:], 2
	}
	if sign == "-" {
		sum.Neg(sum)
	}
	return sum.FloatString(6)
}

func TestLeapSecondsCountFrom1900(t *testing.T) {
	epoch := time.Date(1900, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()
	for i, leap := range records[leapSecond](t, "leap_seconds") {
		if got, want := leap.NTPSeconds, leap.EffectiveAt.Unix()-epoch; got != want {
			t.Errorf("%s is NTP second %d, want %d", leap.EffectiveAt, got, want)
		}
		if want := 10 + i; leap.TAIMinusUTC != want {
			t.Errorf("%s has TAI-UTC %d, want %d", leap.EffectiveAt, leap.TAIMinusUTC, want)
		}
		if i == 0 {
			if leap.InsertedSecond != nil {
				t.Errorf("the first offset inserted %s, want null", *leap.InsertedSecond)
			}
			continue
		}
		want := leap.EffectiveAt.Add(-time.Second).Format("2006-01-02T15:04:") + "60Z"
		if leap.InsertedSecond == nil || *leap.InsertedSecond != want {
			t.Errorf("%s inserted %v, want %s", leap.EffectiveAt, leap.InsertedSecond, want)
		}
	}
}
