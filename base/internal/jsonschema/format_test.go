package jsonschema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestFormats(t *testing.T) {
	for _, test := range []struct{ format, valid, invalid string }{
		{"date", "2024-02-29 2000-02-29 0000-01-01 9999-12-31 2023-04-30", "2023-02-29 1900-02-29 2023-04-31 2023-00-01 2023-13-01 2023-01-00 23-01-01 2023-1-1 +023-01-01 2023/01/01 2023-01-01x ２023-01-01"},
		{"time", "08:30:06Z 08:30:06z 23:59:60Z 22:59:60-01:00 00:29:60+00:30 08:30:06.283185Z 08:30:06+00:20 12:00:00-23:59",
			"08:30:06 8:30:06Z 24:00:00Z 23:60:00Z 23:59:61Z 22:59:60Z 08:30:06.Z 08:30:06+24:00 08:30:06+00:60 08:30:06+1:00 +1:30:06Z 08:30:06#00:20 08:30:06+0020 08:30:06Z+00:30"},
		{"date-time", "1963-06-19T08:30:06.283185Z 1963-06-19t08:30:06z 1990-12-31T23:59:60Z 1990-12-31T15:59:60.123-08:00 1937-01-01T12:00:27.87+00:20",
			"1990-02-31T15:59:59Z 1990-12-31T15:59:59-24:00 1963-06-19T08:30:06.28123+01:00Z 06/19/1963T08:30:06Z 2013-350T01:01:01 1963-6-19T08:30:06Z 1998-12-31T23:58:60Z 2020-01-01T+1:00:00Z 1963-06-19 2024-01-01_00:00:00Z"},
		{"duration", "P4DT12H30M5S P4Y PT0S P0D P1M PT1M P2W PT36H P1DT12H P1Y1D", "PT1D P1D2H P2S P PT P1 P1T P1YT 4DT12H P1M1Y P1W1D PW P-1D P１Y P1WT1H"},
		{"period", "1963-06-19T08:30:06Z/1963-06-19T08:30:07Z 1963-06-19T08:30:06Z/P1D P1D/1963-06-19T08:30:07Z", "P1D/P1D 1963-06-19T08:30:06Z P1D x/y"},
		{"email", `joe.bloggs@example.com te~st@example.com "joe@bloggs"@example.com ".."@example.com joe@[127.0.0.1] joe@[IPv6:::1] a@b`,
			`2962 .test@example.com test.@example.com te..st@example.com joe@=example.com joe@[127.0.0.300] @example.com joe@ joe@exa_mple.com jöe@example.com joe@[::1]`},
		{"hostname", "www.example.com a xn--4gbwdl.xn--wgbh1c 4.example.com a-b", "example.com. -a a- a..b .a a_b ä.com " + strings.Repeat("a", 64) + " " + strings.Repeat("a.", 127) + "a"},
		{"ipv4", "192.168.0.1 0.0.0.0 255.255.255.255", "127.0.0.0.1 256.1.1.1 127.0 0x7f000001 1.2.3.04 1.2.3. .1.2.3 1.2..3 1২7.0.0.1 1.2.3.4/24 +1.2.3.4"},
		{"ipv6", "::1 :: ::abcd:1 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 2001:DB8::192.0.2.1 1:2:3:4:5:6:1.2.3.4 ::ffff:1.2.3.4",
			"12345:: 1:1:1:1:1:1:1:1:1 ::laptop :2:3:4:5:6:7:8 1:2:3:4:5:6:7: 1::2::3 1:2 : ::1%eth0 1:2:3:4:5:6:7:8:: ::1.2.3 1.2.3.4 1:2:3:4:5:6:7:1.2.3.4 ::1/64 :::"},
		{"uri", "http://foo.bar/?baz=qux#quux http://foo.bar/baz_(wikipedia)#cite-1 http://user:pa%20ss@h:80/a//b ldap://[2001:db8::7]/c=GB?one mailto:a@b.c tel:+1-816 urn:oasis:names file:///etc/x a: http://[v1.x:y]/ http://h:/",
			`//foo.bar /abc \\WINDOWS\share abc http://\n http://a|b http://[::1 http://h:8a/ :// 1http://x http://%gg bar,baz:foo http://münchen.de <http://a> http://a/#b#c http://[abc]/`},
		{"uri-reference", "http://foo.bar/?baz#q //foo.bar/?a=b /abc abc #fragment ?q a/b:c 1a/:b ", `\\WINDOWS\share #frag\ment a:b\c 1a:b http://[::1`},
		{"iri", "http://ƒøø.ßår/?∂éœ=πîx#πîüx http://[2001::7334] http://münchen.de/", "/abc http://2001:0db8:85a3:0000:0000:8a2e:0370:7334 âππ http://a\\b"},
		{"iri-reference", "/âππ #ƒrägmênt âππ //ƒøø.ßår", `\\WINDOWS\filëßåré #ƒräg\mênt`},
		{"uri-template", "http://example.com/dictionary/{term:1}/{term} http://example.com/x dictionary/{term:1} {+path,x}/here {?a*,b.c} a%20b",
			"http://example.com/dictionary/{term:1}/{term a}b a{} {a,,b} {a:0} {a:12345} {.} {a.} {a..b} a|b a%2 {a%2} "},
		{"json-pointer", "/foo/bar~0/baz~1/%a /foo//bar / /~01 /é", "/foo/bar~ a #/ /~0~ /~2 foo/bar"},
		{"relative-json-pointer", "1 0/foo/bar 2/0/baz/1/zip 0#", "/foo/bar -1/foo 0## 01/a 01# +1/foo # a"},
		{"uuid", "2EB8AA08-AA98-11EA-B4AA-73B441D16380 2eb8aa08-aa98-11ea-b4aa-73b441d16380 00000000-0000-0000-0000-000000000000",
			"2eb8aa08-aa98-11ea-b4aa-73b441d1638 2eb8aa08-aa98-11ea-73b441d16380 2eb8aa08aa9811eab4aa73b441d16380 2eb8-aa08-aa98-11ea-b4aa73b44-1d16380 2eb8aa08-aa98-11ea-b4ga-73b441d16380 {2eb8aa08-aa98-11ea-b4aa-73b441d16}"},
		{"semver", "1.2.3 0.0.0 1.0.0-alpha.1 1.0.0+001 1.0.0-a-b+c-d 1.0.0-0a", "1.2 1.2.3.4 01.2.3 1.2.3- 1.2.3-01 1.2.3+ 1.2.3-a..b 1.2.x 1.2.3-ä"},
		{"regex", `([abc])+\s+$ ^a{2,3}`, `^(abc] a**`},
	} {
		valid, ok := formatOf(test.format)
		if !ok {
			t.Errorf("%s is not known", test.format)
			continue
		}
		for _, text := range strings.Fields(test.valid) {
			if !valid([]byte(text)) {
				t.Errorf("%s: %s is refused", test.format, text)
			}
		}
		for _, text := range strings.Fields(test.invalid) {
			if valid([]byte(text)) {
				t.Errorf("%s: %q is accepted", test.format, text)
			}
		}
	}
	for _, name := range formatNames() {
		if _, ok := formatOf(name); !ok {
			t.Errorf("%s has no check", name)
		}
	}
	if _, ok := formatOf("color"); ok {
		t.Error("a format that nobody knows has a check")
	}
}

// TestSuiteFormats holds the formats against the optional cases of the official
// test suite.
func TestSuiteFormats(t *testing.T) {
	if _, err := os.Stat(suiteDir); err != nil {
		t.Skipf("the official test suite is not beside this checkout: %v", err)
	}
	// What needs the tables of IDNA, or a parser of ECMA 262, which base has not.
	unfollowed := func(format, text string) bool {
		return format == "hostname" && strings.Contains(strings.ToLower(text), "xn--") || format == "regex"
	}
	cases := 0
	for _, draft := range []string{"draft4", "draft6", "draft7"} {
		files, err := filepath.Glob(filepath.Join(suiteDir, draft, "optional/format/*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, file := range files {
			for _, group := range readSuite(t, file) {
				var schema struct{ Format string }
				if json.Unmarshal(group.Schema, &schema) != nil {
					continue
				}
				valid, known := formatOf(schema.Format)
				if !known {
					continue
				}
				for _, test := range group.Tests {
					var text string
					what := strings.TrimSuffix(filepath.Base(file), ".json") + ": " + test.Description
					if test.Data[0] != '"' || json.Unmarshal(test.Data, &text) != nil || unfollowed(schema.Format, text) {
						continue
					}
					cases++
					if got := valid([]byte(text)); got != test.Valid {
						t.Errorf("%s, %s, %q: %v, want %v", draft, what, text, got, test.Valid)
					}
				}
			}
		}
	}
	t.Logf("%d cases", cases)
}

func TestFormatsAllocateNothing(t *testing.T) {
	for name, text := range map[string]string{
		"date": "2024-02-29", "date-time": "1990-12-31T15:59:60.123-08:00", "time": "08:30:06.283185Z", "duration": "P4DT12H30M5S",
		"email": "joe.bloggs@example.com", "hostname": "www.example.com", "ipv4": "192.168.0.1", "ipv6": "2001:db8::192.0.2.1",
		"uri": "http://user@foo.bar:80/baz?a=b#c", "uri-reference": "/a/b", "uri-template": "{+path,x}/here", "json-pointer": "/foo/bar~0",
		"uuid": "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "semver": "1.0.0-alpha.1+b",
	} {
		valid, _ := formatOf(name)
		input := []byte(text)
		if n := testing.AllocsPerRun(100, func() {
			if !valid(input) {
				t.Fatalf("%s is refused", text)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// laxer is where the library takes, or refuses, what the RFC that the format names
// does not.
func laxer(name, text string) bool {
	switch name {
	case "date", "date-time", "time", "period", "ipv4":
		return strings.ContainsAny(text, "+-") // as signs of numbers, which are none there
	case "uri", "uri-reference", "iri", "iri-reference", "uri-template":
		return true // the library takes what Go's net/url can make something of
	case "ipv6":
		return strings.Contains(text, ".") // 1.2.3.4 in a zone or with many digits
	case "email", "hostname":
		return strings.HasPrefix(text, "@") || strings.HasSuffix(text, ".") || strings.Contains(text, "[") // an empty local part; a dot at the end; signs in numbers
	case "json-pointer", "relative-json-pointer":
		return false
	case "duration":
		return strings.HasPrefix(text, "PT") || strings.Contains(text, "TT")
	}
	return false
}

// FuzzFormats looks for texts of which the library thinks otherwise.
func FuzzFormats(f *testing.F) {
	for i, text := range []string{"2024-02-29", "23:59:60Z", "P1DT1H", "a@b", "a-b.c", "1.2.3.4", "::1", "/a~0", "1#", "1.2.3-a+b", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"} {
		f.Add(byte(i), text)
	}
	names := formatNames()
	library := map[string]*jsonschema.Format{}
	for _, name := range names {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource("x:y", map[string]any{"format": name}); err != nil {
			f.Fatal(err)
		}
		library[name] = compiler.MustCompile("x:y").Format
	}
	f.Fuzz(func(t *testing.T, choice byte, text string) {
		if !utf8.ValidString(text) {
			return
		}
		name := names[int(choice)%len(names)]
		valid, _ := formatOf(name)
		if want := library[name].Validate(text) == nil; valid([]byte(text)) != want && !laxer(name, text) {
			t.Errorf("%s %q: the library says %v", name, text, want)
		}
	})
}

func BenchmarkFormats(b *testing.B) {
	for _, test := range [][2]string{
		{"date-time", "1990-12-31T15:59:59.123456-08:00"}, {"date", "2024-02-29"}, {"uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"},
		{"email", "joe.bloggs@example.com"}, {"ipv4", "192.168.0.1"}, {"uri", "https://example.com/path/to?query=1#part"},
	} {
		valid, _ := formatOf(test[0])
		text := []byte(test[1])
		b.Run(test[0], func(b *testing.B) {
			for b.Loop() {
				if !valid(text) {
					b.Fatal("refused")
				}
			}
		})
	}
}
