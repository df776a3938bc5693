// Package static serves the portal's own style sheets and scripts and the vendored ones under addresses that carry their hash,
// so that they may be kept for ever.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed css js vendor
var files embed.FS

// Assets knows every file with its hash; it does not change after it was made.
type Assets struct {
	byName map[string]string // css/base.css -> /static/css/base.0123456789ab.css
	byPath map[string]asset
}

type asset struct {
	body []byte
	mime string
}

// Prefix is where assets are served.
const Prefix = "/static/"

// Load reads and hashes the embedded files.
func Load() (*Assets, error) {
	a := &Assets{byName: map[string]string{}, byPath: map[string]asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		at := Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		kind := mime.TypeByExtension(ext)
		if kind == "" {
			kind = "text/plain; charset=utf-8"
		}
		a.byName[name], a.byPath[at] = at, asset{body, kind}
		return nil
	})
	return a, err
}

// URL gives the address of a file such as css/base.css; an unknown one gives an address that answers 404.
func (a *Assets) URL(name string) string {
	if at, ok := a.byName[name]; ok {
		return at
	}
	return Prefix + "missing"
}

// ServeHTTP answers with a file by its hashed address.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.byPath[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.body)
	}
}
