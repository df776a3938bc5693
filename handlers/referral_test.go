package handlers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

func testReferral(state law.State, moves ...law.Event) models.ReferralFile {
	amount, people, loss := int64(3420000000), int64(618), int64(1180000000)
	f := models.ReferralFile{Moves: moves, Officers: testCase().Officers}
	f.Referral = models.Referral{ID: 1, Ref: "YS-440300-2026-0001", State: state, Facts: "查明的事实", Offence: "176", AmountFen: &amount, People: &people, LossFen: &loss,
		Evidence: "1. 甲\n2. 乙", Version: 4}
	f.Place, _ = models.PlaceOf("440300")
	f.CaseRef, f.CaseTitle, f.CaseLevel, f.CaseArea = "AJ-440300-2026-0001", "示例公司涉嫌非法集资案", "red", "WLTH"
	f.SubjectKey, f.SubjectName = "91440300MA5TEST001", "示例财富管理有限公司"
	f.Authority = models.Authority{ID: 1, Name: "示例市地方金融管理局", ShortName: "示金处非移", Phone: "0755-0000000"}
	f.Police = models.Authority{ID: 2, Code: "440300-police", Name: "示例市公安局", NameEn: "Police"}
	f.Procuratorate = &models.Authority{ID: 3, Name: "示例市人民检察院"}
	f.Documents = []models.Document{{Kind: models.DocumentReport, Revision: 1, SHA256: strings.Repeat("ab", 32), Pages: 18}}
	return f
}

func withLetter(t *testing.T, f models.ReferralFile) models.ReferralFile {
	t.Helper()
	f.DeliveredAt, f.ItemList, f.ExpertReport = at(t, "2026-11-20 10:00"), "合同 12 份", "无"
	paper := draftPaper(f, f.DeliveredAt)
	paper.Number = "示金处非移〔2026〕第3号"
	source, err := json.Marshal(paper)
	if err != nil {
		t.Fatal(err)
	}
	f.Documents = append(f.Documents, models.Document{Kind: models.DocumentLetter, Revision: 1, Number: paper.Number, SHA256: strings.Repeat("cd", 32), Pages: 3, Source: string(source)})
	return f
}

func TestActPanelOffersExactlyTheLawfulMoves(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	for _, tt := range []struct {
		name    string
		file    models.ReferralFile
		primary string
		others  []string
		barred  []string
	}{
		{"handler verifies", testReferral(law.StateTeamVerifying, law.EventSubmitReport), "submit_report", nil, []string{"提前通报公安机关"}},
		{"principal decides", testReferral(law.StatePendingPrincipal, law.EventApprove, law.EventReject), "approve", []string{"reject"}, nil},
		{"handler waits", testReferral(law.StatePendingPrincipal), "", nil, []string{"批准移送", "不批准移送"}},
		{"handler after refusal", testReferral(law.StateNotApproved, law.EventResubmit, law.EventContinueAdmin), "resubmit", []string{"continue_admin"}, []string{"责令限期移送"}},
		{"police received", testReferral(law.StateReceived, law.EventRequestSupplement, law.EventStartReview), "start_review", []string{"request_supplement"}, []string{"转送有管辖权的机关"}},
		{"police review", testReferral(law.StateUnderReview, law.EventFile, law.EventDecline), "file", []string{"decline"}, []string{"延长审查期限"}},
		{"finished", testReferral(law.StateClosed), "", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newActPanel(ctx, tt.file, actInput{}, "", models.At(time.Now()))
			var primary string
			var others, barred []string
			for _, f := range p.Forms {
				if f.Primary {
					primary = f.Event
					continue
				}
				others = append(others, f.Event)
			}
			for _, b := range p.Barred {
				barred = append(barred, b.Label)
				if b.Reason == "" {
					t.Errorf("no reason beside %s", b.Label)
				}
			}
			if primary != tt.primary || !slices.Equal(others, tt.others) {
				t.Errorf("primary %q others %q", primary, others)
			}
			for _, want := range tt.barred {
				if !slices.Contains(barred, want) {
					t.Errorf("%s is not listed in %q", want, barred)
				}
			}
			if len(p.Forms)+len(p.Barred) != len(law.MovesFrom(tt.file.State)) {
				t.Errorf("%d forms and %d barred of %d moves", len(p.Forms), len(p.Barred), len(law.MovesFrom(tt.file.State)))
			}
		})
	}
}

func TestRefusedFormKeepsItsInput(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	in := actInput{event: law.EventDecline, values: map[string]string{"approver": "李局", "reason": ""}, wrong: map[string]string{"reason": "error.required", "number": "error.required"}}
	p := newActPanel(ctx, testReferral(law.StateUnderReview, law.EventFile, law.EventDecline), in, backDesk, models.At(time.Now()))
	decline := p.Forms[1]
	if decline.Event != "decline" || !decline.Open || decline.Back != backDesk || len(decline.Follows) != 3 {
		t.Fatalf("%+v", decline)
	}
	if decline.Fields[0].Value != "李局" || decline.Fields[1].Wrong != "error.required" || p.Forms[0].Fields[0].Value != "" {
		t.Errorf("%+v", decline.Fields)
	}
	ids := map[string]bool{}
	for _, f := range p.Forms {
		for _, field := range f.Fields {
			if ids[field.ID] {
				t.Errorf("the id %s is there twice", field.ID)
			}
			ids[field.ID] = true
		}
	}
}

func TestFormFieldsStartWithWhatIsKnown(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	values := func(e law.Event, f models.ReferralFile) map[string]string {
		out := map[string]string{}
		for _, field := range newActForm(ctx, f, e, actInput{}, "", models.At(time.Now())).Fields {
			out[field.Name] = field.Value
		}
		return out
	}
	fresh := testReferral(law.StateTeamVerifying, law.EventSubmitReport)
	fresh.Facts, fresh.Offence, fresh.Evidence = "", "", ""
	if v := values(law.EventSubmitReport, fresh); v["facts"] != "" || v["offence"] != "176" || v["evidence"] != "" {
		t.Errorf("submit_report: %v", v)
	}
	if v := values(law.EventResubmit, testReferral(law.StateNotApproved)); v["facts"] != "查明的事实" || v["amount"] != "34200000.00" || v["people"] != "618" || v["evidence"] == "" {
		t.Errorf("resubmit: %v", v)
	}
	if v := values(law.EventSend, testReferral(law.StateApproved)); v["item_list"] != "" || v["expert_report"] != "" {
		t.Errorf("send states for the officer that there is nothing: %v", v)
	}
}

func TestActFormInput(t *testing.T) {
	f := actForm{Facts: "事实", Offence: "", OffenceText: " 组织卖淫 ", Amount: "100", Reason: "理由", Note: "说明", Documents: "甲\n\n 乙 \r\n", Version: "7", Back: backDesk}
	in := f.input()
	want := map[string]string{"facts": "事实", "offence": "组织卖淫", "amount": "100"}
	if !maps.Equal(in.Fields, want) || !slices.Equal(in.Documents, []string{"甲", "乙"}) || in.Version != 7 || in.Reason != "理由" || in.Note != "说明" {
		t.Errorf("%+v", in)
	}
	f.Offence = "192"
	if in := f.input(); in.Fields["offence"] != "192" {
		t.Errorf("the choice gives way to the free text: %v", in.Fields)
	}
}

func TestChecksOfTheDossier(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	words := func(f models.ReferralFile) []string {
		var list []string
		for _, c := range newChecks(ctx, f) {
			list = append(list, c.Word)
		}
		return list
	}
	none := testReferral(law.StateTeamVerifying)
	none.Documents, none.Evidence = nil, ""
	sent := withLetter(t, testReferral(law.StateDelivered))
	gap := sent
	gap.ItemList = ""
	for _, tt := range []struct {
		name string
		file models.ReferralFile
		want []string
	}{
		{"nothing yet", none, []string{"缺", "缺", "待填写", "待填写", "待列入"}},
		{"reported", testReferral(law.StateApproved), []string{"缺", "齐", "待填写", "待填写", "齐"}},
		{"sent", sent, []string{"齐", "齐", "齐", "注明“无”", "齐"}},
		{"sent with a gap", gap, []string{"齐", "齐", "缺", "注明“无”", "齐"}},
	} {
		if got := words(tt.file); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

func TestThresholds(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	r := testReferral(law.StateApproved).Referral
	table := newThresholds(ctx, r)
	if len(table.Filing) != 5 || table.Filing[0].Times != "34.2" || !table.Filing[0].Reached || table.Filing[0].Limit != "100万" || table.Filing[1].Measured != "618" {
		t.Errorf("%+v", table.Filing)
	}
	if table.Filing[3].Condition == "" || table.Filing[3].Reached {
		t.Errorf("a line with a condition counts as reached: %+v", table.Filing[3])
	}
	if !strings.Contains(table.Verdict, "达到立案追诉标准") || len(table.Graver) == 0 {
		t.Errorf("%q %+v", table.Verdict, table.Graver)
	}
	r.AmountFen, r.People, r.LossFen = nil, nil, nil
	if table := newThresholds(ctx, r); table.Filing[0].Measured != i18n.Unknown || table.Filing[0].Reached || len(table.Graver) != 0 || !strings.Contains(table.Verdict, "尚未达到") {
		t.Errorf("unknown figures: %+v", table)
	}
	r.Offence = "另一罪名"
	if table := newThresholds(ctx, r); len(table.Filing) != 0 || table.Offence != "另一罪名" {
		t.Errorf("%+v", table)
	}
}

func TestSteps(t *testing.T) {
	ctx := speak(t, i18n.English)
	for _, tt := range []struct {
		state     law.State
		delivered bool
		now       int
	}{
		{law.StateTeamVerifying, false, 0}, {law.StatePendingPrincipal, false, 1}, {law.StateNotApproved, false, 1}, {law.StateApproved, false, 2}, {law.StateDelivered, true, 3},
		{law.StateSupplementRequested, true, 4}, {law.StateUnderReview, true, 4}, {law.StateCaseFiled, true, 5}, {law.StateAdminContinues, true, 5}, {law.StateAdminContinues, false, 1},
	} {
		f := testReferral(tt.state)
		if tt.delivered {
			f.DeliveredAt = at(t, "2026-11-20 10:00")
		}
		steps := newSteps(ctx, f)
		for i, s := range steps {
			want := ""
			switch {
			case i < tt.now:
				want = "is-done"
			case i == tt.now:
				want = "is-now"
			}
			if s.Class != want {
				t.Errorf("%s: step %d is %q", tt.state, i, s.Class)
			}
		}
	}
}

func TestPaperView(t *testing.T) {
	ctx := speak(t, i18n.English)
	now := at(t, "2026-11-20 10:00")
	empty := testReferral(law.StateTeamVerifying)
	empty.Facts = ""
	if v, err := newPaperView(ctx, empty, now); err != nil || v.Shown || v.Hint == "" {
		t.Errorf("%+v %v", v, err)
	}
	draft, err := newPaperView(ctx, testReferral(law.StateApproved), now)
	if err != nil || !draft.Shown || !draft.Draft || len(draft.Part.Blocks) == 0 {
		t.Fatalf("%+v %v", draft, err)
	}
	if out := rendered(t, ctx, views.Paper(draft)); !strings.Contains(out, "草稿") || !strings.Contains(out, `lang="zh-CN"`) {
		t.Error("the draft is not marked")
	}
	issued, err := newPaperView(ctx, withLetter(t, testReferral(law.StateDelivered)), now)
	if err != nil || issued.Draft || !strings.Contains(issued.Caption, "cdcdcdcd") {
		t.Fatalf("%+v %v", issued, err)
	}
	if out := rendered(t, ctx, views.Paper(issued)); strings.Contains(out, "草稿") || !strings.Contains(out, "〔2026〕第3号") {
		t.Error("the issued letter lacks its number or reads as a draft")
	}
	broken := withLetter(t, testReferral(law.StateDelivered))
	broken.Documents[1].Source = "{"
	if _, err := newPaperView(ctx, broken, now); err == nil {
		t.Error("a broken source was shown")
	}
}

func TestReferralPagesSpeakBothLanguages(t *testing.T) {
	now := at(t, "2026-11-20 10:40")
	for _, locale := range []string{i18n.Chinese, i18n.English} {
		ctx := speak(t, locale)
		for _, s := range law.States() {
			f := testReferral(s)
			for _, m := range law.MovesFrom(s) {
				f.Moves = append(f.Moves, m.Event)
			}
			if stageOf(s) >= 3 {
				f = withLetter(t, f)
			}
			f.Clocks = []models.Clock{startedClock(t, 1, law.ClockPoliceReview, at(t, "2026-11-10 09:48"))}
			page, err := newReferralShowPage(ctx, supervisor(), f, nil, actInput{}, now)
			if err != nil {
				t.Fatal(err)
			}
			out := rendered(t, ctx, views.ReferralShow(page))
			if n := strings.Count(out, "btn-primary"); n != min(1, len(f.Moves)) {
				t.Errorf("%s %s: %d primary buttons", locale, s, n)
			}
			desk := newDeskPage(ctx, []models.ReferralLine{f.ReferralLine}, f.Ref, now)
			desk.Chosen = newDeskReferral(ctx, f, nil, actInput{}, now)
			if s == law.StateUnderReview && !strings.Contains(rendered(t, ctx, views.Desk(desk)), `role="img"`) {
				t.Error("the desk draws no timer")
			}
		}
		rendered(t, ctx, views.ReferralList(newReferralListPage(ctx, referralListForm{}, []models.ReferralLine{testReferral(law.StateApproved).ReferralLine}, now)))
		rendered(t, ctx, views.ReferralList(newReferralListPage(ctx, referralListForm{View: "all"}, nil, now)))
	}
}

func TestDeskOrder(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	line := func(ref string, state law.State, delivered string, clocks ...models.Clock) models.ReferralLine {
		l := testReferral(state).ReferralLine
		l.Ref, l.DeliveredAt, l.Clocks = ref, at(t, delivered), clocks
		return l
	}
	review := startedClock(t, 1, law.ClockPoliceReview, at(t, "2026-11-19 09:00"))
	late := startedClock(t, 2, law.ClockPoliceReview, at(t, "2026-11-10 09:00"))
	supply := startedClock(t, 3, law.ClockSupply, at(t, "2026-11-20 09:00"))
	list := byUrgency([]models.ReferralLine{line("running", law.StateUnderReview, "2026-11-18 09:00", review), line("unsigned", law.StateDelivered, "2026-11-20 09:00"),
		line("late", law.StateUnderReview, "2026-11-09 09:00", late), line("supplement", law.StateSupplementRequested, "2026-11-20 09:00", supply)})
	p := newDeskPage(ctx, list, "late", at(t, "2026-11-20 10:00"))
	var got []string
	for _, it := range p.List {
		got = append(got, it.URL[len("/desk?ref="):]+" "+it.Due.State)
	}
	if want := []string{"late late", "unsigned soon", "running ok", "supplement paused"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if !p.List[0].Here || p.List[1].Here {
		t.Error("the chosen one is not marked")
	}
}

func TestDisposition(t *testing.T) {
	got := disposition("YS-1", models.Document{Kind: "letter", Number: "示〔2026〕第3号"})
	if got != `attachment; filename="YS-1-letter.pdf"; filename*=UTF-8''%E7%A4%BA%E3%80%942026%E3%80%95%E7%AC%AC3%E5%8F%B7.pdf` {
		t.Error(got)
	}
	if got := disposition("YS-1", models.Document{Kind: "report"}); !strings.HasSuffix(got, "''YS-1-report.pdf") {
		t.Error(got)
	}
}

func TestReferralJSON(t *testing.T) {
	f := withLetter(t, testReferral(law.StateReceived, law.EventStartReview))
	f.Clocks = []models.Clock{startedClock(t, 1, law.ClockPoliceReview, at(t, "2026-11-20 11:00"))}
	done := startedClock(t, 2, law.ClockSendDossier, at(t, "2026-11-19 11:00"))
	done.EndedAt = at(t, "2026-11-20 10:00")
	f.Clocks = append(f.Clocks, done)
	f.Events = []models.Event{{ID: 2, At: at(t, "2026-11-20 11:00"), Event: "sign_receipt", ActorName: "police1"}, {ID: 1, At: at(t, "2026-11-19 11:00"), Event: "approve", ActorName: "principal1"}}
	b, err := json.Marshal(newReferralJSON(f, at(t, "2026-11-20 12:00")))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ref, State, Case, Police string
		Officers, Moves          []string
		Version                  int64
		Clocks                   []map[string]any
		Documents                []map[string]any
		Timeline                 []map[string]any
		Fields                   map[string]any
		Outcome                  any
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Ref != f.Ref || got.State != "RECEIVED" || got.Case != f.CaseRef || got.Version != 4 || !slices.Equal(got.Officers, []string{"handler1", "handler2"}) || !slices.Equal(got.Moves, []string{"start_review"}) {
		t.Errorf("%+v", got)
	}
	c := got.Clocks[0]
	if c["name"] != "police_review" || c["article"] != "310.8" || c["state"] != "running" || c["ended_at"] != nil || len(c["outer_at"].([]any)) != 3 || c["due_at"] != "2026-11-23T16:00:00Z" {
		t.Errorf("%v", c)
	}
	if got.Clocks[1]["state"] != "done_in_time" || got.Clocks[1]["ended_at"] == nil {
		t.Errorf("%v", got.Clocks[1])
	}
	if got.Documents[1]["number"] != "示金处非移〔2026〕第3号" || got.Documents[0]["pages"] != 18.0 || got.Timeline[0]["event"] != "approve" || got.Outcome != nil {
		t.Errorf("%v %v", got.Documents, got.Timeline)
	}
	if got.Fields["amount"] != "34200000.00" || got.Fields["people"] != 618.0 {
		t.Errorf("%v", got.Fields)
	}
}

func TestReferralMoveJSONTakesNumbers(t *testing.T) {
	var in referralMoveJSON
	if err := json.Unmarshal([]byte(`{"reason":"r","documents":["a"],"version":2,"fields":{"amount":34200000.5,"people":"618","facts":"f","loss":null}}`), &in); err != nil {
		t.Fatal(err)
	}
	got := in.input()
	if !maps.Equal(got.Fields, map[string]string{"amount": "34200000.5", "people": "618", "facts": "f", "loss": ""}) || got.Version != 2 || got.Reason != "r" || len(got.Documents) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCaseJSON(t *testing.T) {
	f := testCase()
	b, err := json.Marshal(newCaseJSON(f, at(t, "2026-11-20 12:00")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"ref":"AJ-440300-2026-0001"`, `"status":"open"`, `"officers":["handler1","handler2"]`, `"referral":null`, `"clocks":[]`, `"timeline":[]`, `"deadline":null`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing in %s", want, b)
		}
	}
}
