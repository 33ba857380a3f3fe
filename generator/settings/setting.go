package settings

import (
	"bytes"
	"encoding/json"
	"go/types"
	"strconv"
	"strings"
)

// Setting is one key of a connector's config: a field of Config. The fields of
// nested structs are settings of their own.
type Setting struct {
	Path     []string   // keys from the outermost object inwards
	Type     string     // as --about names it: string, secret, duration, integer, number, boolean, array or object
	Required bool       // by the tag of that name
	Default  *Literal   // nil for none
	Example  *Literal   // nil for none
	Enum     []*Literal // the values that base allows
	Known    []string   // constants of its type, where base allows others too
	Doc      string     // one line
	Value    *Schema    // what its value may be, null left out

	strictEnum bool // a value of Enum has one form in JSON
	shared     bool // it is one of base's
}

// Literal is a value that a tag gives: its text, and what that is in a config.
type Literal struct {
	Text string
	JSON json.RawMessage
}

// Key is the setting's name for people, with dots between nested keys.
func (s Setting) Key() string { return strings.Join(s.Path, ".") }

// Variable is the environment variable that can give the setting.
func (s Setting) Variable(prefix string) string {
	upper := strings.ToUpper(prefix + strings.Join(s.Path, "_"))
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, upper)
}

// mustBeGiven reports whether a config without the key is refused.
func (s Setting) mustBeGiven() bool { return s.Required && s.Default == nil }

// Shared lists the settings of package base, which every connector has.
func Shared() []Setting { return sharedOf(basePackage, "limits") }

// Engine lists the settings of the engine that a connector's main.go names, none if it
// names none: base has them in that connector.
func Engine(main []byte) []Setting {
	if !bytes.Contains(main, []byte(strconv.Quote(kafkaPackage))) {
		return nil
	}
	return sharedOf(kafkaPackage, "Settings")
}

func sharedOf(importPath, name string) []Setting {
	p := newPackages(Source{})
	p.reset()
	pkg, err := p.Import(importPath)
	if err != nil {
		panic(err) // known.go does not parse
	}
	w := &walker{packages: p, docs: newDocs(p.fset)}
	w.walk(pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct), Setting{})
	for i := range w.list {
		w.list[i].shared = true
	}
	return w.list
}
