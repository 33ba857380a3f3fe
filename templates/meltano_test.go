package templates_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// meltanoSetting is what a setting is to Meltano and to the connector alike.
type meltanoSetting struct {
	Default   any
	Sensitive bool
	Options   []string
}

// TestMeltanoPluginAgreesWithTheProgram compares meltano.yml with --about json,
// whose words for a setting are base's own.
func TestMeltanoPluginAgreesWithTheProgram(t *testing.T) {
	for _, pack := range packNames(t) {
		t.Run(pack, func(t *testing.T) {
			c := newConnector(t, pack, "acme-crm")
			c.goTool(t, "mod", "tidy")
			c.goTool(t, "build", "-o", "acme-crm", ".")
			settings, required := aboutSettings(t, c)
			// Taps outside of Mage do not ask for Mage's own check.
			full := settings["validation"]
			full.Default = "full"
			settings["validation"] = full

			plugin := meltanoPlugin(t, c)
			if plugin.Name != "target-acme-crm" || plugin.Executable != "acme-crm" {
				t.Errorf("the plugin is %s and starts %s", plugin.Name, plugin.Executable)
			}
			if !slices.Contains(plugin.Capabilities, "about") {
				t.Errorf("capabilities %v lack about", plugin.Capabilities)
			}
			if len(plugin.Required) != 1 || !slices.Equal(plugin.Required[0], required) {
				t.Errorf("meltano.yml requires %v, the program %v", plugin.Required, required)
			}
			if diff := cmp.Diff(settings, plugin.settings()); diff != "" {
				t.Errorf("settings (-program +meltano.yml):\n%s", diff)
			}
		})
	}
}

type plugin struct {
	Name         string
	Executable   string
	Capabilities []string
	Required     [][]string `yaml:"settings_group_validation"`
	Settings     []struct {
		Name      string
		Value     any
		Sensitive bool
		Options   []struct{ Value string }
	}
}

func meltanoPlugin(t *testing.T, c connector) plugin {
	t.Helper()
	var project struct {
		Plugins struct{ Loaders []plugin }
	}
	if err := yaml.Unmarshal([]byte(c.read(t, "meltano.yml")), &project); err != nil {
		t.Fatal(err)
	}
	if len(project.Plugins.Loaders) != 1 {
		t.Fatalf("meltano.yml defines %d loaders, want 1", len(project.Plugins.Loaders))
	}
	return project.Plugins.Loaders[0]
}

func (p plugin) settings() map[string]meltanoSetting {
	settings := map[string]meltanoSetting{}
	for _, s := range p.Settings {
		setting := meltanoSetting{Default: s.Value, Sensitive: s.Sensitive}
		if number, ok := s.Value.(int); ok {
			setting.Default = float64(number) // as JSON has it
		}
		for _, o := range s.Options {
			setting.Options = append(setting.Options, o.Value)
		}
		settings[s.Name] = setting
	}
	return settings
}

func aboutSettings(t *testing.T, c connector) (settings map[string]meltanoSetting, required []string) {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), c.path(c.name.Binary), "--about", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var about struct {
		Settings struct {
			Required   []string
			Properties map[string]struct {
				Default any
				Secret  bool
				Enum    []string
			}
		}
	}
	if err := json.Unmarshal(text, &about); err != nil {
		t.Fatal(err)
	}
	settings = map[string]meltanoSetting{}
	for name, s := range about.Settings.Properties {
		settings[name] = meltanoSetting{Default: s.Default, Sensitive: s.Secret, Options: s.Enum}
	}
	return settings, about.Settings.Required
}
