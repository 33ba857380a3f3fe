package conform

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

func version() Case {
	return Case{
		Number: 1, Name: "version",
		Asserts: "--version prints the program's name and a version with three numbers on stdout and exits with 0.",
		Why:     "Who reports a fault must be able to say of which version; images and lock files are built on it.",
		Mend:    "Print name and version, to stdout and nothing else, before a config is looked for.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			out := p.good(options{noConfig: true, args: []string{"--version"}})
			said := strings.Join(out.lines, "\n")
			if !regexp.MustCompile(`\d+\.\d+\.\d+`).MatchString(said) {
				p.fail("--version prints no version: %q", said)
			}
			if !strings.Contains(said, p.about.Name) {
				p.fail("--version does not name the program, %s: %q", p.about.Name, said)
			}
		},
	}
}

func aboutForms() Case {
	return Case{
		Number: 2, Name: "about as text, JSON and markdown",
		Asserts: "--about, with --format=json and --format=markdown, exits with 0; the JSON has name, version, capabilities and settings, with every key of the config that is used here.",
		Why:     "Meltano, documentation and config editors are made from it: a setting that is missing there cannot be set.",
		Mend:    "Make it from the struct or schema that reads the config, not by hand.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			for _, args := range [][]string{{"--about"}, {"--about", "--format=markdown"}} {
				if out := p.good(options{noConfig: true, args: args}); strings.TrimSpace(strings.Join(out.lines, "")) == "" {
					p.fail("%s prints nothing", strings.Join(args, " "))
				}
			}
			if p.about.Version == "" {
				p.fail("--about --format=json has no version")
			}
			if p.about.Capabilities == nil {
				p.fail("--about --format=json has no list of capabilities")
			}
			if len(p.about.Settings.Properties) == 0 {
				p.fail("--about --format=json has no settings.properties")
			}
			for _, key := range slices.Sorted(maps.Keys(p.base)) {
				if _, ok := p.about.Settings.Properties[key]; !ok {
					p.fail("--about --format=json lacks the setting %s, which the config has", key)
				}
			}
		},
	}
}

func settingTexts() Case {
	return Case{
		Number: 3, Name: "settings are described",
		Asserts: "Every setting of --about has a type and a description, and one that by its name holds a secret is marked as secret.",
		Why:     "What is not marked as secret is shown, logged and committed by the tools above.",
		Mend:    "Give the setting a type and a description; declare passwords, tokens and keys as secrets.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			secret := regexp.MustCompile(`(?i)(^|_)(password|passphrase|secret|secret_key|token|api_key|access_key|private_key|client_secret)$`)
			for _, name := range slices.Sorted(maps.Keys(p.about.Settings.Properties)) {
				s := p.about.Settings.Properties[name]
				if len(s.types()) == 0 && s.AnyOf == nil && s.OneOf == nil && s.Ref == "" && s.Enum == nil {
					p.fail("the setting %s has no type", name)
				}
				if s.Description == "" && s.Title == "" {
					p.fail("the setting %s has no description", name)
				}
				if secret.MatchString(name) && !s.secret() {
					p.fail("the setting %s is not marked as secret", name)
				}
			}
		},
	}
}

func aboutAlone() Case {
	return Case{
		Number: 4, Name: "about needs nothing",
		Asserts: "--about works without a config, in an empty environment and an empty folder.",
		Why:     "It is called to find out which config is needed.",
		Mend:    "Answer --about before a config is read and before anything is opened.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			out := p.good(options{noConfig: true, bare: true, args: []string{"--about", "--format=json"}})
			if _, err := parseAbout(strings.Join(out.lines, "\n")); err != nil {
				p.fail("without anything round it: %v", err)
			}
		},
	}
}

func sampleConfig() Case {
	return Case{
		Number: 5, Name: "sample config",
		Asserts: "The config that --show_templates prints is accepted by the program itself.",
		Why:     "It is what a user of Mage starts from.",
		Mend:    "Bring templates/config.json in line with the settings (mage-dest generate does).",
		Claims:  [][]string{{ClaimBase}},
		run: func(p *probe) {
			out := p.good(options{noConfig: true, args: []string{"--show_templates"}})
			var sample struct{ Config json.RawMessage }
			if printed := strings.TrimSpace(strings.Join(out.lines, "")); printed == "" || printed == "{}" {
				p.nothing("it has no sample config")
			}
			if err := json.Unmarshal([]byte(strings.Join(out.lines, "\n")), &sample); err != nil || sample.Config == nil {
				p.give("--show_templates prints no object with config: %q", shorten(strings.Join(out.lines, " ")))
			}
			// Without input nothing is opened: the config is read, and that is all.
			out = p.good(options{whole: sample.Config})
			if strings.Contains(out.stderr, "not known to this connector") {
				p.fail("the sample has settings that the program does not know: %s", lineWith(out.stderr, "not known"))
			}
		},
	}
}

func requiredSettings() Case {
	return Case{
		Number: 6, Name: "required settings",
		Asserts: "Without a required setting the program fails before it reads anything, names the setting and prints nothing on stdout.",
		Why:     "A run that finds out later has begun to store, or stores in the wrong place.",
		Mend:    "Check the whole config first.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			s := p.stream("required")
			if len(p.about.Settings.Required) == 0 {
				p.nothing("no setting is required")
			}
			for _, name := range p.about.Settings.Required {
				config := map[string]any{name: nil}
				if p.onBase() {
					config["validation"] = "mage" // an empty config counts as none
				}
				out := p.bad(options{config: config, bare: true}, []string{name},
					schemaLine(s, idColumn, nil), recordLine(s, `"id":1`), stateLine(bookmarks(s, 1)))
				if len(out.lines) > 0 {
					p.fail("without %s it prints %q", name, shorten(out.lines[0]))
				}
			}
		},
	}
}

func wrongTypes() Case {
	return Case{
		Number: 7, Name: "settings of the wrong type",
		Asserts: "Settings of a wrong type are an error before anything is read, and all of them are named at once.",
		Why:     "Whoever sets up a pipeline mends one at a time otherwise, one deployment each.",
		Mend:    "Collect all faults of the config, then fail.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			wrong := map[string]any{}
			for name, s := range p.about.Settings.Properties {
				types := s.types()
				if slices.Contains(types, "integer") || slices.Contains(types, "number") || slices.Contains(types, "boolean") {
					wrong[name] = map[string]any{"conform": "no such type"}
				}
			}
			if len(wrong) == 0 {
				p.nothing("no setting is a number or a boolean")
			}
			p.bad(options{config: wrong}, slices.Sorted(maps.Keys(wrong)))
		},
	}
}

// sentinel is a secret that is looked for wherever it must not be.
const sentinel = "s3nt1nel-7f3a-conform"

func secrets() Case {
	return Case{
		Number: 8, Name: "secrets are never printed",
		Asserts: "The value of a secret setting is in no line of stdout and stderr and in no dead letter: neither of a good run nor of one that fails, in the connection test or in an error of the store.",
		Why:     "Logs are kept, sent on and read by many.",
		Mend:    "Declare the setting as a secret, and do not put it into errors: clients like to put a URL with its password there.",
		Claims:  [][]string{{ClaimAbout}},
		run: func(p *probe) {
			config := map[string]any{}
			for name, s := range p.about.Settings.Properties {
				_, given := p.base[name]
				if s.secret() && !given {
					config[name] = sentinel
				}
			}
			if len(config) == 0 {
				p.nothing("no setting is a secret that the config leaves open")
			}
			s := p.stream("secrets")
			lines := []string{schemaLine(s, idColumn, nil), recordLine(s, `"id":1`), recordLine(s, `"id":2`), stateLine(bookmarks(s, 2))}
			runs := []options{{config: config}, {config: config, args: []string{"--about", "--format=json"}}}
			if p.onBase() {
				runs = append(runs, options{config: config, args: []string{"--debug"}}, options{config: config, args: []string{"--test_connection"}})
			}
			for _, kind := range []string{"error", "panic"} {
				if p.target.Inside {
					runs = append(runs, options{config: config, plays: []Play{{From: 1, Error: kind, Text: "dial https://user:" + sentinel + "@store"}}})
				}
			}
			letters := filepath.Join(p.dir, "letters.jsonl")
			if p.target.Inside && p.onBase() {
				with := maps.Clone(config)
				with["on_invalid"], with["dead_letter_path"] = "dead_letter", letters
				runs = append(runs, options{config: with, plays: []Play{{From: 1, Error: "partial", IDs: []int{1}, Text: "token " + sentinel}}})
			}
			for _, o := range runs {
				out := p.run(o, append(lines, `{"type": "RECORD"`+"\n")...)
				if strings.Contains(out.stderr+strings.Join(out.lines, "\n"), sentinel) {
					p.fail("a secret is printed: %s", strings.ReplaceAll(lineWith(out.stderr+"\n"+strings.Join(out.lines, "\n"), sentinel), sentinel, "<the secret>"))
				}
			}
			if text, err := os.ReadFile(letters); err == nil && strings.Contains(string(text), sentinel) {
				p.fail("a secret is in a dead letter")
			}
		},
	}
}

func sources() Case {
	return Case{
		Number: 9, Name: "settings from environment and files",
		Asserts: "A setting that the config lacks is taken from the environment variable that --about names; where both are given the config counts; a secret may stand in a file.",
		Why:     "Containers are configured by their environment; a variable that is left over from another program must not win.",
		Mend:    "Precedence: config, then environment, then default, key by key.",
		Claims:  [][]string{{ClaimBase}},
		run: func(p *probe) {
			variable := func(name string) string { return p.about.Settings.Properties[name].Env }
			s := p.stream("sources")
			lines := []string{schemaLine(s, `"id":{"type":"integer","maximum":5}`, nil), recordLine(s, `"id":7`), stateLine(bookmarks(s, 1))}
			full := options{config: map[string]any{"validation": nil}, env: []string{variable("validation") + "=full"}}
			if out := p.run(full, lines...); out.exit == 0 {
				p.fail("%s=full is not taken: a record that breaks its schema was accepted", variable("validation"))
			}
			p.good(options{config: map[string]any{"validation": "off"}, env: []string{variable("validation") + "=full"}}, lines...)
			for name, given := range p.base {
				var value string
				if json.Unmarshal(given, &value) != nil || variable(name) == "" {
					continue
				}
				p.good(options{config: map[string]any{name: nil}, env: []string{variable(name) + "=" + value}}, schemaLine(s, idColumn, nil))
			}
			for name, about := range p.about.Settings.Properties {
				if _, given := p.base[name]; about.secret() && !given {
					path := filepath.Join(p.dir, "secret")
					p.must(os.WriteFile(path, []byte(sentinel+"\n"), 0o600))
					p.good(options{config: map[string]any{name: map[string]string{"file": path}}}, schemaLine(s, idColumn, nil))
					p.bad(options{config: map[string]any{name: map[string]string{"file": path + ".missing"}}}, []string{name}, schemaLine(s, idColumn, nil))
				}
			}
		},
	}
}

func connectionTest() Case {
	return Case{
		Number: 10, Name: "connection test",
		Asserts: "--test_connection exits with 0 if the store can be written to, and otherwise, within 10 seconds, with another code and the reason in tags.error of its last log line.",
		Why:     "Mage's button waits for 10 seconds and shows that tag.",
		Mend:    "Reach the store in TestConnection, with a timeout below ten seconds.",
		Claims:  [][]string{{ClaimConnectionTest}},
		run: func(p *probe) {
			p.good(options{args: []string{"--test_connection"}})
			if p.target.BadConfig == nil {
				p.note = "the failing half was not tried: no config is known with which it fails"
				return
			}
			out := p.run(p.broken("--test_connection"))
			if out.exit == 0 {
				p.fail("exit code 0 for a store that cannot be reached")
			}
			if out.took > 10*time.Second {
				p.fail("it took %.1f s to say so", out.took.Seconds())
			}
			if lines := strings.Split(strings.TrimSpace(out.stderr), "\n"); !strings.Contains(lines[len(lines)-1], `"error": "`) {
				p.fail("the last line of the log has no tags.error: %s", lastWords(out.stderr))
			}
		},
	}
}

// broken is a run with the config with which nothing can be stored.
func (p *probe) broken(args ...string) options {
	text, err := p.target.BadConfig(p.dir)
	p.must(err)
	return options{whole: text, args: args}
}
