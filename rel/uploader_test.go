package rel

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// uploader is an officer's browser on a demonstration.
type uploader struct {
	t           *testing.T
	base, token string
	http        *http.Client
	cs          string
}

var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// signIn signs handler1 in; the case is the one that was opened in the first round.
func signIn(t *testing.T, addr, dir, cs string) *uploader {
	t.Helper()
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	u := &uploader{t: t, base: "http://" + addr, cs: cs, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	res, err := u.http.PostForm(u.base+"/login", url.Values{"user": {"handler1"}, "password": {strings.TrimSpace(string(password))}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("handler1 cannot sign in: %d", res.StatusCode)
	}
	me, err := u.http.Get(u.base + "/me")
	if err != nil {
		t.Fatal(err)
	}
	defer me.Body.Close()
	page, err := io.ReadAll(me.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := formToken.FindSubmatch(page)
	if found == nil {
		t.Fatal("no form token")
	}
	u.token = string(found[1])
	return u
}

// openCase opens a case on a red alert, as the supervisor, over the API.
func openCase(t *testing.T, bin, dir, addr string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, "user", "token", "supervisor1")
	cmd.Env = append(os.Environ(), "XIEZHI_DB="+filepath.Join(dir, "xiezhi.db"), "XIEZHI_DATA_DIR="+dir)
	token, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path string, in, to any) {
		t.Helper()
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(to); err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %v", method, path, res.StatusCode, err)
		}
	}
	var page struct {
		Items []struct{ Ref, Division, Status string }
	}
	call(http.MethodGet, "/api/v1/alerts?level=red&limit=200", nil, &page)
	for _, al := range page.Items {
		if strings.HasPrefix(al.Division, "4403") && al.Division != "440305" && al.Status == "new" {
			var cs struct{ Ref string }
			call(http.MethodPost, "/api/v1/cases", map[string]any{"alerts": []string{al.Ref}, "title": "upload under kills", "officers": []string{"handler1", "handler2"}}, &cs)
			return cs.Ref
		}
	}
	t.Fatal("no red alert to open a case on")
	return ""
}

// upload sends a piece of evidence and says whether it was acknowledged; a broken line is no acknowledgement.
func (u *uploader) upload(body []byte) bool {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for k, v := range map[string]string{"token": u.token, "class": "documentary", "title": "a page", "source_office": "front"} {
		if err := w.WriteField(k, v); err != nil {
			u.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "page.txt")
	if err == nil {
		_, err = part.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		u.t.Fatal(err)
	}
	res, err := u.http.Post(u.base+"/cases/"+u.cs+"/evidence", w.FormDataContentType(), &buf)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		text, _ := io.ReadAll(res.Body)
		u.t.Fatalf("upload: %d %.600s", res.StatusCode, text)
	}
	return true
}
