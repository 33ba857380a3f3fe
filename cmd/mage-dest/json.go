package main

import (
	"encoding/json"
	"fmt"
	"io"
)

// printJSON prints what a verb found out, for programs.
func printJSON(out io.Writer, result any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(result); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}
