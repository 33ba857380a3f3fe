package generator

import (
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/module"
)

func TestParseNameDerivesEveryForm(t *testing.T) {
	acmeCRM := Name{
		Binary: "acme-crm", Package: "acmecrm", Class: "AcmeCrm", Title: "Acme Crm", UUID: "acme_crm",
		Plugin: "target-acme-crm", EnvPrefix: "ACME_CRM_",
	}
	for given, want := range map[string]Name{
		"acme": {
			Binary: "acme", Package: "acme", Class: "Acme", Title: "Acme", UUID: "acme",
			Plugin: "target-acme", EnvPrefix: "ACME_",
		},
		"acme-crm": acmeCRM,
		"acme_crm": acmeCRM,
		"AcmeCRM":  acmeCRM,
		"acmeCrm":  acmeCRM,
		"Acme-CRM": acmeCRM,
		"HTTPStore2x": {
			Binary: "http-store2x", Package: "httpstore2x", Class: "HttpStore2x", Title: "Http Store2x", UUID: "http_store2x",
			Plugin: "target-http-store2x", EnvPrefix: "HTTP_STORE2X_",
		},
		"s3": {
			Binary: "s3", Package: "s3", Class: "S3", Title: "S3", UUID: "s3",
			Plugin: "target-s3", EnvPrefix: "S3_",
		},
	} {
		t.Run(given, func(t *testing.T) {
			got, err := ParseName(given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseNameRefusesWithReasonAndRemedy(t *testing.T) {
	for given, want := range map[string]string{
		"":                       "it is empty; give a name",
		".":                      "it names a folder",
		"..":                     "it names a folder",
		"../../esc":              "path separator",
		`a\b`:                    "path separator",
		"/etc":                   "path separator",
		"my dest-1":              `it holds ' '`,
		"acme.crm":               `it holds '.'`,
		"acmé":                   `it holds 'é'`,
		"acme\n":                 `it holds '\n'`,
		"acme;rm":                `it holds ';'`,
		"1st":                    "starts with a digit",
		"-acme":                  "a - or _ stands at an end",
		"acme_":                  "a - or _ stands at an end",
		"acme--crm":              "a - or _ stands at an end or beside another",
		"go":                     "Go keyword",
		"go-to":                  "Go keyword",
		"Range":                  "Go keyword",
		"string":                 "predeclared name",
		"nil":                    "predeclared name",
		"any":                    "predeclared name",
		"init":                   "cannot import a package called init",
		"main":                   "a meaning of its own",
		"internal":               "a meaning of its own",
		"vendor":                 "a meaning of its own",
		"lambda":                 "Python keyword",
		"None":                   "Python keyword",
		"base":                   "Mage has a module",
		"sqlsink":                "Mage has a module",
		"CON":                    "device on Windows",
		"lpt1":                   "device on Windows",
		"com-9":                  "device on Windows",
		strings.Repeat("a", 51):  "it has 51 characters and may have 50",
		strings.Repeat("é", 1e4): "it has 20000 characters and may have 50",
	} {
		t.Run(filepath.Base(clip(given)), func(t *testing.T) {
			_, err := ParseName(given)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got %v, want an error with %q", err, want)
			}
			if !strings.Contains(err.Error(), "; ") {
				t.Errorf("%v names no remedy", err)
			}
		})
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"acme", "AcmeCRM", "acme_crm-2", "..", "con", "é", "a-", "HTTPStore"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		n, err := ParseName(given)
		if err != nil {
			return
		}
		if !token.IsIdentifier(n.Package) || !token.IsIdentifier(n.Class) || !token.IsIdentifier(n.UUID) {
			t.Errorf("%q: a form of %+v is no identifier", given, n)
		}
		if !filepath.IsLocal(n.Binary) || filepath.Base(n.Binary) != n.Binary {
			t.Errorf("%q: %q is no name of a folder", given, n.Binary)
		}
		if err := module.CheckImportPath("example.com/" + n.Binary + "/internal/" + n.Package); err != nil {
			t.Errorf("%q: %v", given, err)
		}
		if again, err := ParseName(n.Binary); err != nil || again != n {
			t.Errorf("%q: its form %q is read as %+v, %v", given, n.Binary, again, err)
		}
	})
}
