package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/alexedwards/argon2id"
	"xiezhi/authz"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/simulate"
	"xiezhi/work"
)

// site is the whole portal in the process of a test: the real wiring over a real store, with the demonstration's people and a small
// province that was scanned.
type site struct {
	*httptest.Server
	p        *portal
	password string
	clock    *testClock
}

// testClock is a clock that a test sets.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

const testPassword = "Xz-test-password-1"

// testHash is a hash of the password that is cheap to check: tests sign in hundreds of times.
var testHash = sync.OnceValues(func() (string, error) {
	return argon2id.CreateHash(testPassword, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
})

// fastDir gives a temporary folder in memory where the system has one: these tests prove no durability, and wait long for disks.
func fastDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "xz")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// provinceFiles writes the small province once for all tests of the process.
var provinceFiles = sync.OnceValues(func() ([]string, error) {
	dir, err := os.MkdirTemp("", "xzprovince")
	if err != nil {
		return nil, err
	}
	if _, err := simulate.Write(context.Background(), dir, simulate.Options{Companies: 60, Transfers: 300, Seed: 7}); err != nil {
		return nil, err
	}
	var paths []string
	for _, table := range models.Tables() {
		if path := filepath.Join(dir, string(table)+".csv"); fileExists(path) {
			paths = append(paths, path)
		}
	}
	return paths, nil
})

// TestMain takes the files of the small province away again.
func TestMain(m *testing.M) {
	code := m.Run()
	if made.Load() {
		if paths, err := provinceFiles(); err == nil && len(paths) > 0 {
			_ = os.RemoveAll(filepath.Dir(paths[0]))
		}
	}
	os.Exit(code)
}

// made says that some test asked for the small province.
var made atomic.Bool

// eachSite runs f on both stores.
func eachSite(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, newSite(t, filepath.Join(fastDir(t), "test.db"))) })
	t.Run("postgres", func(t *testing.T) { f(t, newSite(t, modelstest.Postgres(t))) })
}

// newSite makes the portal on a Friday morning.
func newSite(t testing.TB, target string) *site {
	t.Helper()
	s := emptySite(t, target)
	made.Store(true)
	paths, err := provinceFiles()
	if err != nil {
		t.Fatal(err)
	}
	rep, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "SIM", Division: "440000"})
	if err != nil || rep.Refused() {
		t.Fatalf("%v %+v", err, rep)
	}
	if _, err := s.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{}); err != nil {
		t.Fatal(err)
	}
	return s
}

// emptySite is the portal with its people and without any facts.
func emptySite(t testing.TB, target string) *site {
	t.Helper()
	hash, err := testHash()
	if err != nil {
		t.Fatal(err)
	}
	clock := &testClock{at: time.Date(2026, 11, 20, 9, 30, 0, 0, models.China)}
	dir := t.TempDir()
	cfg := config{DB: target, DataDir: dir, SecretFile: filepath.Join(dir, "secret"), BaseURL: "http://127.0.0.1", Division: "000000", clock: clock.now}
	p, err := openPortal(t.Context(), cfg, schemaForward)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.peopleOfDemo(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if err := p.store.RegisterSources(t.Context(), byCommand, knownSources()); err != nil {
		t.Fatal(err)
	}
	h, err := p.handler(false)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Server: httptest.NewServer(h), p: p, password: testPassword, clock: clock}
	t.Cleanup(func() {
		s.Close()
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// visitor is somebody's browser without scripts.
type visitor struct {
	t    testing.TB
	s    *site
	http *http.Client
	name string
}

func (s *site) visitor(t testing.TB) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, s: s, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a demo user in.
func (s *site) as(t testing.TB, user string) *visitor {
	t.Helper()
	v := s.visitor(t)
	v.name = user
	res := v.post("/login", url.Values{"user": {user}, "password": {s.password}})
	if res.status != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: %d %s", user, res.status, res.body)
	}
	return v
}

// reply is an answer read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) doc(t testing.TB) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (v *visitor) do(req *http.Request) reply {
	v.t.Helper()
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

func (v *visitor) get(path string) reply {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.s.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

// post sends a form as a browser does, with the form token of the session where there is one.
func (v *visitor) post(path string, form url.Values) reply {
	v.t.Helper()
	form = maps.Clone(form)
	if v.name != "" && path != "/login" && form.Get("token") == "" {
		form.Set("token", v.token())
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.do(req)
}

func (v *visitor) token() string {
	v.t.Helper()
	d := v.get("/me").doc(v.t)
	token, ok := d.Find("input[name=token]").First().Attr("value")
	if !ok {
		v.t.Fatalf("%s has no form token", v.name)
	}
	return token
}

// must posts a form that has to be carried out and gives the address it leads to.
func (v *visitor) must(path string, form url.Values) string {
	v.t.Helper()
	res := v.post(path, form)
	if res.status != http.StatusSeeOther {
		v.t.Fatalf("%s POST %s: %d\n%s", v.name, path, res.status, strings.Join(strings.Fields(res.doc(v.t).Find("main").Text()), " "))
	}
	return res.header.Get("Location")
}

// storyAlert gives the alert of the company that promises 8 % a day.
func (s *site) storyAlert(t testing.TB) string {
	t.Helper()
	var permits = map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440300")}
	list, _, err := s.p.store.Alerts(t.Context(), models.Actor{Name: "test", Permits: permits}, models.AlertFilter{Levels: []string{"red"}, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, al := range list {
		if why := al.TopReasons(); al.DivisionCode == "440304" && len(why) > 0 && why[0].Value == 0.08 {
			return al.Ref
		}
	}
	t.Fatal("no red alert of the company that promises 8 % a day")
	return ""
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

// actor gives a demo user as the portal sees him after signing in.
func (s *site) actor(t testing.TB, name string) models.Actor {
	t.Helper()
	u, err := s.p.store.UserByName(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	grants, err := s.p.store.LiveGrants(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.Load()
	if err != nil {
		t.Fatal(err)
	}
	return policy.Actor(u, grants)
}

func contains(text, part string) bool { return strings.Contains(text, part) }
