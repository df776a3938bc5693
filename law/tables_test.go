package law

import (
	"os"
	"strings"
	"testing"
)

func ptr(n int64) *int64 { return &n }

func TestEveryCitationIsKnown(t *testing.T) {
	check := func(where string, ids ...string) {
		for _, id := range ids {
			if _, ok := ArticleByID(id); !ok {
				t.Errorf("%s cites %s, which is not in articles.csv", where, id)
			}
		}
	}
	for _, table := range Machines() {
		for _, m := range table.Moves() {
			check(string(table.Name)+" "+string(m.From)+" "+string(m.Event), m.Articles...)
			if len(m.Articles) == 0 && table.Name != MachineReferral {
				t.Errorf("%s %s %s has no article", table.Name, m.From, m.Event)
			}
		}
	}
	for _, r := range ClockRules() {
		check(string(r.Name), r.Basis...)
		check(string(r.Name), r.OuterBasis...)
		if r.Note == "" || len(r.Basis) == 0 {
			t.Errorf("%s has no note or no basis", r.Name)
		}
	}
	for _, o := range Offences() {
		check(o.Code, o.Basis...)
		for _, l := range o.Thresholds {
			check(o.Code, l.Article)
			if l.LimitHigh != 0 && l.LimitHigh < l.Limit {
				t.Errorf("%s: range %d to %d", o.Code, l.Limit, l.LimitHigh)
			}
		}
	}
	for _, id := range []string{"737.2", "737.9", "737.11", "737.19", "737.20", "737.21", "737.23", "JI2022.1", "JI2022.3", "PIPL.24", "ATF.18.4", "MPS2020.182"} {
		check("the indicators", id)
	}
}

func TestArticlesAreComplete(t *testing.T) {
	for _, a := range Articles() {
		if a.CitationZh == "" || a.CitationEn == "" || a.SummaryZh == "" || a.SummaryEn == "" {
			t.Errorf("%s is incomplete", a.ID)
		}
		if a.Status != TextRead && a.Status != TextExcerpt && a.Status != TextRecalled {
			t.Errorf("%s has status %q", a.ID, a.Status)
		}
		if !strings.HasPrefix(a.ID, a.Law) {
			t.Errorf("%s is of %s", a.ID, a.Law)
		}
	}
	a, _ := ArticleByID("310.5.2")
	if a.Citation("zh-CN") != "《行政执法机关移送涉嫌犯罪案件的规定》第五条第二款" || !strings.HasSuffix(a.Citation("en"), "art. 5(2)") || a.Summary("en") == a.Summary("zh-CN") {
		t.Errorf("citation %s, %s", a.Citation("zh-CN"), a.Citation("en"))
	}
}

func TestClockRules(t *testing.T) {
	tests := []struct {
		name   ClockName
		amount int
		unit   Unit
		holder Holder
	}{
		{ClockPrincipalDecision, 3, UnitCalendarDay, HolderAgency}, {ClockSendDossier, 24, UnitHour, HolderAgency},
		{ClockPoliceReview, 3, UnitCalendarDay, HolderPolice}, {ClockSupply, 3, UnitCalendarDay, HolderAgency},
		{ClockHandOver, 3, UnitCalendarDay, HolderAgency}, {ClockReconsideration, 3, UnitCalendarDay, HolderAgency},
		{ClockReconsiderationDecision, 3, UnitCalendarDay, HolderPolice}, {ClockSupervisionRequest, 3, UnitCalendarDay, HolderAgency},
		{ClockPoliceExplain, 7, UnitCalendarDay, HolderPolice}, {ClockFileAsOrdered, 15, UnitCalendarDay, HolderPolice}, {ClockReportResult, 0, UnitAsSet, HolderAgency},
		{ClockPenaltyDecision, 90, UnitCalendarDay, HolderAgency}, {ClockHearingRequest, 5, UnitWorkingDay, HolderParty}, {ClockService, 7, UnitWorkingDay, HolderAgency},
		{ClockPayment, 15, UnitCalendarDay, HolderParty}, {ClockSeizure, 30, UnitCalendarDay, HolderAgency}, {ClockPreservation, 7, UnitWorkingDay, HolderAgency},
		{ClockObjectionAccept, 5, UnitWorkingDay, HolderAgency}, {ClockObjectionDecide, 15, UnitWorkingDay, HolderAgency},
	}
	if len(ClockRules()) != len(tests) {
		t.Errorf("%d rules", len(ClockRules()))
	}
	for _, tt := range tests {
		r, ok := ClockRuleFor(tt.name)
		if !ok || r.Amount != tt.amount || r.Unit != tt.unit || r.DueHolder != tt.holder {
			t.Errorf("%s: %+v", tt.name, r)
		}
		if r.Unit == UnitCalendarDay && (!r.ExcludeStartDay || !r.RollOver) {
			t.Errorf("%s does not exclude its start or does not roll over", tt.name)
		}
		if r.Advisory != (tt.name == ClockSupervisionRequest) {
			t.Errorf("%s: advisory %v", tt.name, r.Advisory)
		}
	}
}

func TestReached(t *testing.T) {
	tests := []struct {
		name    string
		offence string
		measure Measure
		tiers   map[Tier]bool
	}{
		{"a million to the fen", "176", Measure{AmountFen: ptr(100_000_000)}, map[Tier]bool{TierFiling: true}},
		{"a fen less", "176", Measure{AmountFen: ptr(99_999_999)}, map[Tier]bool{}},
		{"150 people", "176", Measure{People: ptr(150)}, map[Tier]bool{TierFiling: true}},
		{"149 people and half a million without more", "176", Measure{People: ptr(149), AmountFen: ptr(50_000_000)}, map[Tier]bool{}},
		{"loss of half a million", "176", Measure{LossFen: ptr(50_000_000)}, map[Tier]bool{TierFiling: true}},
		{"five million", "176", Measure{AmountFen: ptr(500_000_000)}, map[Tier]bool{TierFiling: true, TierSerious: true}},
		{"5,000 people", "176", Measure{People: ptr(5000)}, map[Tier]bool{TierFiling: true, TierSerious: true, TierEspeciallySerious: true}},
		{"nothing known", "176", Measure{}, map[Tier]bool{}},
		{"fraud of 100,000", "192", Measure{AmountFen: ptr(10_000_000)}, map[Tier]bool{TierFiling: true}},
		{"200 specific people", "179", Measure{People: ptr(200)}, map[Tier]bool{}},
		{"201 specific people", "179", Measure{People: ptr(201)}, map[Tier]bool{TierFiling: true}},
		{"30 people in 2 levels", "224-1", Measure{People: ptr(30), Levels: ptr(2)}, map[Tier]bool{}},
		{"30 people, levels unknown", "224-1", Measure{People: ptr(30)}, map[Tier]bool{}},
		{"3 levels of 29", "224-1", Measure{People: ptr(29), Levels: ptr(3)}, map[Tier]bool{}},
		{"30 people in 3 levels", "224-1", Measure{People: ptr(30), Levels: ptr(3)}, map[Tier]bool{TierFiling: true}},
		{"120 people", "224-1", Measure{People: ptr(120), Levels: ptr(4)}, map[Tier]bool{TierFiling: true, TierSerious: true}},
		{"payment gain", "225-pay", Measure{GainFen: ptr(10_000_000)}, map[Tier]bool{TierFiling: true}},
		{"three objects", "287-2", Measure{Objects: ptr(3)}, map[Tier]bool{TierFiling: true}},
		{"adverts", "287-2", Measure{AdvertFen: ptr(4_999_999)}, map[Tier]bool{}},
		{"lending is never computed alone", "225-loan", Measure{AmountFen: ptr(1_000_000_000)}, map[Tier]bool{}},
		{"laundering has no line", "191", Measure{AmountFen: ptr(1_000_000_000)}, map[Tier]bool{}},
	}
	for _, tt := range tests {
		o, ok := OffenceByCode(tt.offence)
		if !ok {
			t.Fatalf("no offence %s", tt.offence)
		}
		lines := Reached(o, tt.measure)
		for _, tier := range []Tier{TierFiling, TierSerious, TierEspeciallySerious} {
			if got := TierReached(lines, tier); got != tt.tiers[tier] {
				t.Errorf("%s: %s reached %v", tt.name, tier, got)
			}
		}
	}
	o, _ := OffenceByCode("176")
	lines := Reached(o, Measure{AmountFen: ptr(250_000_000)})
	if l := lines[0]; !l.Known || l.Measured != 250_000_000 || l.Limit != 100_000_000 || l.Times != 2.5 || l.Name != "law.quantity.amount" {
		t.Errorf("line %+v", l)
	}
	if l := lines[1]; l.Known || l.Reached || l.Times != 0 {
		t.Errorf("an unknown quantity counts: %+v", l)
	}
	if _, ok := OffenceByCode("1"); ok || len(Offences()) != 11 {
		t.Error("the offences are not those of the table")
	}
}

func TestLoadFullTexts(t *testing.T) {
	full, err := LoadFullTexts(strings.NewReader(`{"_meta": {"note": [1]}, "310": {"title": "规定", "articles": {"5": "甲\n乙"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := full.Text("310.5.2"); !ok || text != "甲\n乙" {
		t.Errorf("text %q", text)
	}
	if title, ok := full.Title("310"); !ok || title != "规定" {
		t.Errorf("title %q", title)
	}
	for _, id := range []string{"310.6", "737.1", "310", ""} {
		if _, ok := full.Text(id); ok {
			t.Errorf("a text for %q", id)
		}
	}
	if _, ok := (FullTexts{}).Text("310.5"); ok {
		t.Error("the zero value has a text")
	}
	for _, bad := range []string{"", "[]", "{}", `{"310": 4}`, `{"310": {"articles": {"1": 2}}}`, `{"310": {}}`} {
		if _, err := LoadFullTexts(strings.NewReader(bad)); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestReadTextsHaveTheCitedArticles(t *testing.T) {
	f, err := os.Open("../../shared/spec/articles.json")
	if err != nil {
		t.Skip("the texts of the articles are not beside this checkout:", err)
	}
	defer f.Close()
	full, err := LoadFullTexts(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range Articles() {
		if _, loaded := full.Title(a.Law); !loaded || a.Status != TextRead {
			continue
		}
		if _, ok := full.Text(a.ID); !ok {
			t.Errorf("%s is said to be read and has no text", a.ID)
		}
	}
}
