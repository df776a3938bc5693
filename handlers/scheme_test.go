package handlers

import (
	"strings"
	"testing"

	"xiezhi/detect"
	"xiezhi/detect/money"
	"xiezhi/i18n"
	"xiezhi/models"
)

// The panel masks numbers, counts accounts of another jurisdiction without naming them or their holders, links only what the reader may open, and sets aside counterparties and the accounts of a weaker scheme.
func TestSchemePanel(t *testing.T) {
	ctx := speak(t, i18n.Chinese)
	ref := func(s string) *string { return &s }
	al := models.AlertLine{Alert: models.Alert{LevelRank: 3}}
	f := schemeFile{schemes: []models.Scheme{{ID: 1, LevelRank: 3}, {ID: 2, LevelRank: 1}},
		sheet: &detect.SchemeSheet{Typology: money.FanIn, Also: []money.Typology{money.PassThrough}, AmountFen: 123_456_00, Count: 70, Surprise: 8.6,
			Transfers: []detect.SchemeTransfer{{ID: 1, From: 12, To: 11, Fen: 5_000_00}, {ID: 2, From: 99, To: 11, Fen: 1_00}},
			Signs:     []detect.SchemeSign{{Code: "FLOW-05", Count: 2, Base: 0.012}}},
		members: []models.AlertMember{
			{SchemeID: 1, SubjectID: 11, Kind: models.KindAccount, Key: "6222020000001111", Ref: ref("REF11"), Role: "collector", DivisionCode: "440305", InFen: 9_00,
				OwnerKind: models.KindPerson, OwnerName: "王小明", OwnerKey: "P1"},
			{SchemeID: 1, SubjectID: 12, Kind: models.KindAccount, Key: "6222020000002222", Ref: ref("REF12"), Role: "mule", DivisionCode: "110105",
				OwnerKind: models.KindCompany, OwnerName: "示例公司", OwnerKey: "C1"},
			{SchemeID: 1, SubjectID: 13, Kind: models.KindAccount, Key: "6222020000003333", Ref: ref("REF13"), Role: "victim", Aside: true, DivisionCode: "440305"},
			{SchemeID: 2, SubjectID: 14, Kind: models.KindAccount, Key: "6222020000004444", Ref: ref("REF14"), Role: "payer", DivisionCode: "440305"},
		}, others: map[int64]models.Subject{99: {Kind: models.KindAccount, Key: "6222020000009999"}}}
	actor := models.Actor{Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf("440300"), models.ActAccountRead: models.ScopeOf("440300"), models.ActCompanyRead: models.ScopeOf("440300")}}
	p := newSchemePanel(ctx, actor, al, f)
	if len(p.Acting) != 2 || len(p.Beside) != 2 || len(p.Transfers) != 2 || len(p.Signs) != 1 {
		t.Fatalf("%+v", p)
	}
	if p.Acting[0].URL != "/accounts/REF11" || p.Acting[1].URL != "" || p.Acting[1].Holder.Text != "" || p.Acting[1].Name != i18n.T(ctx, "scheme.outside") || p.Acting[0].Holder.Text != "王**" {
		t.Errorf("%+v", p.Acting)
	}
	if !strings.Contains(p.Chance, "8") || !strings.Contains(p.Cut, "70") || !strings.Contains(p.Signs[0], "FLOW-05") || p.Also == "" {
		t.Errorf("%q %q %q %q", p.Chance, p.Cut, p.Signs, p.Also)
	}
	for _, row := range append(p.Acting, p.Beside...) {
		outside := row.Name == i18n.T(ctx, "scheme.outside")
		if strings.Contains(row.Name, "622202") || !outside && !strings.Contains(row.Name, "****") {
			t.Errorf("%q is not masked", row.Name)
		}
	}
	if p.Transfers[1].From.Text != i18n.T(ctx, "scheme.outside") || !strings.Contains(p.Transfers[1].To.Text, "****1111") {
		t.Errorf("%+v", p.Transfers[1])
	}
}

// Whom an alert is about is named without its personal number, in pages and in the API.
func TestPartyIsMasked(t *testing.T) {
	ctx, ref := speak(t, i18n.Chinese), "REF1"
	for _, c := range []struct {
		kind             models.SubjectKind
		key, name        string
		shown, code, api string
	}{
		{models.KindAccount, "6222020000001111", "", "账户 ****1111", "****1111", "account:REF1"},
		{models.KindPerson, "110101199001011234", "王小明", "王**", "110***********1234", "person:REF1"},
		{models.KindCompany, "C1", "示例公司", "示例公司", "C1", "company:C1"},
		{"", "C1", "", "C1", "C1", "company:C1"},
	} {
		if got := partyName(ctx, c.kind, c.name, c.key); got != c.shown {
			t.Errorf("%s shows as %q", c.kind, got)
		}
		if got := partyCode(c.kind, c.key); got != c.code {
			t.Errorf("%s has code %q", c.kind, got)
		}
		if got := partyWritten(c.kind, c.key, &ref); got != c.api {
			t.Errorf("%s is written %q", c.kind, got)
		}
	}
}
