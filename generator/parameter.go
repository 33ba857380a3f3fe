package generator

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parameter is a question that a pack asks, with a typed answer.
type Parameter struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`             // string, enum, bool or int
	Values  []string `json:"values,omitempty"` // of an enum
	Default any      `json:"default"`          // string, bool or int; nil: an answer is required
	Doc     string   `json:"doc"`
	Ask     bool     `json:"ask"`            // asked for on a terminal although it has a default
	File    bool     `json:"file,omitempty"` // an enum: the answer may be the path of a text file, too
	Was     []string `json:"was,omitempty"`  // what earlier versions of the pack called it
}

const (
	typeString = "string"
	typeEnum   = "enum"
	typeBool   = "bool"
	typeInt    = "int"
)

var (
	parameterTypes = []string{typeString, typeEnum, typeBool, typeInt}
	parameterName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	secretName     = regexp.MustCompile(`password|passwd|secret|token|credential|api_?key|private_?key`)
)

// fileAnswer is what is recorded of an answer that was the path of a file.
const fileAnswer = "file"

// readText reads a file that is an answer.
func readText(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	const most = 1 << 20
	if len(content) > most || !utf8.Valid(content) {
		return "", fmt.Errorf("%s is no text of at most 1 MiB", path)
	}
	return string(foldLines(content)), nil
}

// maxAnswer bounds the bytes of one answer: it is a line of text, not a document.
const maxAnswer = 4096

// FromText reads the answer as a command line or a person gives it.
func (p Parameter) FromText(text string) (any, error) {
	switch p.Type {
	case typeBool:
		switch text {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	case typeInt:
		if n, err := strconv.Atoi(text); err == nil {
			return n, nil
		}
	case typeEnum:
		if slices.Contains(p.Values, text) || p.File && text == fileAnswer {
			return text, nil
		}
	default:
		return text, checkLine(text)
	}
	return nil, fmt.Errorf("%q is no %s", clip(text), p.wants())
}

// fromNode reads the answer from YAML, where a number or a bool without quotes
// is not taken for a string.
func (p Parameter) fromNode(n *yaml.Node) (any, error) {
	wanted := map[string]string{typeBool: "!!bool", typeInt: "!!int"}[p.Type]
	if wanted == "" {
		wanted = "!!str"
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != wanted {
		hint := ""
		if n.Kind == yaml.ScalarNode && (p.Type == typeString || slices.Contains(p.Values, n.Value)) {
			hint = "; put it in quotes"
		}
		return nil, fmt.Errorf("%s is no %s%s", nodeText(n), p.wants(), hint)
	}
	return p.FromText(n.Value)
}

// wants says in words which answers are taken.
func (p Parameter) wants() string {
	switch p.Type {
	case typeEnum:
		or := ""
		if p.File {
			or = ", or the path of a text file"
		}
		return "value of " + p.Name + " (one of " + strings.Join(p.Values, ", ") + or + ")"
	case typeBool:
		return "bool (true or false)"
	case typeInt:
		return "whole number"
	}
	return typeString
}

// checkLine keeps answers to one line of text. A line break could end the
// comment or the string that a template puts the answer into.
func checkLine(text string) error {
	if len(text) > maxAnswer {
		return fmt.Errorf("it has %d bytes and may have %d", len(text), maxAnswer)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("it is not valid UTF-8")
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("it holds %q; give one line of printable text", r)
		}
	}
	return nil
}
