package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
	"xiezhi/authz"
	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/static"
	"xiezhi/work"
)

// office is a portal with one user for each role and the routes of these pages; a user is named after the role.
type office struct {
	t    *testing.T
	app  *App
	site http.Handler
}

func newOffice(t *testing.T) *office {
	t.Helper()
	store := modelstest.Open(t, filepath.Join(t.TempDir(), "office.db"), time.Now)
	policy, err := authz.Load()
	must(t, err)
	rules, err := detect.DefaultRules()
	must(t, err)
	assets, err := static.Load()
	must(t, err)
	o := &office{t: t, app: &App{Store: store, Dashboards: &work.Dashboards{Store: store}, Policy: policy, Sessions: scs.New(), Catalog: pagesCatalog(t), Assets: assets, Now: time.Now,
		Desk: &work.Desk{Store: store, Rules: rules, Log: slog.New(slog.DiscardHandler)}}}
	o.app.VerifyAudit = func(ctx context.Context) (models.AuditReport, error) { return store.VerifyAudit(ctx, nil) }
	sys := models.System("test")
	for code, division := range map[string]string{"here": "440000", "there": "430000"} {
		_, err := store.PutAuthority(t.Context(), sys, models.NewAuthority{Code: code, Kind: models.LeadDepartment, Name: "机关" + code, NameEn: code, DivisionCode: division})
		must(t, err)
	}
	for _, r := range models.Roles() {
		o.add(userOf(r), "here", r, "440000")
	}
	o.add("stranger", "there", models.RoleDataSteward, "430000")
	o.routes()
	return o
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func userOf(r models.Role) string { return "u-" + strings.ReplaceAll(string(r), "_", "-") }

func (o *office) add(name, authority string, r models.Role, division string) {
	sys := models.System("test")
	_, err := o.app.Store.AddUser(o.t.Context(), sys, models.NewUser{Name: name, Display: name, Authority: authority})
	must(o.t, err)
	must(o.t, o.app.Store.GrantRole(o.t.Context(), sys, name, r, division))
}

func (o *office) routes() {
	gin.SetMode(gin.TestMode)
	e, a := gin.New(), o.app
	handle := func(method, path string, action models.Action, h func(*gin.Context) error) {
		e.Handle(method, path, func(c *gin.Context) {
			u, err := a.Store.UserByName(c, c.GetHeader("X-Actor"))
			must(o.t, err)
			grants, err := a.Store.LiveGrants(c, u.ID)
			must(o.t, err)
			actor := a.Policy.Actor(u, grants)
			actor.Locale = c.GetHeader("X-Locale")
			SetActor(c, actor)
			if action != "" && !actor.Can(action) {
				err = models.Forbidden(action)
			} else {
				err = h(c)
			}
			if err != nil {
				o.refuse(c, err)
			}
		})
	}
	const get, post = http.MethodGet, http.MethodPost
	handle(get, "/", "", a.home)
	handle(get, "/me", "", a.meShow)
	handle(get, "/batches", models.ActBatchRead, a.batchList)
	handle(post, "/batches", models.ActFactLoad, a.batchLoad)
	handle(get, "/batches/:ref", models.ActBatchRead, a.batchShow)
	handle(get, "/batches/:ref/files/:position/refused", models.ActBatchRead, a.batchRefused)
	handle(get, "/scans", models.ActScanRead, a.scanList)
	handle(post, "/scans", models.ActScanStart, a.scanStart)
	handle(get, "/admin/users", models.ActUserRead, a.userList)
	handle(get, "/admin/grants", models.ActGrantRead, a.grantList)
	handle(get, "/admin/audit", models.ActAuditRead, a.auditList)
	handle(post, "/admin/audit/verify", models.ActAuditRead, a.auditVerify)
	handle(post, "/api/v1/facts/:table", models.ActFactLoad, a.apiFacts)
	o.site = a.Sessions.LoadAndSave(e)
}

func (o *office) refuse(c *gin.Context, err error) {
	status, ok := map[models.Kind]int{models.KindNotFound: 404, models.KindForbidden: 403, models.KindConflict: 409, models.KindInvalid: 422}[models.KindOf(err)]
	if !ok {
		o.t.Errorf("%s %s: %v", c.Request.Method, c.Request.URL, err)
		status = 500
	}
	e := &models.Error{Kind: models.KindInternal, Key: "error.internal"}
	errors.As(err, &e)
	o.app.FailAPI(c, status, e)
}

func (o *office) ask(user, locale, method, path string, header map[string]string, body []byte, want int) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), method, path, bytes.NewReader(body))
	r.Header.Set("X-Actor", user)
	r.Header.Set("X-Locale", locale)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	o.site.ServeHTTP(rec, r)
	if rec.Code != want {
		o.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, user, rec.Code, want, rec.Body)
	}
	return rec
}

// upload sends a file with the form of the batches page.
func (o *office) upload(user, name, content string, fields map[string]string, want int) *httptest.ResponseRecorder {
	o.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for k, v := range fields {
		must(o.t, w.WriteField(k, v))
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		must(o.t, err)
		_, err = part.Write([]byte(content))
		must(o.t, err)
	}
	must(o.t, w.Close())
	return o.ask(user, i18n.English, http.MethodPost, "/batches", map[string]string{"Content-Type": w.FormDataContentType()}, buf.Bytes(), want)
}

var (
	bareKey  = regexp.MustCompile(`[>"](home|batch|scan|admin|me|nav|pager|layout|table|punct|act|foot|error|ingest)\.[a-z_.]+["<]`)
	codeCell = regexp.MustCompile(`<dd class="x-code">[^<]*</dd>|title="[^"]*"`)
	unfilled = regexp.MustCompile(`\{[a-z_]+\}`)
	inline   = regexp.MustCompile(`<style|style="|<script>|onclick=`)
	primary  = regexp.MustCompile(`btn-primary`)
)

func checkPage(t *testing.T, where, body string) {
	t.Helper()
	body = codeCell.ReplaceAllString(body, "")
	for _, re := range []*regexp.Regexp{bareKey, unfilled, inline} {
		if m := re.FindString(body); m != "" && m != "{allowEval" {
			t.Errorf("%s: %s", where, m)
		}
	}
	if n := len(primary.FindAllString(body, -1)); n > 1 {
		t.Errorf("%s: %d primary buttons", where, n)
	}
}

const twoRows = "uscc,name,division_code\nA-1,fine,440305\nA 2,bad,440305\n"

func TestPagesOfEveryRoleInBothLanguages(t *testing.T) {
	o := newOffice(t)
	o.upload("u-data-steward", "companies.csv", twoRows, map[string]string{"division": "440300"}, http.StatusSeeOther)
	batch := strings.TrimPrefix(o.upload("u-data-steward", "companies.csv", twoRows, nil, http.StatusSeeOther).Header().Get("Location"), "/batches/")
	o.ask("u-risk-analyst", i18n.English, http.MethodPost, "/scans", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte("all=true"), http.StatusSeeOther)
	pages := map[string]models.Action{"/": "", "/me": "", "/batches": models.ActBatchRead, "/batches/" + batch: models.ActBatchRead, "/scans": models.ActScanRead,
		"/admin/users": models.ActUserRead, "/admin/grants": models.ActGrantRead, "/admin/audit": models.ActAuditRead}
	for _, role := range models.Roles() {
		for path, action := range pages {
			for _, locale := range []string{i18n.Chinese, i18n.English} {
				want := http.StatusOK
				if action != "" && !o.app.Policy.May(role, action) {
					want = http.StatusForbidden
				}
				rec := o.ask(userOf(role), locale, http.MethodGet, path, nil, nil, want)
				if want == http.StatusOK {
					checkPage(t, fmt.Sprintf("%s as %s in %s", path, role, locale), rec.Body.String())
				}
			}
		}
	}
	rec := o.ask("u-audit-admin", i18n.Chinese, http.MethodPost, "/admin/audit/verify", nil, nil, http.StatusOK)
	checkPage(t, "verification", rec.Body.String())
	if !strings.Contains(rec.Body.String(), "完整，未发现改动") {
		t.Error("a whole trail is not called whole")
	}
}

func TestReadingTheTrailIsAnEntryOfIt(t *testing.T) {
	o := newOffice(t)
	o.ask("u-audit-admin", i18n.English, http.MethodGet, "/admin/audit?actor=nobody", nil, nil, http.StatusOK)
	body := o.ask("u-audit-admin", i18n.English, http.MethodGet, "/admin/audit?action=audit.read", nil, nil, http.StatusOK).Body.String()
	if n := strings.Count(body, `<tr data-row`); n != 2 {
		t.Errorf("%d entries of reading, want 2", n)
	}
}

func TestUploadIsRefusedByField(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		name, file, content string
		fields              map[string]string
		field               string
	}{
		{"no file", "", "", nil, "file"},
		{"empty file", "companies.csv", "", nil, "file"},
		{"no table", "book.csv", twoRows, nil, "table"},
		{"unknown table", "companies.csv", twoRows, map[string]string{"table": "cases"}, "table"},
		{"mapping that is a path", "companies.csv", twoRows, map[string]string{"mapping": "/etc/passwd"}, "mapping"},
		{"division elsewhere", "companies.csv", twoRows, map[string]string{"division": "430100"}, "division"},
		{"source with a line end", "companies.csv", twoRows, map[string]string{"source": "a\nb"}, "source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := o.upload("u-data-steward", c.file, c.content, c.fields, http.StatusUnprocessableEntity).Body.String()
			if !strings.Contains(body, `id="`+c.field+`-wrong"`) {
				t.Errorf("nothing is said of %s", c.field)
			}
			checkPage(t, c.name, body)
		})
	}
	if list, _, err := o.app.Store.Batches(t.Context(), pagesActor(t, models.RoleDataSteward, "440000"), 0, 10); err != nil || len(list) > 0 {
		t.Errorf("%d batches were begun, %v", len(list), err)
	}
}

func TestBatchIsSeenInItsScopeOnly(t *testing.T) {
	o := newOffice(t)
	to := o.upload("u-data-steward", `C:\files\companies.csv`, twoRows, map[string]string{"source": "registry"}, http.StatusSeeOther).Header().Get("Location")
	body := o.ask("u-data-steward", i18n.English, http.MethodGet, to, nil, nil, http.StatusOK).Body.String()
	if !strings.Contains(body, "A 2") || !strings.Contains(body, "registry") || strings.Contains(body, "xiezhi-upload") {
		t.Error("the page misses the refused row or its source, or tells where the file was kept")
	}
	file := o.ask("u-data-steward", i18n.English, http.MethodGet, to+"/files/0/refused", nil, nil, http.StatusOK)
	if d := file.Header().Get("Content-Disposition"); !strings.Contains(d, "filename*=UTF-8''companies.refused.csv") || strings.Count(file.Body.String(), "\n") != 2 {
		t.Errorf("download: %s, %q", d, file.Body)
	}
	for _, path := range []string{to, to + "/files/0/refused"} {
		o.ask("stranger", i18n.English, http.MethodGet, path, nil, nil, http.StatusNotFound)
	}
	for _, position := range []string{"1", "x", "-1"} {
		o.ask("u-data-steward", i18n.English, http.MethodGet, to+"/files/"+position+"/refused", nil, nil, http.StatusNotFound)
	}
}

const jsonRows = `{"uscc":"A-1","name":"fine"}` + "\n" + `{"uscc":"A 2","name":"bad"}` + "\n"

func TestFactsByAPI(t *testing.T) {
	o := newOffice(t)
	send := func(user, path, key, body string, want int) []byte {
		t.Helper()
		return o.ask(user, i18n.English, http.MethodPost, path, map[string]string{"Idempotency-Key": key}, []byte(body), want).Body.Bytes()
	}
	first := send("u-data-steward", "/api/v1/facts/companies?division=440300&source=api", "k1", jsonRows, http.StatusOK)
	var rep struct {
		Batch string
		Files []struct {
			Name, Table                  string
			Accepted, Unchanged, Refused int64
			Errors                       []struct {
				Line           int64
				Column, Reason string
			}
		}
		Seconds *float64
	}
	must(t, json.Unmarshal(first, &rep))
	if f := rep.Files[0]; rep.Batch == "" || rep.Seconds == nil || f.Table != "companies" || f.Accepted != 1 || f.Refused != 1 || len(f.Errors) != 1 || f.Errors[0].Line != 2 ||
		f.Errors[0].Column != "uscc" || !strings.Contains(f.Errors[0].Reason, "not an identifier") {
		t.Fatalf("answer: %s", first)
	}
	if again := send("u-data-steward", "/api/v1/facts/companies?division=440300&source=api", "k1", jsonRows, http.StatusOK); !bytes.Equal(first, again) {
		t.Errorf("a repeated request is answered otherwise: %s", again)
	}
	send("u-data-steward", "/api/v1/facts/companies?division=440300&source=api", "k1", jsonRows+"\n", http.StatusUnprocessableEntity)
	send("u-data-steward", "/api/v1/facts/companies?division=440100&source=api", "k1", jsonRows, http.StatusUnprocessableEntity)
	must(t, json.Unmarshal(send("u-data-steward", "/api/v1/facts/companies?division=440300&source=api", "", jsonRows, http.StatusOK), &rep))
	if f := rep.Files[0]; f.Accepted != 0 || f.Unchanged != 1 || f.Refused != 1 {
		t.Errorf("loaded again: %+v", f)
	}
	send("u-data-steward", "/api/v1/facts/cases", "", jsonRows, http.StatusNotFound)
	send("u-data-steward", "/api/v1/facts/companies?division=430100", "", jsonRows, http.StatusUnprocessableEntity)
	send("u-duty-officer", "/api/v1/facts/companies", "", jsonRows, http.StatusForbidden)
	list, _, err := o.app.Store.Batches(t.Context(), pagesActor(t, models.RoleDataSteward, "440000"), 0, 10)
	if err != nil || len(list) != 2 {
		t.Errorf("%d batches, want 2, %v", len(list), err)
	}
}

// A load of many chunks takes its idempotency key once, and a request whose answer was lost goes on instead of being refused.
func TestFactsInManyChunksUnderOneKey(t *testing.T) {
	o := newOffice(t)
	var body strings.Builder
	for i := range 4500 {
		fmt.Fprintf(&body, "{\"uscc\":\"C-%d\",\"name\":\"n%d\"}\n", i, i)
	}
	header := map[string]string{"Idempotency-Key": "many"}
	first := o.ask("u-data-steward", i18n.English, http.MethodPost, "/api/v1/facts/companies", header, []byte(body.String()), http.StatusOK).Body.String()
	if !strings.Contains(first, `"accepted":4500`) {
		t.Fatal(first)
	}
	u, err := o.app.Store.UserByName(t.Context(), "u-data-steward")
	must(t, err)
	done, err := o.app.Store.ReplayOf(t.Context(), models.Actor{UserID: u.ID}, models.Idempotency{Key: "many", Hash: "other"})
	if done != nil || models.KindOf(err) != models.KindInvalid {
		t.Fatalf("the key is not held: %v, %v", done, err)
	}
	hash := requestHash(t, "/api/v1/facts/companies", body.String())
	must(t, o.app.Store.KeepAnswer(t.Context(), models.Actor{UserID: u.ID}, models.Idempotency{Key: "many", Hash: hash}, 0, []byte{}))
	again := o.ask("u-data-steward", i18n.English, http.MethodPost, "/api/v1/facts/companies", header, []byte(body.String()), http.StatusOK).Body.String()
	if !strings.Contains(again, `"unchanged":4500`) {
		t.Error(again)
	}
}

func requestHash(t *testing.T, path, body string) string {
	t.Helper()
	s, err := spool(httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body)), "xiezhi-test-*", uploadLimit)
	must(t, err)
	s.drop()
	return s.request
}
