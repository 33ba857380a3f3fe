package generator

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
)

// maxName keeps "target-" + name within the 63 characters of a DNS label, which
// is what clusters allow a workload to be called.
const maxName = 50

// Name holds every form in which a connector's name is written. For a connector
// called acme-crm, AcmeCRM or acme_crm alike:
type Name struct {
	Binary    string `json:"binary"`     // acme-crm: program, folder, base.Info.Name
	Package   string `json:"package"`    // acmecrm: Go package
	Class     string `json:"class"`      // AcmeCrm: Mage's class, names of types
	Title     string `json:"title"`      // Acme Crm: Mage's list of destinations, headings
	UUID      string `json:"uuid"`       // acme_crm: Mage's uuid, names of Python packages
	Plugin    string `json:"plugin"`     // target-acme-crm: Meltano's plugin
	EnvPrefix string `json:"env_prefix"` // ACME_CRM_: settings read from the environment
}

// ParseName derives every form of a name. A name is ASCII letters and digits in
// words that are joined by "-", "_" or a change of case. Names that one of the
// forms cannot bear are refused with an *InputError that says why and what to do.
func ParseName(given string) (Name, error) {
	words, err := splitName(given)
	if err != nil {
		return Name{}, inputErrorf("name %q: %v", clip(given), err)
	}
	n := nameOf(words)
	if reason := n.reserved(); reason != "" {
		return Name{}, inputErrorf("name %q: %s; add a word, such as %q", given, reason, n.Binary+"-store")
	}
	return n, nil
}

// folder is where the package of the connector's Destination lies, from its own folder.
func (n Name) folder() string { return "internal/" + n.Package }

func nameOf(words []string) Name {
	var class, title []string
	for _, w := range words {
		capital := strings.ToUpper(w[:1]) + w[1:]
		class, title = append(class, capital), append(title, capital)
	}
	binary, uuid := strings.Join(words, "-"), strings.Join(words, "_")
	return Name{
		Binary:    binary,
		Package:   strings.Join(words, ""),
		Class:     strings.Join(class, ""),
		Title:     strings.Join(title, " "),
		UUID:      uuid,
		Plugin:    "target-" + binary,
		EnvPrefix: strings.ToUpper(uuid) + "_",
	}
}

// splitName cuts a name into its lower-case words.
func splitName(given string) ([]string, error) {
	switch {
	case given == "":
		return nil, fmt.Errorf("it is empty; give a name such as acme or acme-crm")
	case len(given) > maxName:
		return nil, fmt.Errorf("it has %d characters and may have %d; shorten it", len(given), maxName)
	case strings.Trim(given, ".") == "":
		return nil, fmt.Errorf("it names a folder, not a connector; give a name such as acme and the folder with --dir")
	case strings.ContainsAny(given, `/\`):
		return nil, fmt.Errorf("it holds a path separator; give the last part as the name and the folder with --dir")
	}
	for _, r := range given {
		if !isNameRune(r) {
			return nil, fmt.Errorf("it holds %q; only ASCII letters, digits, - and _ can stand in a name", r)
		}
	}
	if given[0] >= '0' && given[0] <= '9' {
		return nil, fmt.Errorf("it starts with a digit, and a Go package cannot; start with a letter")
	}
	var words []string
	for part := range strings.SplitSeq(strings.ReplaceAll(given, "_", "-"), "-") {
		if part == "" {
			return nil, fmt.Errorf("a - or _ stands at an end or beside another; put single ones between words")
		}
		words = append(words, splitCase(part)...)
	}
	return words, nil
}

func isNameRune(r rune) bool {
	return r <= unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_')
}

// splitCase cuts at every change to upper case, and before the last capital of a
// run of them: HTTPStore is http, store; AcmeCRM is acme, crm.
func splitCase(part string) []string {
	var words []string
	start := 0
	for i := 1; i < len(part); i++ {
		if !isUpper(part[i]) {
			continue
		}
		nextIsLower := i+1 < len(part) && part[i+1] >= 'a' && part[i+1] <= 'z'
		if !isUpper(part[i-1]) || nextIsLower {
			words = append(words, strings.ToLower(part[start:i]))
			start = i
		}
	}
	return append(words, strings.ToLower(part[start:]))
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// reserved says why one of the forms cannot be used, or "".
func (n Name) reserved() string {
	switch {
	case token.IsKeyword(n.Package):
		return fmt.Sprintf("%s is a Go keyword and cannot name a package", n.Package)
	case types.Universe.Lookup(n.Package) != nil:
		return fmt.Sprintf("%s is a predeclared name of Go and a package of that name would hide it", n.Package)
	case n.Package == "init":
		return "Go cannot import a package called init"
	case slices.Contains(goFolders, n.Package):
		return fmt.Sprintf("the go command gives a package or folder %q a meaning of its own", n.Package)
	case slices.Contains(pythonKeywords, n.UUID) || slices.Contains(pythonConstants, n.Class):
		return fmt.Sprintf("%s is a Python keyword and Mage imports the connector by name", n.UUID)
	case slices.Contains(mageModules, n.UUID):
		return fmt.Sprintf("Mage has a module %s of its own beside its destinations", n.UUID)
	case isDeviceName(n.Binary) || isDeviceName(n.Package) || isDeviceName(n.UUID):
		return fmt.Sprintf("%s is a device on Windows and cannot name a file", n.Binary)
	}
	return ""
}

// notices are what a person should know who gives a new connector the name.
func (n Name) notices() []string {
	if !slices.Contains(mageDestinations, n.UUID) {
		return nil
	}
	return []string{fmt.Sprintf("Mage has a destination %s of its own, whose place the connector's Python package would take; if it is to run under Mage, give it a name of its own, such as %s",
		n.UUID, n.Binary+"-store")}
}

// isDeviceName reports whether Windows keeps the name for a device, whatever its
// case and extension.
func isDeviceName(name string) bool {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	if len(name) == 4 && (strings.HasPrefix(name, "com") || strings.HasPrefix(name, "lpt")) {
		return name[3] >= '1' && name[3] <= '9'
	}
	return name == "con" || name == "prn" || name == "aux" || name == "nul"
}

var (
	goFolders   = []string{"cmd", "internal", "main", "testdata", "vendor"}
	mageModules = []string{"base", "constants", "delta_lake", "sink", "sql", "sqlsink", "target", "utils"}

	// mageDestinations are the modules of Mage's own destinations, as of mage-ai 0.9.80.
	mageDestinations = []string{
		"airtable", "amazon_s3", "bigquery", "clickhouse", "delta_lake_azure", "delta_lake_s3", "doris", "elasticsearch",
		"google_cloud_storage", "kafka", "mongodb", "mssql", "mysql", "opensearch", "oracledb", "postgresql", "redshift",
		"salesforce", "snowflake", "teradata", "trino",
	}

	pythonKeywords = []string{
		"and", "as", "assert", "async", "await", "class", "def", "del", "elif", "except", "finally",
		"from", "global", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "try", "while", "with", "yield",
	}
	pythonConstants = []string{"False", "None", "True"}
)

// clip shortens what a message repeats of a name that may be of any length.
func clip(s string) string {
	if len(s) > maxName {
		return s[:maxName] + "…"
	}
	return s
}
