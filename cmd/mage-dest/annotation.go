package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// Forms in which a verb prints what it has found in files.
const (
	formatText   = "text"
	formatGitHub = "github"
)

func addFormat(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", formatText, "text, or github: annotations of a workflow run")
}

func checkFormat(format string) error {
	if format != formatText && format != formatGitHub {
		return usageErrorf("--format %s: give text or github", format)
	}
	return nil
}

// annotation is a command of a GitHub workflow that shows a message beside a line; line
// and column are 0 where there is none.
func annotation(fails bool, file string, line, column int, title, message string) string {
	level := "warning"
	if fails {
		level = "error"
	}
	at := ""
	if line > 0 {
		at = fmt.Sprintf(",line=%d", line)
	}
	if column > 0 {
		at += fmt.Sprintf(",col=%d", column)
	}
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	return fmt.Sprintf("::%s file=%s%s,title=%s::%s", level, property.Replace(file), at, property.Replace(title), data.Replace(message))
}
