package generator

import (
	"maps"
	"slices"
	"testing"

	"github.com/Masterminds/sprig/v3"
)

func TestFunctionsAreOnesThatSprigHas(t *testing.T) {
	all := sprig.TxtFuncMap()
	for _, name := range sprigFunctions {
		if all[name] == nil {
			t.Errorf("sprig has no function %s", name)
		}
	}
}

func TestFunctionsHoldNothingThatVaries(t *testing.T) {
	allowed := functions()
	varying := []string{
		"now", "date", "ago", "htmlDate", "toDate", "unixEpoch", "env", "expandenv", "getHostByName", "uuidv4", "shuffle",
		"randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randInt", "randBytes", "values", "bcrypt", "htpasswd",
		"encryptAES", "genPrivateKey", "genCA", "genSelfSignedCert", "genSignedCert", "set", "unset", "merge", "mergeOverwrite",
	}
	for _, name := range varying {
		if allowed[name] != nil {
			t.Errorf("templates may call %s, whose result varies or which changes its arguments", name)
		}
	}
}

func TestKeysAreInOrder(t *testing.T) {
	m := map[string]any{}
	for c := 'a'; c <= 'z'; c++ {
		m[string(c)] = nil
	}
	if got := sortedKeys(m); !slices.Equal(got, slices.Sorted(maps.Keys(m))) {
		t.Errorf("got %v", got)
	}
}
