package generator

import (
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// functions returns what templates may call: a choice from sprig of functions
// whose result depends on their arguments alone. Left out on purpose is all that
// reads the clock, chance, the environment or the network, what changes its
// arguments (set, merge), and keys and values, which sprig leaves in random order.
func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	allowed := make(template.FuncMap, len(sprigFunctions)+1)
	for _, name := range sprigFunctions {
		allowed[name] = all[name]
	}
	allowed["keys"] = sortedKeys
	return allowed
}

// sortedKeys lists the keys of a map in order.
func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

var sprigFunctions = []string{
	// text
	"abbrev", "camelcase", "cat", "contains", "hasPrefix", "hasSuffix", "indent", "kebabcase", "lower", "nindent",
	"nospace", "plural", "quote", "repeat", "replace", "snakecase", "split", "splitList", "splitn", "squote", "substr",
	"title", "toString", "trim", "trimAll", "trimPrefix", "trimSuffix", "trunc", "untitle", "upper", "wrap", "wrapWith",
	"regexFind", "regexFindAll", "regexMatch", "regexQuoteMeta", "regexReplaceAll", "regexReplaceAllLiteral", "regexSplit",
	// numbers
	"add", "add1", "atoi", "ceil", "div", "floor", "int", "int64", "max", "min", "mod", "mul", "round", "sub", "until", "untilStep",
	// lists and dictionaries
	"append", "chunk", "compact", "concat", "dict", "dig", "first", "get", "has", "hasKey", "initial", "join", "last",
	"list", "omit", "pick", "pluck", "prepend", "rest", "reverse", "slice", "sortAlpha", "tuple", "uniq", "without",
	// choice
	"all", "any", "coalesce", "default", "deepEqual", "empty", "fail", "kindIs", "kindOf", "ternary", "typeIs", "typeOf",
	// encodings and paths
	"b64dec", "b64enc", "base", "clean", "dir", "ext", "fromJson", "sha256sum", "toJson", "toPrettyJson", "toRawJson",
	"semver", "semverCompare",
}
