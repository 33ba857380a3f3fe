package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mage-dest/mage-dest/generator"
)

// TestPacksRenderWithEveryAnswer renders each pack once for every value of its
// enums and bools, and once with all bools turned round; that one is type-checked.
func TestPacksRenderWithEveryAnswer(t *testing.T) {
	list, err := packs().List(generator.Connector)
	if err != nil {
		t.Fatal(err)
	}
	for _, summary := range list {
		pack, err := packs().Load(t.Context(), summary.Name)
		if err != nil {
			t.Fatal(err)
		}
		var turned []string
		for _, p := range pack.Parameters {
			values := p.Values
			if p.Type == "bool" {
				values = []string{"true", "false"}
				turned = append(turned, fmt.Sprintf("%s=%v", p.Name, p.Default == false))
			}
			for _, v := range values {
				t.Run(summary.Name+"/"+p.Name+"="+v, func(t *testing.T) {
					renderWith(t, summary.Name, true, p.Name+"="+v)
				})
			}
		}
		t.Run(summary.Name+"/all turned round", func(t *testing.T) { renderWith(t, summary.Name, false, turned...) })
	}
}

func renderWith(t *testing.T, template string, noTypeCheck bool, settings ...string) {
	t.Helper()
	above := t.TempDir()
	if slices.Contains(settings, "layout=package") {
		if err := os.WriteFile(filepath.Join(above, "go.mod"), []byte("module example.com/all\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := generator.Prepare(context.Background(), generator.Request{
		Name: "acme-crm", Library: packs(), Template: template, Dir: filepath.Join(above, "acme-crm"),
		Base: generator.Base{Replace: filepath.Join("..", "..")}, Settings: settings, NoTypeCheck: noTypeCheck,
	})
	if err != nil {
		t.Error(err)
	}
}
