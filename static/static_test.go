package static

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is vendored is what SOURCES says, byte for byte, and nothing is vendored that it does not name.
func TestVendoredFilesAreTheirSources(t *testing.T) {
	text, err := files.ReadFile("vendor/SOURCES")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] == "#" {
			continue
		}
		named["vendor/"+f[0]] = true
		body, err := files.ReadFile("vendor/" + f[0])
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha512.Sum384(body); base64.StdEncoding.EncodeToString(sum[:]) != f[4] {
			t.Errorf("%s is not what SOURCES says", f[0])
		}
	}
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name := range a.byName {
		if strings.HasPrefix(name, "vendor/") && !strings.HasSuffix(name, "LICENSE") && name != "vendor/SOURCES" && !named[name] {
			t.Errorf("%s has no source", name)
		}
	}
}

func TestServe(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{a.URL("css/base.css"): 200, "/static/css/base.css": 404, "/static/../go.mod": 404, a.URL("nothing"): 404} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
		if want == 200 && !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept: %v", path, w.Header())
		}
	}
}
