package generator

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mage-dest/mage-dest/generator/records"
)

// recordsFile holds the structs of a connector's records, in the package of its
// Destination.
const recordsFile = "records_gen.go"

// readStreams reads the streams of a recorded Singer stream or of a catalog.
func readStreams(file string) ([]records.Stream, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, inputErrorf("--streams: %v", err)
	}
	defer f.Close()
	list, err := records.Read(f, filepath.ToSlash(file))
	if err != nil {
		return nil, inputErrorf("--streams: %v", err)
	}
	return list, nil
}

// fromStreams writes a file in schemas for each stream that is given, and the structs of
// these and of those that are there. names are the files of schemas.
func (d *derivation) fromStreams(given []records.Stream, names []string) error {
	texts := map[string][]byte{}
	for _, name := range names {
		text, err := d.read(name)
		if err != nil {
			return err
		}
		texts[name] = text
	}
	for _, s := range given {
		name, text, err := s.File()
		if err != nil {
			return err
		}
		now, err := d.read(name)
		if err != nil {
			return err
		}
		d.put(name, now, text)
		texts[name] = text
	}
	var streams []records.Stream
	var faults []error
	for _, name := range sortedKeysOf(texts) {
		s, err := records.ReadFile(name, texts[name])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		streams = append(streams, s)
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	return d.records(streams)
}

// records writes the structs, or removes the file of them when no stream is left.
func (d *derivation) records(streams []records.Stream) error {
	file := path.Join(d.name.folder(), recordsFile)
	now, err := d.read(file)
	if err != nil {
		return err
	}
	ours := bytes.HasPrefix(now, []byte(records.Header))
	switch {
	case now != nil && !ours && len(streams) > 0:
		return fmt.Errorf("%s is there and was not written by mage-dest generate: give it another name", file)
	case len(streams) > 0:
		wanted, err := records.Go(d.name.Package, streams)
		if err != nil {
			return err
		}
		d.put(file, now, wanted)
	case ours:
		d.noteDiff(file, now, nil)
		d.changes = append(d.changes, Change{Path: file, Remove: true})
	}
	return nil
}

// schemaFiles lists the files of a folder's schemas.
func (t folderTree) schemaFiles() ([]string, error) {
	folder, err := t.root.Open(records.Folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for schemas: %w", err)
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fmt.Errorf("look for schemas: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			names = append(names, path.Join(records.Folder, e.Name()))
		}
	}
	slices.Sort(names)
	return names, nil
}
