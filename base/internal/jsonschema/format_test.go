package jsonschema

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// formatSample is what a format takes and what it refuses, with spaces between.
type formatSample struct{ format, valid, invalid string }

func formatSamples() []formatSample {
	long := func(n int) string { return strings.Repeat("a", n) }
	longHostname := strings.Repeat("a.", 125) // of 250 characters
	return []formatSample{
		{"date", "2024-02-29 2000-02-29 0000-01-01 9999-12-31 2023-04-30", "2023-02-29 1900-02-29 2023-04-31 2023-00-01 2023-13-01 2023-01-00 23-01-01 2023-1-1 +023-01-01 2023/01/01 2023-01-01x ２023-01-01"},
		{"time", "08:30:06Z 08:30:06z 23:59:60Z 22:59:60-01:00 00:29:60+00:30 08:30:06.283185Z 08:30:06+00:20 12:00:00-23:59",
			"08:30:06 8:30:06Z 24:00:00Z 23:60:00Z 23:59:61Z 22:59:60Z 08:30:06.Z 08:30:06+24:00 08:30:06+00:60 08:30:06+1:00 +1:30:06Z 08:30:06#00:20 08:30:06+0020 08:30:06Z+00:30"},
		{"date-time", "1963-06-19T08:30:06.283185Z 1963-06-19t08:30:06z 1990-12-31T23:59:60Z 1990-12-31T15:59:60.123-08:00 1937-01-01T12:00:27.87+00:20",
			"1990-02-31T15:59:59Z 1990-12-31T15:59:59-24:00 1963-06-19T08:30:06.28123+01:00Z 06/19/1963T08:30:06Z 2013-350T01:01:01 1963-6-19T08:30:06Z 1998-12-31T23:58:60Z 2020-01-01T+1:00:00Z 1963-06-19 2024-01-01_00:00:00Z 2024-01-01D00:00:00Z"},
		{"duration", "P4DT12H30M5S P4Y PT0S P0D P1M PT1M P2W PT36H P1DT12H P1Y1D", "PT1D P1D2H P2S P PT P1 P1T P1YT 4DT12H P1M1Y P1W1D PW P-1D P１Y P1WT1H"},
		{"period", "1963-06-19T08:30:06Z/1963-06-19T08:30:07Z 1963-06-19T08:30:06Z/P1D P1D/1963-06-19T08:30:07Z", "P1D/P1D 1963-06-19T08:30:06Z P1D x/y"},
		{"email", `joe.bloggs@example.com te~st@example.com "joe@bloggs"@example.com ".."@example.com joe@[127.0.0.1] joe@[IPv6:::1] a@b ` + long(64) + "@b a@" + longHostname + "aa",
			`2962 .test@example.com test.@example.com te..st@example.com joe@=example.com joe@[127.0.0.300] @example.com joe@ joe@exa_mple.com jöe@example.com joe@[::1] "a\"@b "a"b"@c ` + long(65) + "@b a@" + longHostname + "aaa"},
		{"hostname", "www.example.com a xn--4gbwdl.xn--wgbh1c 4.example.com a-b " + long(63) + " " + longHostname + "aaa", "example.com. -a a- a..b .a a_b ä.com " + long(64) + " " + longHostname + "aaaa"},
		{"ipv4", "192.168.0.1 0.0.0.0 255.255.255.255", "127.0.0.0.1 256.1.1.1 127.0 0x7f000001 1.2.3.04 1.2.3. .1.2.3 1.2..3 1২7.0.0.1 1.2.3.4/24 +1.2.3.4"},
		{"ipv6", "::1 :: ::abcd:1 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 2001:DB8::192.0.2.1 1:2:3:4:5:6:1.2.3.4 ::ffff:1.2.3.4",
			"12345:: 1:1:1:1:1:1:1:1:1 ::laptop :2:3:4:5:6:7:8 1:2:3:4:5:6:7: 1::2::3 1:2 : ::1%eth0 1:2:3:4:5:6:7:8:: ::1.2.3 1.2.3.4 1:2:3:4:5:6:7:1.2.3.4 ::1/64 :::"},
		{"uri", "http://foo.bar/?baz=qux#quux http://foo.bar/baz_(wikipedia)#cite-1 http://user:pa%20ss@h:80/a//b ldap://[2001:db8::7]/c=GB?one mailto:a@b.c tel:+1-816 urn:oasis:names file:///etc/x a: http://[v1.x:y]/ http://h:/",
			`//foo.bar /abc \\WINDOWS\share abc http://\n http://a|b http://[::1 http://h:8a/ :// 1http://x http://%gg bar,baz:foo http://münchen.de <http://a> http://a/#b#c http://[abc]/ http://[v1.]/ http://[v.a]/`},
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
	}
}

func TestFormats(t *testing.T) {
	for _, test := range formatSamples() {
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

// TestFormatsOfBlanks tries what a table with spaces in between cannot show.
func TestFormatsOfBlanks(t *testing.T) {
	const takeNothing = " json-pointer uri-reference iri-reference uri-template regex "
	const takeSpace = " json-pointer relative-json-pointer regex "
	for _, test := range formatSamples() {
		valid, _ := formatOf(test.format)
		in := func(list string) bool { return strings.Contains(list, " "+test.format+" ") }
		if got := valid(nil); got != in(takeNothing) {
			t.Errorf("%s: the empty text: %v", test.format, got)
		}
		for _, text := range strings.Fields(test.valid) {
			for _, blank := range []string{" ", "\n", "\x00"} {
				if got := valid([]byte(text + blank)); got && !in(takeSpace) {
					t.Errorf("%s: %q is accepted", test.format, text+blank)
				}
				if got := valid([]byte(blank + text)); got && test.format != "regex" {
					t.Errorf("%s: %q is accepted", test.format, blank+text)
				}
			}
		}
	}
	if !isEmail([]byte(`"joe bloggs"@example.com`)) || isEmail([]byte("joe bloggs@example.com")) {
		t.Error("a local part has spaces where it is quoted, and only there")
	}
}

// TestSuiteFormats holds the formats against the optional cases of the official
// test suite.
func TestSuiteFormats(t *testing.T) {
	if _, err := os.Stat(suiteDir); err != nil {
		t.Skipf("the official test suite is not beside this checkout: %v", err)
	}
	cases, others := 0, 0
	for _, draft := range []string{"draft4", "draft6", "draft7"} {
		files, err := filepath.Glob(filepath.Join(suiteDir, draft, "optional/format/*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, file := range files {
			for _, group := range readSuite(t, file) {
				followed, unfollowed := runSuiteFormat(t, draft, group)
				cases, others = cases+followed, others+unfollowed
			}
		}
	}
	t.Logf("%d cases, and %d that are not followed", cases, others)
}

func runSuiteFormat(t *testing.T, draft string, group suiteGroup) (followed, unfollowed int) {
	t.Helper()
	var schema struct{ Format string }
	if json.Unmarshal(group.Schema, &schema) != nil {
		return 0, 0
	}
	valid, known := formatOf(schema.Format)
	if !known {
		return 0, 0
	}
	for _, test := range group.Tests {
		var text string
		if test.Data[0] != '"' || json.Unmarshal(test.Data, &text) != nil {
			continue
		}
		want := test.Valid
		if notFollowed(schema.Format, text, test.Valid) {
			want = !want // an exception that is none any more has to go
			unfollowed++
		} else {
			followed++
		}
		if got := valid([]byte(text)); got != want {
			t.Errorf("%s, %s, %s, %q: %v, want %v", draft, schema.Format, test.Description, text, got, want)
		}
	}
	return followed, unfollowed
}

// notFollowed are the cases of the suite that need the tables of IDNA, or a parser
// of ECMA 262, which base has not. Patterns are matched in Go's dialect, so a regex
// is one where it can be used as a pattern.
func notFollowed(format, text string, valid bool) bool {
	switch format {
	case "hostname":
		return !valid && strings.Contains(strings.ToLower(text), "xn--")
	case "regex":
		switch text {
		case `\a`, `(?P<name>x)`, `(?i)abc`, `(?ims)abc`: // of Go's dialect alone
			return true
		case `(?<n>a)\k<n>`, `(?<=a+)b`, `[]`, `[^]`, `\cA`: // of ECMA's alone
			return true
		}
	}
	return false
}

func TestFormatsAllocateNothing(t *testing.T) {
	for _, test := range formatSamples() {
		if test.format == "regex" {
			continue
		}
		valid, _ := formatOf(test.format)
		for _, text := range strings.Fields(test.valid + " " + test.invalid) {
			input := []byte(text)
			if n := testing.AllocsPerRun(10, func() { valid(input) }); n != 0 {
				t.Errorf("%s: %v allocations for %s", test.format, n, text)
			}
		}
	}
}

// formatDifference is a kind of texts of which a check thinks otherwise than the
// library, on purpose.
type formatDifference struct {
	formats string // with spaces between
	why     string
	texts   []string // the check and the library disagree on each
	// reads is how the library takes such a text: what it stands for to the check.
	reads func(text string) string
	// rule is the verdict by the RFC's own grammar, where the library has another.
	rule func(text string) bool
}

func formatDifferences() []formatDifference {
	signs := regexp.MustCompile(`(^|[Tt:+-])[+-]([0-9])`)
	decimals := regexp.MustCompile(`(^|[.\[])(?:\+0*([0-9])|-0*(0))`)
	return []formatDifference{
		{"time", "RFC 3339 has two digits, the library reads numbers with signs",
			[]string{"+1:00:00Z", "12:-0:00Z", "12:00:+5Z", "12:00:00+-0:+5"},
			func(text string) string { return signs.ReplaceAllString(text, "${1}0$2") }, nil},
		{"date-time", "the same within it",
			[]string{"2020-01-01T+1:00:00Z", "2020-01-01T12:00:00-+1:00"},
			func(text string) string { return signs.ReplaceAllString(text, "${1}0$2") }, nil},
		{"period", "the same within it",
			[]string{"2020-01-01T+1:00:00Z/P1D", "P1D/2020-01-01T12:-0:00Z"},
			func(text string) string { return signs.ReplaceAllString(text, "${1}0$2") }, nil},
		{"ipv4 email", "RFC 2673 has decimals, the library reads numbers with signs",
			[]string{"+1.2.3.4", "1.2.3.-0", "1.+002.3.4"},
			func(text string) string { return decimals.ReplaceAllString(text, "$1$2$3") }, nil},
		{"hostname email", "the suite refuses a dot at the end",
			[]string{"example.com."},
			func(text string) string { return strings.TrimSuffix(text, ".") }, nil},
		{"email", "RFC 5321 demands a local part, and so does the suite",
			[]string{"@example.com", "@[127.0.0.1]"},
			func(text string) string {
				if strings.HasPrefix(text, "@") {
					return "a" + text
				}
				return text
			}, nil},
		{"uri", "RFC 3986 says which characters may stand where, the library takes what net/url can make something of",
			[]string{"http://a/ä", "http://a/b c", "http://a/<b>", `http://a/\b`, "http://a/?b|c", "http://a/#b#c", "http://a/#[b]"}, nil, uriRule("", true)},
		{"uri", "RFC 3986 has addresses of a kind still to come", []string{"http://[v1.x:y]/"}, nil, uriRule("", true)},
		{"uri-reference", "as uri", []string{"ä", "a b", "#a^b", "?a`b", "//[v7.a:b]"}, nil, uriRule("", false)},
		{"iri", "as uri, but for characters beyond ASCII", []string{"http://ä/ b", `http://ä/\b`, "http://ä/?{b}"}, nil, uriRule(`\x{80}-\x{10FFFF}`, true)},
		{"iri-reference", "as iri", []string{"ä b", "#ä|b"}, nil, uriRule(`\x{80}-\x{10FFFF}`, false)},
		{"uri-template", "RFC 6570 has a grammar for what is between braces, the library looks for pairs of them in the path",
			[]string{"{}", "{a,}", "{a b}", "a b", "1a:{b}", "?{a"}, nil, uriTemplateRule()},
	}
}

// uriRule is the grammar of RFC 3986, appendix A. Characters are those that may
// stand wherever a letter may; RFC 3987 leaves out some beyond ASCII, which neither
// the library nor the checks do.
func uriRule(characters string, absolute bool) func(string) bool {
	some := func(more string) string {
		return `(?:[A-Za-z0-9._~!$&'()*+,;=` + more + characters + `-]|%[0-9A-Fa-f]{2})`
	}
	segment, noColon := some(":@"), some("@")
	scheme := `[A-Za-z][A-Za-z0-9+.-]*:`
	authority := `//(?:` + some(":") + `*@)?(?:\[([^\[\]]*)\]|` + some("") + `*)(?::[0-9]*)?(?:/` + segment + `*)*`
	rooted := `/(?:` + segment + `+(?:/` + segment + `*)*)?`
	path := `(?:` + authority + `|` + rooted + `|` + segment + `+(?:/` + segment + `*)*|)`
	relative := `(?:` + authority + `|` + rooted + `|` + noColon + `+(?:/` + segment + `*)*|)`
	whole := scheme + path
	if !absolute {
		whole = `(?:` + whole + `|` + relative + `)`
	}
	grammar := regexp.MustCompile(`^` + whole + `(?:\?` + some(":@/?") + `*)?(?:#` + some(":@/?") + `*)?$`)
	future := regexp.MustCompile(`^[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$`)
	return func(text string) bool {
		match := grammar.FindStringSubmatchIndex(text)
		for i := 2; i < len(match); i += 2 {
			if match[i] < 0 {
				continue
			}
			literal := text[match[i]:match[i+1]]
			address, err := netip.ParseAddr(literal)
			if !future.MatchString(literal) && (err != nil || !address.Is6() || address.Zone() != "") {
				return false
			}
		}
		return match != nil
	}
}

// uriTemplateRule is the grammar of RFC 6570, section 2, with the apostrophe that
// erratum 6937 allows.
func uriTemplateRule() func(string) bool {
	const (
		literal  = "(?:[^\\x00-\\x20\x7f\"%<>\\\\^`{|}]|%[0-9A-Fa-f]{2})"
		name     = `(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*`
		variable = name + `(?:\*|:[1-9][0-9]{0,3})?`
	)
	return regexp.MustCompile(`^(?:` + literal + `|\{[+#./;?&=,!@|]?` + variable + `(?:,` + variable + `)*\})*$`).MatchString
}

// formatJudge holds checks against the library.
type formatJudge struct {
	library     map[string]*jsonschema.Format
	differences []formatDifference
}

func newFormatJudge(t testing.TB) *formatJudge {
	t.Helper()
	j := &formatJudge{map[string]*jsonschema.Format{}, formatDifferences()}
	for _, name := range formatNames() {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource("x:y", map[string]any{"format": name}); err != nil {
			t.Fatal(err)
		}
		j.library[name] = compiler.MustCompile("x:y").Format
		if j.library[name] == nil {
			t.Fatalf("the library does not know %s", name)
		}
	}
	return j
}

// hold tells of a verdict that neither the library nor a known difference explains.
func (j *formatJudge) hold(t testing.TB, name, text string) {
	valid, _ := formatOf(name)
	got, library := valid([]byte(text)), j.library[name].Validate(text) == nil
	read, explained := text, got == library
	for _, d := range j.differences {
		switch {
		case !strings.Contains(" "+d.formats+" ", " "+name+" "):
		case d.rule == nil:
			read = d.reads(read)
		case d.rule(text) != got:
			t.Errorf("%s %q: %v, not so by the RFC's grammar", name, text, got)
			return
		default:
			explained = true
		}
	}
	if !explained && valid([]byte(read)) != library {
		t.Errorf("%s %q: %v, the library says otherwise", name, text, got)
	}
}

// TestFormatDifferences holds each difference to be one, and explained.
func TestFormatDifferences(t *testing.T) {
	judge := newFormatJudge(t)
	for _, d := range judge.differences {
		name, _, _ := strings.Cut(d.formats, " ")
		valid, _ := formatOf(name)
		for _, text := range d.texts {
			if valid([]byte(text)) == (judge.library[name].Validate(text) == nil) {
				t.Errorf("%s %q: the library agrees, though %s", name, text, d.why)
			}
			judge.hold(t, name, text)
		}
	}
	for _, text := range []string{"joe@example.com.", "joe@[+1.2.3.4]", "@example.com."} {
		judge.hold(t, "email", text)
	}
}

// TestFormatsAgree changes each sample at each place, and holds what comes out
// against the library.
func TestFormatsAgree(t *testing.T) {
	judge := newFormatJudge(t)
	for _, test := range formatSamples() {
		for _, text := range strings.Fields(test.valid + " " + test.invalid) {
			if len(text) > 100 {
				continue
			}
			for i := range len(text) + 1 {
				before, after := text[:i], text[i:]
				for _, c := range []string{"", "0", "1", "6", "9", "a", "F", "g", "Z", "T", "P", "W", ":", "::", ".", "-", "+", "/", "@", "[", "]", "%", "~", "#", "?", "{", "}", "|", `"`, `\`, " ", "\x7f", "é", "１"} {
					for _, rest := range []string{after, after[min(1, len(after)):]} {
						if changed := before + c + rest; utf8.ValidString(changed) {
							judge.hold(t, test.format, changed)
						}
					}
				}
			}
		}
	}
}

// FuzzFormats looks for texts of which the library thinks otherwise, and no
// difference says why.
func FuzzFormats(f *testing.F) {
	names := formatNames()
	for i, name := range names {
		for _, test := range formatSamples() {
			if test.format == name {
				f.Add(byte(i), strings.Fields(test.valid)[0])
			}
		}
	}
	judge := newFormatJudge(f)
	f.Fuzz(func(t *testing.T, choice byte, text string) {
		if utf8.ValidString(text) {
			judge.hold(t, names[int(choice)%len(names)], text)
		}
	})
}

// Of a UUID eight bytes are looked at at once.
func TestUUIDsOfAnyByteAreJudgedByTheByte(t *testing.T) {
	pattern := regexp.MustCompile("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
	for at := range 36 {
		for c := range 256 {
			text := []byte("2eb8aA09-aa98-11EA-b4af-73b441d16380")
			text[at] = byte(c)
			if got, want := isUUID(text), pattern.Match(text); got != want {
				t.Errorf("%q: %t, want %t", text, got, want)
			}
		}
	}
}

func BenchmarkFormats(b *testing.B) {
	judge := newFormatJudge(b)
	for _, test := range [][2]string{
		{"date-time", "1990-12-31T15:59:59.123456-08:00"}, {"date", "2024-02-29"}, {"time", "08:30:06.283185Z"},
		{"uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"}, {"email", "joe.bloggs@example.com"}, {"hostname", "www.example.com"},
		{"ipv4", "192.168.0.1"}, {"ipv6", "2001:db8::8a2e:370:7334"}, {"uri", "https://example.com/path/to?query=1#part"},
		{"uri-reference", "/path/to?query=1#part"}, {"json-pointer", "/foo/bar~0/baz"},
	} {
		valid, _ := formatOf(test[0])
		text, value := []byte(test[1]), any(test[1])
		b.Run(test[0], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !valid(text) {
					b.Fatal("refused")
				}
			}
		})
		b.Run(test[0]+"/library", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := judge.library[test[0]].Validate(value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
