// Package checkout finds the sources of mage-dest that are measured.
package checkout

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Module is mage-dest's.
const Module = "github.com/mage-dest/mage-dest"

// Dir is the folder of the checkout in which this runs.
func Dir(ctx context.Context) (string, error) {
	dir, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", Module).Output()
	if err != nil {
		return "", fmt.Errorf("find the checkout of mage-dest: %w; run this in it", err)
	}
	return strings.TrimSpace(string(dir)), nil
}
