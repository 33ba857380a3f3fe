package basetest_test

import (
	"io/fs"
	"testing/fstest"
)

// sampleTemplates is the sample config that --show_templates prints.
func sampleTemplates() fs.FS {
	return fstest.MapFS{"templates/config.json": {Data: []byte(`{"folder": "/tmp", "token": ""}`)}}
}
