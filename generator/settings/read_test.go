package settings

import (
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// readText reads the connector whose files stand in a txtar text. It has no folder
// in which the go command could be asked.
func readText(t *testing.T, text string) ([]Setting, error) {
	t.Helper()
	return Read(t.Context(), sourceOf(text))
}

func sourceOf(text string) Source {
	archive := txtar.Parse([]byte(text))
	return Source{Module: "example.com/acme", Dir: "internal/acme", Files: func(dir string) (map[string][]byte, error) {
		files := map[string][]byte{}
		for _, f := range archive.Files {
			if path.Dir(f.Name) == dir {
				files[path.Base(f.Name)] = f.Data
			}
		}
		return files, nil
	}}
}

// connectorWith is a connector whose Config has these fields.
func connectorWith(fields string) string {
	return `
-- internal/acme/destination.go --
package acme

import "github.com/mage-dest/mage-dest/base"

type Destination struct{ base.Destination[Config] }
-- internal/acme/config.go --
package acme

import (
	"encoding/json"
	"time"

	"github.com/mage-dest/mage-dest/base"
)

type Config struct {
` + fields + `
}

type inner struct{ Host string }
type level string
type loop []loop
var _ = []any{json.Number("1"), time.Second, base.Secret{}}
`
}

func TestFaultsOfAConfigAreToldWithTheirPlace(t *testing.T) {
	tests := map[string]struct{ field, want string }{
		"required":                            {"\tURL string `required:\"yes\"`", `config field URL: tag required must be true or false, not "yes"`},
		"default":                             {"\tN int `default:\"many\"`", `config field N: tag default: "many" is no integer`},
		"default in range":                    {"\tN int8 `default:\"128\"`", `config field N: tag default: "128" is no integer`},
		"default of a list":                   {"\tN []int `default:\"1,x\"`", `config field N: tag default: "1,x" is no array`},
		"default of a text that reads itself": {"\tAt time.Time `default:\"5\"`", ""}, // its own affair
		"default duration":                    {"\tN base.Duration `default:\"-1s\"`", `config field N: tag default: "-1s" is no duration`},
		"default of enum":                     {"\tM string `default:\"c\" enum:\"a,b\"`", `config field M: tag default: "c" is none of the values of the tag enum (a, b)`},
		"enum type":                           {"\tN int `enum:\"1,x\"`", `config field N: tag enum: "x" is nothing that an integer prints as, so that nobody could give it`},
		"enum spelling":                       {"\tN float64 `enum:\"1.50\"`", `config field N: tag enum: "1.50" is nothing that a number prints as, so that nobody could give it`},
		"enum with spaces":                    {"\tM string `enum:\"a, b\"`", `config field M: tag enum: " b" has space at an end, and so would the value: write commas only between values`},
		"enum of a list":                      {"\tM []string `enum:\"a,b\"`", `config field M: tag enum holds for strings, numbers, booleans and durations, not for []string`},
		"enum of a secret":                    {"\tM base.Secret `enum:\"a,b\"`", `config field M: tag enum holds for strings, numbers, booleans and durations, not for base.Secret`},
		"a tag without form":                  {"\tM string `json:m`", `config field M: the tag needs its value of json in double quotes, on one line: json:"…"`},
		"a tag without key":                   {"\tM string `m`", `config field M: the tag is not written key:"value" key:"value"`},
		"a tag twice":                         {"\tM string `json:\"m\" json:\"n\"`", `config field M: the tag says json twice`},
		"channel":                             {"\tM chan int", `config field M: chan int cannot be read from JSON: tag it json:"-" if it is no setting`},
		"function in a map":                   {"\tM map[string]func()", `config field M: map[string]func() cannot be read from JSON: tag it json:"-" if it is no setting`},
		"complex number":                      {"\tM complex64", `config field M: complex64 cannot be read from JSON: give it a type of numbers or text`},
		"interface":                           {"\tM error", `config field M: error cannot be read from JSON: only an interface without methods can be filled; name the type`},
		"keys of a map":                       {"\tM map[bool]string", `config field M: map[bool]string cannot be read from JSON: the keys of a map must be strings or integers`},
		"embedded pointer":                    {"\t*inner", `config field inner: embed the struct, not a pointer to it`},
		"embedded value":                      {"\tlevel", `config field level: the embedded type is not exported, so that nothing can fill it; give the field a name or export the type`},
		"key of base":                         {"\tN int `json:\"workers\"`", `the config key "workers" belongs to base: give the field another one with its json tag`},
		"key twice":                           {"\tHost string\n\tinner", `the config key "Host" is that of the field at internal/acme/config.go:11:2 too: give one of them another with its json tag`},
		"key within a key":                    {"\tA inner `json:\"a\"`\n\tB string `json:\"a\"`", `the config key "a.Host" lies within that of the field at internal/acme/config.go:12:2: give one of them another with its json tag`},
		"unknown type":                        {"\tM nosuch", `the type of field M is not known; go build ./... says more if it does not compile`},
		"unknown below":                       {"\tM []map[string]*time.Nosuch", `the type of field M is not known; go build ./... says more if it does not compile`},
		"a type that holds itself":            {"\tL loop", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := readText(t, connectorWith(test.field))
			got := ""
			if faulty, ok := errors.AsType[*Error](err); ok {
				got = strings.Join(faulty.Faults, "\n")
			} else if err != nil {
				t.Fatal(err)
			}
			_, message, _ := strings.Cut(got, ": ")
			if message != test.want || got != "" && !strings.HasPrefix(got, "internal/acme/config.go:") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	_, err := readText(t, connectorWith("\tA int `required:\"x\" default:\"y\"`\n\tB func()\n\tC int `json:\"workers\"`"))
	faulty, ok := errors.AsType[*Error](err)
	if !ok || len(faulty.Faults) != 4 {
		t.Fatalf("%v, want 4 faults", err)
	}
	for i, line := range []string{":11:2: ", ":11:2: ", ":12:2: ", ":13:2: "} {
		if !strings.Contains(faulty.Faults[i], line) {
			t.Errorf("fault %d is %q, want it at %s", i, faulty.Faults[i], line)
		}
	}
}

func TestConfigIsFoundWhereverItIs(t *testing.T) {
	tests := map[string]struct {
		files string
		want  string // keys, or part of the error
	}{
		"another name of base": {`
-- internal/acme/a.go --
package acme
import b "github.com/mage-dest/mage-dest/base"
type Destination struct{ b.Destination[Config] }
type Config struct{ A b.Secret }`, "A secret"},
		"no name of base": {`
-- internal/acme/a.go --
package acme
import . "github.com/mage-dest/mage-dest/base"
type Store struct{ Destination[Config] }
type Config struct{ A Duration }`, "A duration"},
		"a pointer to it": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ *base.Destination[Config] }
type Config struct{ A bool }`, "A boolean"},
		"a struct without a name": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ base.Destination[struct{ A int }] }`, "A integer"},
		"another package of the module": {`
-- internal/acme/a.go --
package acme
import (
	"example.com/acme/internal/conf"
	"github.com/mage-dest/mage-dest/base"
)
type Destination struct{ base.Destination[conf.Config] }
-- internal/conf/conf.go --
package conf
import "example.com/acme"
type Config struct{ A acme.Kind; acme.Common }
-- kinds.go --
package acme
type Kind = []Word
type Word string
type Common struct{ B map[string]int }`, "A array, B object"},
		"the type called Destination, of two": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Other struct{ base.Destination[int] }
type Destination struct{ base.Destination[Config] }
type Config struct{ A int }`, "A integer"},
		"files of other systems and tests do not count": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ base.Destination[Config] }
-- internal/acme/config_windows.go --
package acme
type Config struct{ A int }
-- internal/acme/config_linux.go --
package acme
type Config struct{ B int }
-- internal/acme/config_test.go --
package acme
type Config struct{ C int }`, "B integer"},
		"an instance of a generic type": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ base.Destination[Config] }
type Config struct{ A Optional[int]; B List[string] }
type Optional[T any] struct{ Value T; Set bool }
type List[T any] []T`, "A.Value integer, A.Set boolean, B array"},
		"methods that read": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ base.Destination[Config] }
type Config struct{ A Own; B Inherits; C Other; D Text }
type Own struct{ X int }
func (o *Own) UnmarshalJSON(text []byte) error { return nil }
type Inherits struct{ Own; Y int }
type Other struct{ Z int }
func (o *Other) UnmarshalJSON(text string) error { return nil }
type Text struct{ V int }
func (t *Text) UnmarshalText(b []byte) (err error) { return }`, "A object, B object, C.Z integer, D object"},
		"a connector that does not compile elsewhere": {`
-- internal/acme/a.go --
package acme
import (
	"example.org/not/there"
	"github.com/mage-dest/mage-dest/base"
)
type Destination struct{ base.Destination[Config]; client *there.Client }
type Config struct{ A int }
func (d *Destination) x() nosuch { return undefined }`, "A integer"},
		"no struct": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type Destination struct{ base.Destination[[]string] }`, "internal/acme/a.go:3:6: the config must be a struct, not []string"},
		"nothing embedded": {`
-- internal/acme/a.go --
package acme
type Destination struct{}`, ErrNoDestination.Error()},
		"two that embed": {`
-- internal/acme/a.go --
package acme
import "github.com/mage-dest/mage-dest/base"
type A struct{ base.Destination[int] }
type B struct{ base.Destination[int] }`, "embeds base.Destination in A and in B; call that of the connector Destination"},
		"no Go": {`
-- internal/acme/a.go --
package acme
type Destination struct{
-- internal/acme/b.go --
}`, "internal/acme/a.go:2:26: expected '}', found 'EOF'\ninternal/acme/b.go:1:1: expected 'package', found '}'"},
		"an embedded type of a module that cannot be asked": {`
-- internal/acme/a.go --
package acme
import (
	"example.org/not/there"
	"github.com/mage-dest/mage-dest/base"
)
type Destination struct{ base.Destination[Config] }
type Config struct{ A Wrapped }
type Wrapped struct{ there.Thing }`, "internal/acme/a.go:7:21: the type of field A is not known"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			list, err := readText(t, test.files)
			var keys []string
			for _, s := range list {
				keys = append(keys, s.Key()+" "+s.Type)
			}
			got := strings.Join(keys, ", ")
			if err != nil {
				got = err.Error()
			}
			if got != test.want && (err == nil || !strings.Contains(got, test.want)) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestOnlyWhatConfigNeedsIsLookedUp: a client of a store may be large, and then it
// would be compiled.
func TestOnlyWhatConfigNeedsIsLookedUp(t *testing.T) {
	p := newPackages(sourceOf(`
-- internal/acme/a.go --
package acme
import (
	"database/sql"
	alias "net/netip"
	"example.org/large/v5"
	"example.org/go-level"
	"example.com/acme/conf"
	"github.com/mage-dest/mage-dest/base"
)
type Destination struct {
	base.Destination[Config]
	client *large.Client
	rows   []sql.Rows
}
type Config struct {
	A alias.Addr
	B []*Wrapped
	C base.Secret
	D map[string]conf.Conf
	E unused
}
type Wrapped struct{ Level level.Level }
type unused = int
type Other struct{ sql.Null[int] }
-- conf/conf.go --
package conf
import "net/url"
type Conf struct{ U url.URL }
type Other struct{ V url.Values }`))
	_, decl, err := p.read()
	if _, ok := errors.AsType[*unknownType](err); !ok {
		t.Fatalf("%v, want a type that is not known", err)
	}
	want := []string{"example.org/go-level", "net/netip", "net/url"}
	if diff := cmp.Diff(want, p.importsBehind(decl)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKnownTypesAreThoseOfTheirPackages(t *testing.T) {
	paths := []string{basePackage, "time", "encoding/json"}
	p := newPackages(Source{})
	p.reset()
	real, err := exportedTypes(t.Context(), p.fset, ".", paths)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, importPath := range paths {
		known, err := p.Import(importPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range known.Scope().Names() {
			object := known.Scope().Lookup(name)
			if !object.Exported() || name == "Destination" {
				continue
			}
			compared++
			got, want := object.Type(), real[importPath].Scope().Lookup(name).Type()
			type facts struct {
				Name              string
				JSON, Text, Print bool
				Schema            *Schema
			}
			if diff := cmp.Diff(facts{typeName(want), readsJSON(want), readsText(want), printsItself(want), schemaOf(want)},
				facts{typeName(got), readsJSON(got), readsText(got), printsItself(got), schemaOf(got)}, cmp.AllowUnexported(property{})); diff != "" {
				t.Errorf("%s.%s (-package +known):\n%s", importPath, name, diff)
			}
		}
	}
	if compared != 6 {
		t.Errorf("%d types were compared", compared)
	}
}

// TestSharedSettingsAreThoseOfBase compares them with base's own struct, field by
// field and tag by tag.
func TestSharedSettingsAreThoseOfBase(t *testing.T) {
	want := limitsOf(t, "../../base/limits.go")
	got := limitsOf(t, "known/base.go.txt")
	if diff := cmp.Diff(want, got); diff != "" || want == "" {
		t.Errorf("known/base.go.txt is to say what base says (-base +known):\n%s", diff)
	}
	if n := len(Shared()); n != strings.Count(want, "json:") {
		t.Errorf("%d settings of base are read", n)
	}
}

// TestEngineSettingsAreThoseOfThePackage compares them likewise.
func TestEngineSettingsAreThoseOfThePackage(t *testing.T) {
	want := fieldsOf(t, "../../base/kafka/settings.go", "Settings")
	if diff := cmp.Diff(want, fieldsOf(t, "known/kafka.go.txt", "Settings")); diff != "" || want == "" {
		t.Errorf("known/kafka.go.txt is to say what package kafka says (-kafka +known):\n%s", diff)
	}
	if n := len(Engine([]byte(`import "github.com/mage-dest/mage-dest/base/kafka"`))); n != strings.Count(want, "json:") {
		t.Errorf("%d settings of the engine are read", n)
	}
	if list := Engine([]byte(`import "github.com/mage-dest/mage-dest/base"`)); list != nil {
		t.Errorf("%v are settings of an engine that the connector does not have", list)
	}
}

func limitsOf(t *testing.T, file string) string { return fieldsOf(t, file, "limits") }

func fieldsOf(t *testing.T, file, name string) string {
	t.Helper()
	text := readFile(t, file)
	_, fields, _ := strings.Cut(text, "type "+name+" struct {\n")
	fields, _, _ = strings.Cut(fields, "\n}\n")
	return fields
}
