package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
	"xiezhi/work"
)

// readPlaces reads the file in which the operator names what connectors may use:
//
//	folders:   {court: /srv/drop/court}
//	databases: {hotline: "postgres://reader:...@host/db", old: "sqlite:/srv/old.db"}
//
// A missing file names nothing. Folders must be absolute, and the portal's own data folder is refused.
func readPlaces(c config) (work.Places, error) {
	p := work.Places{Spool: filepath.Join(c.DataDir, "spool")}
	body, err := os.ReadFile(c.Places)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read %s: %w", c.Places, err)
	}
	var named struct {
		Folders   map[string]string `yaml:"folders"`
		Databases map[string]string `yaml:"databases"`
	}
	if err := yaml.Unmarshal(body, &named); err != nil {
		return p, fmt.Errorf("read %s: %w", c.Places, err)
	}
	own, err := filepath.Abs(c.DataDir)
	if err != nil {
		return p, err
	}
	for name, folder := range named.Folders {
		if !filepath.IsAbs(folder) {
			return p, fmt.Errorf("%s: folder %s: the path must be absolute", c.Places, name)
		}
		if rel, err := filepath.Rel(own, filepath.Clean(folder)); err == nil && (rel == "." || !strings.HasPrefix(rel, "..")) && !strings.HasPrefix(rel, "drop") {
			return p, fmt.Errorf("%s: folder %s: the portal's own data folder cannot be a source, but for %s", c.Places, name, filepath.Join(own, "drop"))
		}
	}
	for name, address := range named.Databases {
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok && sameFile(path, c.DB) {
			return p, fmt.Errorf("%s: database %s: that is the portal's own", c.Places, name)
		}
	}
	p.Folders, p.Databases = named.Folders, named.Databases
	return p, nil
}

func sameFile(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}
