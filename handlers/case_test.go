package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// at reads a moment of the tests in China's time.
func at(t testing.TB, text string) models.Instant {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", text, models.China)
	if err != nil {
		t.Fatal(err)
	}
	return models.At(m)
}

func speak(t testing.TB, locale string) context.Context {
	t.Helper()
	return i18n.With(t.Context(), wholeCatalog(t), locale)
}

func startedClock(t testing.TB, id int64, name law.ClockName, start models.Instant) models.Clock {
	t.Helper()
	rule, ok := law.ClockRuleFor(name)
	if !ok {
		t.Fatalf("no rule for %s", name)
	}
	due := law.Compute(rule, start.Time(), law.DefaultCalendar())
	working, err := json.Marshal(due)
	if err != nil {
		t.Fatal(err)
	}
	return models.Clock{ID: id, CaseID: 1, Name: string(name), Basis: strings.Join(rule.Basis, " "), Side: string(rule.DueHolder), StartedAt: start, DueAt: models.At(due.DueAt),
		Working: string(working), Calendar: due.CalendarName}
}

func testCase() models.CaseFile {
	f := models.CaseFile{}
	f.Ref, f.Title, f.Status, f.Level, f.Area, f.Version = "AJ-440300-2026-0001", "示例公司涉嫌非法集资案", models.CaseOpen, "red", "WLTH", 3
	f.Place, _ = models.PlaceOf("440300")
	f.SubjectKey, f.SubjectName = "91440300MA5TEST001", "示例财富管理有限公司"
	f.Authority = models.Authority{Name: "示例机关", NameEn: "Office"}
	f.Officers = []models.Officer{{ID: 2, Name: "handler1", DisplayName: "周敏", DisplayNameEn: "Zhou Min", EnforcementNumber: "4403001"}, {ID: 3, Name: "handler2", DisplayName: "韩冬", DisplayNameEn: "Han Dong", EnforcementNumber: "4403002"}}
	return f
}

func supervisor() models.Actor {
	scope := models.ScopeOf("440300")
	return models.Actor{UserID: 9, Name: "supervisor1", Permits: map[models.Action]models.Scope{models.ActCaseRead: scope, models.ActCaseOpen: scope,
		models.ActReferralForm: scope, models.ActReferralRead: scope, models.ActCompanyRead: scope, models.ActAlertRead: scope}}
}

func TestClockPanelStates(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	start := at(t, "2026-11-17 15:30")
	for _, tt := range []struct {
		name, now, ended, left, state, class, due string
	}{
		{"running", "2026-11-18 10:00", "", "剩 2 天 14 小时", "进行中", "is-now", "11-20 24:00"},
		{"soon", "2026-11-20 18:35", "", "剩 5 小时 25 分", "即将到期", "is-now", "11-20 24:00"},
		{"over at midnight", "2026-11-21 00:00", "", "迟 0 秒", "已逾期", "is-now", "11-20 24:00"},
		{"late", "2026-11-21 03:00", "", "迟 3 小时", "已逾期", "is-now", "11-20 24:00"},
		{"in time", "2026-11-25 00:00", "2026-11-19 17:00", "提前 1 天 7 小时", "按期", "is-done", "11-20 24:00"},
		{"done late", "2026-11-25 00:00", "2026-11-21 02:00", "迟 2 小时", "逾期办结", "is-done", "11-20 24:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := startedClock(t, 1, law.ClockPrincipalDecision, start)
			if tt.ended != "" {
				c.EndedAt, c.EndedBy = at(t, tt.ended), "approve"
			}
			p := newClockPanel(ctx, []models.Clock{c}, nil, at(t, tt.now))
			card := p.Cards[0]
			if card.Left != tt.left || card.State != tt.state || card.Class != tt.class || !strings.Contains(card.Lines[0], tt.due) {
				t.Errorf("got left %q state %q class %q lines %q", card.Left, card.State, card.Class, card.Lines)
			}
			if !strings.Contains(card.Law, "第五条第二款") || card.Amount != "3 日" {
				t.Errorf("law %q amount %q", card.Law, card.Amount)
			}
			if w := p.Working[0]; w.Due.Short != "11-20 24:00" || w.Due.Exact != "2026-11-20 24:00" || len(w.Days) != 4 || w.Days[0].Class != "is-off" || w.Days[3].Class != "is-end" {
				t.Errorf("working %+v", w)
			}
		})
	}
}

func TestClockNowIsTheNearest(t *testing.T) {
	ctx := speak(t, i18n.English)
	review := startedClock(t, 1, law.ClockPoliceReview, at(t, "2026-11-20 11:00"))
	supply := startedClock(t, 2, law.ClockSupply, at(t, "2026-11-17 11:00"))
	p := newClockPanel(ctx, []models.Clock{review, supply}, pendingClocks(law.StateTeamVerifying), at(t, "2026-11-20 12:00"))
	if p.Cards[0].Class != "" || p.Cards[1].Class != "is-now" {
		t.Errorf("classes %q %q", p.Cards[0].Class, p.Cards[1].Class)
	}
	if len(p.Cards) != 5 || p.Cards[4].State != "Not begun" || len(p.Working) != 2 {
		t.Errorf("cards %d working %d", len(p.Cards), len(p.Working))
	}
	if !strings.Contains(p.Cards[0].Lines[1], "10 days") || len(p.Working[0].Outer) != 3 {
		t.Errorf("outer lines missing: %q %q", p.Cards[0].Lines, p.Working[0].Outer)
	}
}

func TestClockHours(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	c := startedClock(t, 1, law.ClockSendDossier, at(t, "2026-11-19 16:05"))
	for _, tt := range []struct {
		now    string
		used   float64
		anchor string
		says   string
	}{
		{"2026-11-19 16:05", 0, "", "已用 0 秒，共 24 小时"},
		{"2026-11-20 04:05", 150, "t-mid", "已用 12 小时，共 24 小时"},
		{"2026-11-20 16:05", 300, "t-end", "已用 1 天，共 24 小时"},
		{"2026-11-20 18:05", 300, "t-end", "共 24 小时，超出 2 小时"},
	} {
		h := newClockHours(ctx, lookAt(c, at(t, tt.now)), at(t, tt.now))
		if h == nil || h.Used != tt.used || h.Anchor != tt.anchor || h.Says != tt.says {
			t.Errorf("at %s: %+v", tt.now, h)
		}
	}
}

func TestLongCountingIsCut(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	l := clockLook{due: law.Compute(law.ClockRule{Amount: 90, Unit: law.UnitCalendarDay, ExcludeStartDay: true, RollOver: true}, at(t, "2026-09-28 09:00").Time(), law.DefaultCalendar())}
	days := newClockDays(ctx, l)
	if len(days) != headDays+tailDays || !strings.Contains(days[headDays].Class, "is-skip") || days[len(days)-1].Class != "is-end" {
		t.Errorf("%d days: %+v", len(days), days)
	}
}

func TestTwoLine(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	c := startedClock(t, 1, law.ClockPoliceReview, at(t, "2026-11-10 09:48"))
	line := newTwoLine(ctx, c, at(t, "2026-11-20 10:40"))
	if line == nil || len(line.Marks) != 3 {
		t.Fatalf("%+v", line)
	}
	if !strings.Contains(line.First.Text, "11-13") || !strings.Contains(line.Marks[0].Text, "11-20") || line.Marks[2].At != lineLeft+lineWidth || line.Marks[2].Anchor != "t-end" {
		t.Errorf("%+v", line)
	}
	if !strings.Contains(line.Note, "法定 3 日已过") || line.LineAt <= line.First.At || line.LineAt >= line.Marks[0].At {
		t.Errorf("%q %v", line.Note, line.LineAt)
	}
	if newTwoLine(ctx, startedClock(t, 2, law.ClockSupply, at(t, "2026-11-10 09:48")), at(t, "2026-11-11 00:00")) != nil {
		t.Error("a limit without outer lines was drawn")
	}
}

func TestCaseShowPageOffersTheLawfulAct(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	able := testCase().Officers
	referred := testCase()
	referred.Status, referred.ReferralRef, referred.ReferralState = models.CaseReferred, "YS-1", string(law.StateApproved)
	hidden := testCase()
	hidden.Status = models.CaseReferred
	closed := testCase()
	closed.Status = models.CaseClosed
	handler := models.Actor{Permits: map[models.Action]models.Scope{models.ActCaseRead: models.ScopeOf("440300")}}
	other := supervisor()
	other.Permits[models.ActReferralForm] = models.ScopeOf("430100")
	for _, tt := range []struct {
		name       string
		actor      models.Actor
		file       models.CaseFile
		form, next bool
		barred     string
	}{
		{"supervisor", supervisor(), testCase(), true, false, "移交涉案物品"},
		{"handler", handler, testCase(), false, false, "启动移送"},
		{"supervisor elsewhere", other, testCase(), false, false, "启动移送"},
		{"referred", supervisor(), referred, false, true, "作出罚款决定"},
		{"referral hidden", handler, hidden, false, false, "查看移送"},
		{"closed", supervisor(), closed, false, false, "继续办理"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newCaseShowPage(ctx, tt.actor, tt.file, able, nil, caseInput{}, at(t, "2026-11-20 10:00"))
			if (p.FormTeam != nil) != tt.form || (p.Next != nil) != tt.next {
				t.Errorf("form %v next %v", p.FormTeam != nil, p.Next != nil)
			}
			if !slices.ContainsFunc(p.Barred, func(a views.NextAct) bool { return a.Label == tt.barred && a.Reason != "" }) {
				t.Errorf("not barred: %s in %+v", tt.barred, p.Barred)
			}
		})
	}
	p := newCaseShowPage(ctx, supervisor(), testCase(), able, nil, caseInput{}, at(t, "2026-11-20 10:00"))
	if !p.FormTeam.Officers[0].Chosen || !p.FormTeam.Officers[1].Chosen || p.FormTeam.Version != "3" || p.FormTeam.Action != "/cases/AJ-440300-2026-0001/referral" {
		t.Errorf("%+v", p.FormTeam)
	}
	p = newCaseShowPage(ctx, supervisor(), testCase(), able, nil, caseInput{officers: []string{"handler2"}, wrong: map[string]string{"officers": "error.officers_two"}}, at(t, "2026-11-20 10:00"))
	if p.FormTeam.Officers[0].Chosen || !p.FormTeam.Officers[1].Chosen || p.FormTeam.Wrong["officers"] == "" {
		t.Errorf("refused input is not kept: %+v", p.FormTeam)
	}
}

func TestStoryIsNewestFirstAndNamesPeople(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	events := []models.Event{
		{ID: 1, ObjectKind: "case", At: at(t, "2026-11-01 09:00"), ActorName: "supervisor1", Event: "open", Data: "{}"},
		{ID: 3, ObjectKind: "referral", At: at(t, "2026-11-03 09:00"), ActorName: "handler1", Event: "accept", Note: "说明", Data: `{"approver":"何志远"}`},
		{ID: 2, ObjectKind: "referral", At: at(t, "2026-11-02 09:00"), ActorName: "system:scan", Event: "send", Data: `{"number":"示〔2026〕第1号"}`},
	}
	lines := newCaseStory(ctx, events, map[string]string{"handler1": "周敏"})
	if lines[0].Who != "周敏" || lines[0].What != "接受不予立案决定" || lines[0].Note != "说明\n批准人 何志远" {
		t.Errorf("%+v", lines[0])
	}
	if lines[1].Who != "系统" || !strings.Contains(lines[1].Note, "第1号") || lines[2].Who != "supervisor1" || lines[2].What != "登记立卷" {
		t.Errorf("%+v", lines[1:])
	}
}

func TestCaseListForm(t *testing.T) {
	actor := models.Actor{UserID: 7}
	for _, tt := range []struct {
		form caseListForm
		want models.CaseFilter
	}{
		{caseListForm{}, models.CaseFilter{Status: "live", Limit: pageRows}},
		{caseListForm{View: "mine", Text: "鑫"}, models.CaseFilter{Officer: 7, Text: "鑫", Limit: pageRows}},
		{caseListForm{View: "all", After: cursor(listKey{12})}, models.CaseFilter{Before: 12, Limit: pageRows}},
	} {
		got, err := tt.form.filter(actor)
		if err != nil || got != tt.want {
			t.Errorf("%+v: got %+v, %v", tt.form, got, err)
		}
	}
	if _, err := (caseListForm{After: "?"}).filter(actor); err == nil {
		t.Error("an odd cursor was taken")
	}
	line := models.CaseLine{}
	line.ID = 5
	if next := (caseListForm{View: "all"}).next([]models.CaseLine{line}, true); !strings.HasPrefix(next, "/cases?after=") || !strings.Contains(next, "view=all") {
		t.Errorf("next %q", next)
	}
}

func TestCaseNewPage(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	alert := func(ref string, st models.AlertStatus) models.AlertLine {
		al := models.AlertLine{}
		al.Ref, al.Status, al.Level, al.Area = ref, st, "red", "WLTH"
		return al
	}
	alerts := []models.AlertLine{alert("YJ-1", models.AlertProposed), alert("YJ-2", models.AlertNew), alert("YJ-3", models.AlertDismissed)}
	p := newCaseNewPage(ctx, caseNewForm{Alert: []string{"YJ-1"}, Officers: []string{"handler1"}, Title: "名称", Deadline: "x"}, alerts, testCase().Officers, map[string]string{"deadline": "case.error.date"})
	if len(p.Alerts) != 2 || !p.Alerts[0].Chosen || p.Alerts[1].Chosen || !p.Officers[0].Chosen || p.Officers[1].Chosen || p.Title != "名称" || p.Deadline != "x" || len(p.Law) == 0 {
		t.Errorf("%+v", p)
	}
}

// leftover finds message keys that no message was found for.
var leftover = regexp.MustCompile(`\b(case|referral|clock|desk|law|event|field|weekday|document|col|error|area|due|span)\.[a-zA-Z_.]*[a-zA-Z]\b`)

func rendered(t *testing.T, ctx context.Context, page templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if m := leftover.FindString(out); m != "" {
		t.Errorf("a message is missing: %s", m)
	}
	if strings.Contains(out, " style=") || strings.Contains(out, "<script>") {
		t.Error("inline style or script")
	}
	return out
}

func TestCasePagesSpeakBothLanguages(t *testing.T) {
	for _, locale := range []string{i18n.Chinese, i18n.English} {
		ctx := speak(t, locale)
		f := testCase()
		f.Clocks = []models.Clock{startedClock(t, 1, law.ClockPrincipalDecision, at(t, "2026-11-17 15:30")), startedClock(t, 2, law.ClockSendDossier, at(t, "2026-11-19 16:05"))}
		page := newCaseShowPage(ctx, supervisor(), f, f.Officers, nil, caseInput{}, at(t, "2026-11-20 10:00"))
		out := rendered(t, ctx, views.CaseShow(page))
		if strings.Count(out, "btn-primary") != 1 {
			t.Errorf("%s: %d primary buttons", locale, strings.Count(out, "btn-primary"))
		}
		line := f.CaseLine
		line.NextDue, line.NextClock = at(t, "2026-11-21 00:00"), string(law.ClockPrincipalDecision)
		rendered(t, ctx, views.CaseList(newCaseListPage(ctx, supervisor(), caseListForm{}, []models.CaseLine{line}, at(t, "2026-11-20 10:00"))))
		rendered(t, ctx, views.CaseList(newCaseListPage(ctx, supervisor(), caseListForm{}, nil, at(t, "2026-11-20 10:00"))))
		rendered(t, ctx, views.CaseNew(newCaseNewPage(ctx, caseNewForm{}, nil, f.Officers, map[string]string{"officers": "error.officers_two"})))
	}
}

// TestMessagesOfCases finds each key that the pages of this half name, in the catalogue.
func TestMessagesOfCases(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`(?:T|N)\(ctx, "([a-z_]+(?:\.[a-zA-Z_]+)+)"`)
	for _, pattern := range []string{"case*.go", "clock*.go", "referral*.go", "desk*.go", "../views/case*.templ", "../views/clock*.templ", "../views/referral*.templ", "../views/desk*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(b), -1) {
				if !c.Has(m[1]) {
					t.Errorf("%s: no message %s", name, m[1])
				}
			}
		}
	}
	for _, s := range law.States() {
		for _, prefix := range []string{"referral.state.", "referral.wait."} {
			if !c.Has(prefix + string(s)) {
				t.Errorf("no message %s%s", prefix, s)
			}
		}
	}
	for _, r := range law.ClockRules() {
		for _, k := range []string{"clock.name." + string(r.Name), "clock.start." + string(r.Name), "clock.amount." + string(r.Unit), "clock.rule." + string(r.Unit), r.Note} {
			if !c.Has(k) {
				t.Errorf("no message %s", k)
			}
		}
	}
	for _, m := range law.Moves() {
		need := []string{"referral.role." + m.Actor}
		if !c.Has("event.referral." + string(m.Event)) {
			need = append(need, "event."+string(m.Event))
		}
		if m.Event != law.EventFormTeam {
			need = append(need, "referral.act."+string(m.Event))
		}
		if m.Event != law.EventFormTeam {
			need = append(need, "referral.done."+string(m.Event))
		}
		for _, k := range need {
			if !c.Has(k) {
				t.Errorf("no message %s", k)
			}
		}
	}
}
