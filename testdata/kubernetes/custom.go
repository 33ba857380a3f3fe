package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// definitions is the module that has the definitions of KEDA's kinds among its files.
const definitions = "github.com/kedacore/keda/v2@v2.21.0"

// checkCustom holds a document against the definition of its kind.
func checkCustom(document []byte) (*schema.GroupVersionKind, error) {
	var object map[string]any
	if err := yaml.Unmarshal(document, &object); err != nil {
		return nil, err
	}
	kind := schema.FromAPIVersionAndKind(fmt.Sprint(object["apiVersion"]), fmt.Sprint(object["kind"]))
	if kind.Group != "keda.sh" {
		return &kind, fmt.Errorf("%s is no kind that is known here", kind)
	}
	files, err := download()
	if err != nil {
		return &kind, err
	}
	validator, err := definitionOf(files, kind)
	if err != nil {
		return &kind, err
	}
	return &kind, validator.Validate(object)
}

// download brings the module and returns its folder.
func download() (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", definitions).Output()
	if err != nil {
		return "", fmt.Errorf("download %s: %w", definitions, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", fmt.Errorf("download %s: %w", definitions, err)
	}
	return module.Dir, nil
}

// definitionOf finds the schema of a kind among the definitions.
func definitionOf(dir string, kind schema.GroupVersionKind) (*jsonschema.Schema, error) {
	files, err := filepath.Glob(filepath.Join(dir, "config", "crd", "bases", "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Schema struct{ OpenAPIV3Schema map[string]any }
				}
			}
		}
		if err := yaml.Unmarshal(text, &definition); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, version := range definition.Spec.Versions {
			if definition.Spec.Names.Kind == kind.Kind && version.Name == kind.Version {
				return compile(version.Schema.OpenAPIV3Schema)
			}
		}
	}
	return nil, fmt.Errorf("%s is not defined", kind)
}

func compile(text map[string]any) (*jsonschema.Schema, error) {
	strict(text)
	properties, ok := text["properties"].(map[string]any)
	if !ok {
		return nil, errors.New("the definition has no properties")
	}
	properties["metadata"] = map[string]any{"type": "object"} // of every kind, and known
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4)
	if err := compiler.AddResource("kind.json", text); err != nil {
		return nil, err
	}
	return compiler.Compile("kind.json")
}

// strict lets objects have no other fields than those that are defined.
func strict(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, defined := node["properties"].(map[string]any); defined && node["type"] == "object" {
			if _, open := node["additionalProperties"]; !open && node["x-kubernetes-preserve-unknown-fields"] != true {
				node["additionalProperties"] = false
			}
		}
		for _, child := range node {
			strict(child)
		}
	case []any:
		for _, child := range node {
			strict(child)
		}
	}
}
