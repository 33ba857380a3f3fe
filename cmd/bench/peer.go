package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// peer is a contender that is written in Python.
type peer struct {
	script string   // in the folder python
	args   []string // beside the script
	probe  string   // the import without which there is nothing to run
	// checkout tells that the package is found below --mage.
	checkout bool
	remedy   string
}

//go:embed python
var scripts embed.FS

func peers() (mage, singerSDK *peer) {
	return &peer{
			script: "mage.py", probe: "import mage_integrations.destinations.base", checkout: true,
			args:   []string{"--config_json", `{"name": "noop"}`}, // {} counts as none
			remedy: "name a checkout of mage-ai/mage-ai with --mage, and with --python an interpreter that has what its base imports",
		}, &peer{
			script: "singer_sdk_noop.py", probe: "import singer_sdk",
			remedy: "name an interpreter that has the package singer-sdk with --python",
		}
}

// python is where peers run.
type python struct {
	interpreter string
	mage        string // the checkout, "" for none
	dir         string // a scratch folder
}

// newPython writes the scripts to a scratch folder.
func newPython(interpreter, mage, dir string) (python, error) {
	files, err := fs.Sub(scripts, "python")
	if err != nil {
		return python{}, err
	}
	return python{interpreter, mage, dir}, os.CopyFS(dir, files)
}

// command is a command of the interpreter that sees the script's neighbours and
// leaves no compiled files in them.
func (p python) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.interpreter, args...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(p.mage, "mage_integrations"), "PYTHONPYCACHEPREFIX="+filepath.Join(p.dir, "cache"))
	return cmd
}

// start is the command that runs a peer.
func (p python) start(ctx context.Context, it *peer) *exec.Cmd {
	return p.command(ctx, append([]string{filepath.Join(p.dir, it.script)}, it.args...)...)
}

// missing says why a peer cannot run here, nil if it can.
func (p python) missing(ctx context.Context, it *peer) error {
	if it.checkout && p.mage == "" {
		return errors.New(it.remedy)
	}
	cmd := p.command(ctx, "-c", it.probe)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		why := err.Error()
		if lines := strings.Split(strings.TrimSpace(stderr.String()), "\n"); lines[len(lines)-1] != "" {
			why = lines[len(lines)-1]
		}
		return fmt.Errorf("%s; %s", why, it.remedy)
	}
	return nil
}
