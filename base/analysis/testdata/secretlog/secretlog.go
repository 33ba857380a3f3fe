package secretlog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"

	"github.com/mage-dest/mage-dest/base"
	"github.com/mage-dest/mage-dest/base/analysis/testdata/secretlog/dump"
)

type Config struct {
	URL   string      `json:"url"`
	Token base.Secret `json:"token"`
}

type Destination struct {
	base.Destination[Config]
	token string
}

func (d *Destination) Open(ctx context.Context) error {
	d.token = d.Config().Token.Reveal()
	fmt.Fprintln(os.Stderr, "token", d.token)                          // want `a secret is printed: whoever reads the log has it`
	d.Logger().Info("open", "token", d.Config().Token.Reveal())        // want `a secret is logged`
	slog.Info("open", slog.String("token", d.Config().Token.Reveal())) // want `a secret is logged`
	dump.Debug(dump.Header(d.Config().Token.Reveal()))                 // want `handed to Debug, where it is logged \(dump.go:7\)`
	dsn := url.URL{Host: "h", User: url.UserPassword("me", d.Config().Token.Reveal())}
	d.Logger().Info("open", "dsn", dsn.User)           // want `a secret is logged`
	slog.Info("open", "config", d.Config())            // want `the whole config is printed`
	fmt.Fprintf(os.Stderr, "%+v", *d.Config())         // want `the whole config is printed`
	return errors.New("cannot log in with " + d.token) // want `a secret is made part of an error`
}

func (d *Destination) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	if err := d.dial(d.Config().Token.Reveal()); err != nil { // want `handed to dial, where it is made part of an error \(secretlog.go:\d+\)`
		return err
	}
	if ctx.Err() != nil {
		panic("no way in for " + d.token) // want `a secret is made part of a panic`
	}
	return fmt.Errorf("dial %s: %w", d.token, ctx.Err()) // want `a secret is made part of an error`
}

func (d *Destination) dial(token string) error { return fmt.Errorf("no way in for %q", token) }

// Careful uses its secret and says nothing of it.
type Careful struct{ base.Destination[Config] }

func (d *Careful) ExportBatchData(ctx context.Context, recordData []base.RecordData, stream string, tags base.Tags) error {
	config := d.Config()
	d.Logger().Info("open", "url", config.URL, "token", config.Token, "size", dump.Size(config.Token.Reveal()))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, config.URL, nil)
	if err != nil {
		return fmt.Errorf("request to %s: %w", config.URL, err)
	}
	request.Header.Set("Authorization", "Bearer "+config.Token.Reveal())
	fmt.Fprintf(io.Discard, "AUTH %s", config.Token.Reveal())
	sum := sha256.Sum256([]byte(config.Token.Reveal()))
	d.Logger().Info("key", "fingerprint", fmt.Sprintf("%x", sum[:4]))
	if config.Token.Reveal() == "" {
		return errors.New("the token is empty")
	}
	return nil
}
