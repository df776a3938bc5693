package xiezhi

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors says on which floor each package stands (docs/architecture.md). An import goes down, never up or sideways.
var floors = map[string]int{
	"law": 0, "reference": 0, "i18n": 0, "static": 0, "migrations": 0, "proof": 0, "turn": 0,
	"models": 1,
	"graph":  2, "authz": 2,
	"detect": 3, "who": 3, "ingest": 3, "referral": 3, "notify": 3, "simulate": 3, "jobs": 3, "eval": 3,
	"work":     4,
	"views":    5,
	"handlers": 6,
	"web":      7,
	"cmd":      8,
}

// sideways lists the imports within one floor that are meant.
var sideways = map[string]bool{"views -> views/ui": true}

// fenced says which packages may import a library directly.
var fenced = map[string][]string{
	"gorm.io/":                {"models", "cmd"},
	"database/sql":            {"models", "jobs"},
	"github.com/gin-gonic/":   {"handlers", "web"},
	"github.com/casbin/":      {"authz"},
	"github.com/a-h/templ":    {"views", "views/ui", "handlers"},
	"github.com/signintech/":  {"referral"},
	"math/rand":               {"simulate", "eval"},
	"github.com/caarlos0/env": {"cmd"},
	"github.com/spf13/cobra":  {"cmd"},
	"github.com/jackc/":       {"models", "models/modelstest"},
	"github.com/riverqueue/":  {"jobs"},
}

func TestLayers(t *testing.T) {
	imports := readImports(t)
	if len(imports) < 12 {
		t.Fatalf("only %d packages were found", len(imports))
	}
	for pkg, list := range imports {
		from, ok := floorOf(pkg)
		if !ok {
			t.Errorf("package %s stands on no floor", pkg)
			continue
		}
		for imp := range list {
			if wrong := crosses(pkg, from, imp); wrong != "" {
				t.Errorf("%s imports %s: %s", pkg, imp, wrong)
			}
		}
	}
}

// The guard itself: each of these must be refused.
func TestLayersRefuse(t *testing.T) {
	for _, bad := range []struct{ pkg, imp string }{{"models", "xiezhi/handlers"}, {"detect", "xiezhi/ingest"}, {"simulate", "xiezhi/detect"},
		{"views", "gorm.io/gorm"}, {"handlers", "gorm.io/gorm"}, {"law", "xiezhi/reference"}, {"detect", "database/sql"}, {"work", "github.com/gin-gonic/gin"}} {
		from, _ := floorOf(bad.pkg)
		if crosses(bad.pkg, from, bad.imp) == "" {
			t.Errorf("%s may import %s", bad.pkg, bad.imp)
		}
	}
}

func crosses(pkg string, from int, imp string) string {
	if own, ok := strings.CutPrefix(imp, "xiezhi/"); ok {
		to, ok := floorOf(own)
		if !ok {
			return "it stands on no floor"
		}
		inside := strings.Split(own, "/")[0] == strings.Split(pkg, "/")[0]
		if to >= from && !inside && !sideways[pkg+" -> "+own] {
			return "imports go down, never up or sideways"
		}
		return ""
	}
	for prefix, may := range fenced {
		if !strings.HasPrefix(imp, prefix) {
			continue
		}
		for _, m := range may {
			if pkg == m || strings.HasPrefix(pkg, m+"/") {
				return ""
			}
		}
		return "only " + strings.Join(may, ", ") + " may"
	}
	return ""
}

func floorOf(pkg string) (int, bool) {
	f, ok := floors[strings.Split(pkg, "/")[0]]
	return f, ok
}

func readImports(t *testing.T) map[string]map[string]bool {
	t.Helper()
	out := map[string]map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "tools" || d.Name() == "testdata" || d.Name() == "rel") {
			return filepath.SkipDir
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || pkg == "." {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if out[pkg] == nil {
			out[pkg] = map[string]bool{}
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			out[pkg][imp] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
