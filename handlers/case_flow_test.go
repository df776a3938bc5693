package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
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
	"xiezhi/referral"
	"xiezhi/static"
	"xiezhi/work"
)

// caseWorld is a province small enough for one referral, and the portal's case pages over it.
type caseWorld struct {
	t     *testing.T
	app   *App
	site  http.Handler
	now   time.Time
	alert string
}

const worldCompany = "91440300MA5F3WTH0X"

func newCaseWorld(t *testing.T) *caseWorld {
	t.Helper()
	w := &caseWorld{t: t, now: time.Date(2026, 11, 17, 1, 0, 0, 0, time.UTC)}
	store := modelstest.Open(t, filepath.Join(t.TempDir(), "case.db"), func() time.Time { return w.now })
	policy, err := authz.Load()
	w.must(err)
	press, err := referral.New()
	w.must(err)
	assets, err := static.Load()
	w.must(err)
	w.app = &App{Store: store, Desk: &work.Desk{Store: store}, Policy: policy, Press: press, Sessions: scs.New(), Catalog: wholeCatalog(t), Assets: assets, Now: func() time.Time { return w.now }}
	w.people()
	w.raise()
	w.routes()
	return w
}

func (w *caseWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wholeCatalog is the catalogue with the messages of detection, as the portal has it.
func wholeCatalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	list, err := detect.Messages()
	if err != nil {
		t.Fatal(err)
	}
	more := make([]i18n.Message, 0, len(list))
	for _, m := range list {
		more = append(more, i18n.Message{Key: m.Key, Zh: m.Zh, En: m.En})
	}
	c, err := i18n.Load(more)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *caseWorld) people() {
	ctx, sys := w.t.Context(), models.System("test")
	for _, a := range []models.NewAuthority{
		{Code: "lead-sz", Kind: models.LeadDepartment, Name: "深圳市地方金融管理局", NameEn: "Lead", ShortName: "深金处非移", Phone: "0755-1", DivisionCode: "440300"},
		{Code: "police-sz", Kind: models.PoliceUnit, Name: "深圳市公安局", NameEn: "Police", DivisionCode: "440300"},
		{Code: "proc-sz", Kind: models.Procuratorate, Name: "深圳市人民检察院", NameEn: "Procuratorate", DivisionCode: "440300"},
		{Code: "lead-cs", Kind: models.LeadDepartment, Name: "长沙市地方金融管理局", DivisionCode: "430100"},
	} {
		_, err := w.app.Store.PutAuthority(ctx, sys, a)
		w.must(err)
	}
	for _, u := range []struct {
		name, authority, number, division string
		role                              models.Role
	}{
		{"supervisor1", "lead-sz", "", "440300", models.RoleSupervisor}, {"handler1", "lead-sz", "4403001", "440300", models.RoleCaseHandler},
		{"handler2", "lead-sz", "4403002", "440300", models.RoleCaseHandler}, {"principal1", "lead-sz", "", "440300", models.RolePrincipal},
		{"police1", "police-sz", "", "440300", models.RolePoliceIntake}, {"duty1", "lead-sz", "", "440300", models.RoleDutyOfficer},
		{"other1", "lead-cs", "", "430100", models.RoleSupervisor},
	} {
		_, err := w.app.Store.AddUser(ctx, sys, models.NewUser{Name: u.name, Display: u.name, DisplayEn: u.name, Authority: u.authority, EnforcementNumber: u.number})
		w.must(err)
		w.must(w.app.Store.GrantRole(ctx, sys, u.name, u.role, u.division))
	}
	w.must(w.app.Store.Appoint(ctx, sys, "principal1", "principal", "doc", "2026-01-01", ""))
}

func (w *caseWorld) raise() {
	ctx, sys, s := w.t.Context(), models.System("test"), w.app.Store
	b, err := s.BeginBatch(ctx, sys, models.BatchPlan{Source: "registry", Division: "440300", Files: []models.BatchFile{{Name: "companies.csv", Table: models.TableCompanies, SHA256: "x"}}})
	w.must(err)
	row := models.Row{Table: models.TableCompanies, Line: 2, Source: "registry", ObservedAt: s.Now(), Company: &models.CompanyRow{USCC: worldCompany, Name: "深圳市示例财富管理有限公司", DivisionCode: "440300"}}
	_, err = s.NewLoader(sys, &b).Append(ctx, &b.Files[0], []models.Row{row}, nil, 2)
	w.must(err)
	sc, err := s.BeginScan(ctx, sys, models.ScanPlan{All: true, RuleVersion: "1"})
	w.must(err)
	list, err := s.ScanTargets(ctx, sc, 10)
	w.must(err)
	payload := `{"indicators":[{"code":"Y1","evidence":[{"fact_id":1,"source":"registry","observed_at":"2026-11-01T00:00:00Z","excerpt":"保本付息","hash":"abcdef0123456789abcdef"}]}]}`
	_, err = s.RecordAssessments(ctx, sys, &sc, []models.Assessed{{Subject: list[0], Index: 91, Level: "red", LevelRank: 4, Area: "WLTH", Payload: []byte(payload),
		Areas: []models.AreaFinding{{Area: "WLTH", Level: "red", LevelRank: 4, Index: 91}}}}, list[0].ID)
	w.must(err)
	alerts, _, err := s.Alerts(ctx, w.actor("supervisor1"), models.AlertFilter{Limit: 5})
	w.must(err)
	if len(alerts) != 1 {
		w.t.Fatalf("%d alerts", len(alerts))
	}
	w.alert = alerts[0].Ref
}

func (w *caseWorld) actor(name string) models.Actor {
	w.t.Helper()
	u, err := w.app.Store.UserByName(w.t.Context(), name)
	w.must(err)
	grants, err := w.app.Store.LiveGrants(w.t.Context(), u.ID)
	w.must(err)
	return w.app.Policy.Actor(u, grants)
}

// routes serves the pages and calls of this half; the header X-Actor says who asks, in place of a session.
func (w *caseWorld) routes() {
	gin.SetMode(gin.TestMode)
	e, a := gin.New(), w.app
	handle := func(method, path string, h func(*gin.Context) error) {
		e.Handle(method, path, func(c *gin.Context) {
			SetActor(c, w.actor(c.GetHeader("X-Actor")))
			if err := h(c); err != nil {
				w.refuse(c, err)
			}
		})
	}
	const get, post = http.MethodGet, http.MethodPost
	handle(get, "/cases", a.caseList)
	handle(get, "/cases/new", a.caseNew)
	handle(post, "/cases", a.caseOpen)
	handle(get, "/cases/:ref", a.caseShow)
	handle(post, "/cases/:ref/referral", a.caseFormTeam)
	handle(get, "/referrals", a.referralList)
	handle(get, "/referrals/:ref", a.referralShow)
	handle(post, "/referrals/:ref/:event", a.referralMove)
	handle(get, "/referrals/:ref/documents/:kind", a.referralDocument)
	handle(get, "/desk", a.deskShow)
	handle(get, "/api/v1/cases", a.apiCases)
	handle(post, "/api/v1/cases", a.apiCaseOpen)
	handle(get, "/api/v1/cases/:ref", a.apiCase)
	handle(post, "/api/v1/cases/:ref/referral", a.apiCaseReferral)
	handle(get, "/api/v1/referrals", a.apiReferrals)
	handle(get, "/api/v1/referrals/:ref", a.apiReferral)
	handle(post, "/api/v1/referrals/:ref/:event", a.apiReferralMove)
	handle(get, "/api/v1/referrals/:ref/documents/:kind", a.apiReferralDocument)
	w.site = a.Sessions.LoadAndSave(e)
}

func (w *caseWorld) refuse(c *gin.Context, err error) {
	statuses := map[models.Kind]int{models.KindNotFound: 404, models.KindForbidden: 403, models.KindConflict: 409, models.KindNotAMove: 409, models.KindInvalid: 422}
	status, ok := statuses[models.KindOf(err)]
	if !ok {
		w.t.Errorf("%s %s: %v", c.Request.Method, c.Request.URL, err)
		status = 500
	}
	e := &models.Error{Kind: models.KindInternal, Key: "error.internal"}
	errors.As(err, &e)
	w.app.FailAPI(c, status, e)
}

func (w *caseWorld) ask(actor, method, path, mime, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	r.Header.Set("X-Actor", actor)
	r.Header.Set("Content-Type", mime)
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	return rec
}

func (w *caseWorld) page(actor, path string, want int) string {
	w.t.Helper()
	rec := w.ask(actor, http.MethodGet, path, "", "")
	if rec.Code != want {
		w.t.Fatalf("GET %s as %s: %d %s", path, actor, rec.Code, rec.Body)
	}
	if m := leftover.FindString(rec.Body.String()); want == 200 && m != "" {
		w.t.Errorf("GET %s: a message is missing: %s", path, m)
	}
	return rec.Body.String()
}

// form sends a form and gives where it leads, or the page that refused it.
func (w *caseWorld) form(actor, path string, fields url.Values, want int) string {
	w.t.Helper()
	rec := w.ask(actor, http.MethodPost, path, "application/x-www-form-urlencoded", fields.Encode())
	if rec.Code != want {
		w.t.Fatalf("POST %s as %s: %d %s", path, actor, rec.Code, rec.Body)
	}
	if want == http.StatusSeeOther {
		return rec.Header().Get("Location")
	}
	return rec.Body.String()
}

func (w *caseWorld) call(actor, method, path string, body any, want int) map[string]any {
	w.t.Helper()
	b, err := json.Marshal(body)
	w.must(err)
	rec := w.ask(actor, method, path, "application/json", string(b))
	if rec.Code != want {
		w.t.Fatalf("%s %s as %s: %d %s", method, path, actor, rec.Code, rec.Body)
	}
	var out map[string]any
	w.must(json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

func TestCaseByPages(t *testing.T) {
	w := newCaseWorld(t)
	fresh := w.page("supervisor1", "/cases/new?alert="+w.alert, 200)
	if !strings.Contains(fresh, "深圳市示例财富管理有限公司涉嫌非法集资案") || !strings.Contains(fresh, `value="handler1"`) {
		t.Error("the form is not filled")
	}
	bad := url.Values{"alerts": {w.alert}, "title": {"我的标题"}, "officers": {"handler1"}, "deadline": {"soon"}}
	refused := w.form("supervisor1", "/cases", bad, 422)
	for _, want := range []string{"我的标题", "须有两名以上承办人", "请按 2026-12-31 填写日期", `value="soon"`} {
		if !strings.Contains(refused, want) {
			t.Errorf("the refused form lacks %s", want)
		}
	}
	bad.Set("deadline", "2027-01-31")
	bad.Add("officers", "handler2")
	caseURL := w.form("supervisor1", "/cases", bad, 303)
	show := w.page("supervisor1", caseURL, 200)
	if strings.Count(show, "btn-primary") != 1 || !strings.Contains(show, "组成专案组") || !strings.Contains(show, "2027-01-31") {
		t.Error("the case page does not offer the next step")
	}
	if mine := w.page("handler1", caseURL, 200); strings.Count(mine, "btn-primary") != 1 || !strings.Contains(mine, "开始核查") {
		t.Error("a handler is not offered the verification alone")
	}
	w.page("other1", caseURL, 404)
	if refused := w.form("supervisor1", caseURL+"/referral", url.Values{"officer": {"handler1"}}, 422); !strings.Contains(refused, "须有两名以上承办人") {
		t.Error("a team of one was not refused by field")
	}
	refURL := w.form("supervisor1", caseURL+"/referral", url.Values{"officer": {"handler1", "handler2"}}, 303)
	w.form("handler1", refURL+"/approve", nil, 403)
	if refused := w.form("handler1", refURL+"/submit_report", url.Values{"offence": {"176"}, "amount": {"很多"}}, 422); !strings.Contains(refused, "很多") || !strings.Contains(refused, "请填写金额") {
		t.Error("the refused report lost its input")
	}
	w.form("handler1", refURL+"/submit_report", url.Values{"facts": {"查明的事实"}, "offence": {"176"}, "amount": {"34200000"}, "people": {"618"}}, 303)
	w.form("handler1", refURL+"/send", url.Values{"item_list": {"无"}, "expert_report": {"无"}}, 409)
	if page := w.page("principal1", refURL, 200); !strings.Contains(page, "批准移送") || !strings.Contains(page, "34.2") || !strings.Contains(page, "草稿") {
		t.Error("the principal does not see what is to be decided")
	}
	w.page("police1", refURL, 404)
	w.form("principal1", refURL+"/approve", nil, 303)
	if page := w.page("handler1", refURL, 200); !strings.Contains(page, "发送前请核对") || !strings.Contains(page, `name="item_list"`) {
		t.Error("sending asks for no check")
	}
	w.now = w.now.Add(2 * time.Hour)
	w.form("handler1", refURL+"/send", url.Values{"item_list": {"合同 12 份"}, "expert_report": {"无"}}, 303)
	w.policeDecides(refURL)
	for _, path := range []string{"/cases", "/cases?view=mine", "/cases?view=all&text=" + url.QueryEscape("示例"), "/referrals", "/referrals?view=all", caseURL, refURL} {
		w.page("handler1", path, 200)
	}
}

// policeDecides takes a delivered referral through the intake desk to its refusal.
func (w *caseWorld) policeDecides(refURL string) {
	w.t.Helper()
	t, ref := w.t, strings.TrimPrefix(refURL, "/referrals/")
	if page := w.page("police1", "/desk", 200); !strings.Contains(page, "深金处非移〔2026〕第1号") || !strings.Contains(page, "签收回执") {
		t.Error("the desk does not show what was delivered")
	}
	back := url.Values{"back": {"desk"}}
	if to := w.form("police1", refURL+"/sign_receipt", back, 303); to != "/desk?ref="+ref {
		t.Errorf("signed, then sent to %s", to)
	}
	w.form("police1", refURL+"/start_review", back, 303)
	if page := w.page("police1", "/desk?ref="+ref, 200); !strings.Contains(page, "两条期限线") || !strings.Contains(page, "决定立案") || !strings.Contains(page, "不予立案") {
		t.Error("the desk shows no timer or no decision")
	}
	if refused := w.form("police1", refURL+"/decline", url.Values{"back": {"desk"}, "approver": {"李局"}}, 422); !strings.Contains(refused, "李局") || !strings.Contains(refused, "移送接收") {
		t.Error("the refused decision lost its input or its page")
	}
	w.form("police1", refURL+"/decline", url.Values{"back": {"desk"}, "approver": {"李局"}, "number": {"深公不立字〔2026〕1号"}, "reason": {"证据不足"}}, 303)
	if page := w.page("handler1", refURL, 200); !strings.Contains(page, "证据不足") || !strings.Contains(page, "提请复议") {
		t.Error("the team does not see the refusal and what remains")
	}
}

func TestCaseByAPI(t *testing.T) {
	w := newCaseWorld(t)
	open := map[string]any{"alerts": []string{w.alert}, "title": "示例案", "officers": []string{"handler1", "handler2"}}
	w.call("duty1", http.MethodPost, "/api/v1/cases", open, 403)
	w.call("other1", http.MethodPost, "/api/v1/cases", open, 404)
	odd := map[string]any{"alerts": []string{w.alert}, "title": "示例案", "officers": []string{"handler1", "handler2"}, "deadline": "soon"}
	if e := w.call("supervisor1", http.MethodPost, "/api/v1/cases", odd, 422); e["error"].(map[string]any)["fields"].(map[string]any)["deadline"] == nil {
		t.Errorf("%v", e)
	}
	cs := w.call("supervisor1", http.MethodPost, "/api/v1/cases", open, 201)
	caseURL := "/api/v1/cases/" + cs["ref"].(string)
	if cs["status"] != "open" || cs["referral"] != nil || len(cs["clocks"].([]any)) != 0 {
		t.Errorf("%v", cs)
	}
	ref := w.call("supervisor1", http.MethodPost, caseURL+"/referral", map[string]any{"officers": []string{"handler1", "handler2"}}, 201)
	refURL := "/api/v1/referrals/" + ref["ref"].(string)
	if ref["state"] != "TEAM_VERIFYING" || ref["case"] != cs["ref"] || len(ref["moves"].([]any)) != 0 {
		t.Errorf("%v", ref)
	}
	for _, step := range []struct {
		actor, event, state string
		body                map[string]any
	}{
		{"handler1", "submit_report", "PENDING_PRINCIPAL", map[string]any{"fields": map[string]any{"facts": "事实", "offence": "176", "amount": 34200000, "people": "618"}}},
		{"principal1", "approve", "APPROVED", map[string]any{}},
		{"handler1", "send", "DELIVERED", map[string]any{"fields": map[string]any{"item_list": "无", "expert_report": "none"}}},
		{"police1", "sign_receipt", "RECEIVED", map[string]any{}},
		{"police1", "request_supplement", "SUPPLEMENT_REQUESTED", map[string]any{"reason": "缺流水"}},
		{"handler2", "supply", "RECEIVED", map[string]any{"documents": []string{"银行流水"}}},
		{"police1", "start_review", "UNDER_REVIEW", map[string]any{}},
		{"police1", "file", "CASE_FILED", map[string]any{"reason": "事实清楚", "fields": map[string]any{"approver": "李局", "number": "深公立字1号"}}},
	} {
		w.now = w.now.Add(time.Hour)
		if got := w.call(step.actor, http.MethodPost, refURL+"/"+step.event, step.body, 200); got["state"] != step.state {
			t.Fatalf("%s: %v", step.event, got["state"])
		}
	}
	got := w.call("handler1", http.MethodGet, caseURL, nil, 200)
	clocks := got["clocks"].([]any)
	if len(clocks) != 5 || clocks[0].(map[string]any)["name"] != "principal_decision" || clocks[0].(map[string]any)["state"] != "done_in_time" || clocks[4].(map[string]any)["state"] != "running" {
		t.Errorf("clocks %v", clocks)
	}
	timeline := got["timeline"].([]any)
	if len(timeline) != 10 || timeline[0].(map[string]any)["event"] != "open" || timeline[9].(map[string]any)["event"] != "file" {
		t.Errorf("timeline %v", timeline)
	}
	for _, path := range []string{"/api/v1/cases", "/api/v1/cases?status=referred", "/api/v1/referrals?state=live"} {
		if list := w.call("handler1", http.MethodGet, path, nil, 200); len(list["items"].([]any)) != 1 || list["next"] != nil {
			t.Errorf("%s: %v", path, list)
		}
	}
	w.documentIsWhatWasIssued(refURL)
}

func (w *caseWorld) documentIsWhatWasIssued(refURL string) {
	w.t.Helper()
	rec := w.ask("police1", http.MethodGet, refURL+"/documents/letter", "", "")
	body, err := io.ReadAll(rec.Body)
	w.must(err)
	if rec.Code != 200 || rec.Header().Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(body, []byte("%PDF-")) ||
		!strings.Contains(rec.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "sandbox") || len(rec.Header().Get("ETag")) != 66 {
		w.t.Errorf("%d %v", rec.Code, rec.Header())
	}
	if rec := w.ask("other1", http.MethodGet, refURL+"/documents/letter", "", ""); rec.Code != 404 {
		w.t.Errorf("a stranger got %d", rec.Code)
	}
	if rec := w.ask("police1", http.MethodGet, refURL+"/documents/nothing", "", ""); rec.Code != 404 {
		w.t.Errorf("a missing kind gave %d", rec.Code)
	}
	auditor := models.Actor{Permits: map[models.Action]models.Scope{models.ActAuditRead: models.ScopeOf("000000")}}
	entries, _, err := w.app.Store.AuditEntries(w.t.Context(), auditor, models.AuditFilter{Action: "document.read", Limit: 10})
	w.must(err)
	if len(entries) != 1 {
		w.t.Errorf("%d readings are in the audit trail", len(entries))
	}
}
