package pgload

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mage-dest/mage-dest/cmd/bench/internal/checkout"
	"github.com/mage-dest/mage-dest/testdata/pgserver"
)

// WriteConfig writes the config of a connector of pack postgres that loads into a schema.
func WriteConfig(file string, server *pgserver.Server, schema string) error {
	text, err := json.Marshal(map[string]any{
		"host": pgserver.Host, "port": server.Port, "database": pgserver.Database,
		"username": pgserver.User, "password": pgserver.Password, "schema": schema, "validation": "full",
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// set makes everything that is there before the first round, and returns the length of
// the input.
func (s *stage) set(ctx context.Context, generate Generate, progress io.Writer) (bytes int64, err error) {
	fmt.Fprintln(progress, "preparing")
	if err := generate(s.file("orders.singer"), s.records); err != nil {
		return 0, err
	}
	info, err := os.Stat(s.file("orders.singer"))
	if err != nil {
		return 0, err
	}
	if s.program, err = checkout.Build(ctx, filepath.Join(s.dir, "connector"), "postgres"); err != nil {
		return 0, err
	}
	if err := WriteConfig(s.file("config.json"), s.server, schema); err != nil {
		return 0, err
	}
	return info.Size(), s.first(ctx)
}
