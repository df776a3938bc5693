package handlers

import (
	"context"
	"strconv"
	"strings"

	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// shownMembers is how many accounts of an alert its page lists.
const shownMembers = 300

// schemeFile is what is stored of the schemes of an alert.
type schemeFile struct {
	schemes []models.Scheme
	sheet   *detect.SchemeSheet // of the strongest scheme
	members []models.AlertMember
	more    bool
	doubts  map[int64]models.SchemeDoubt
	others  map[int64]models.Subject // accounts of proving transfers that are no members
}

func (a *App) schemeFile(ctx context.Context, al models.AlertLine) (schemeFile, error) {
	var f schemeFile
	var err error
	if f.schemes, err = a.Store.Schemes(ctx, al.ID); err != nil || len(f.schemes) == 0 {
		return f, err
	}
	row, err := a.Store.AssessmentByID(ctx, &f.schemes[0].AssessmentID)
	if err != nil {
		return f, err
	}
	as, err := readAssessment(row)
	if err != nil {
		return f, err
	}
	f.sheet = as.Scheme
	if f.doubts, err = a.Store.SchemeDoubts(ctx, al.ID); err != nil {
		return f, err
	}
	if f.members, f.more, err = a.Store.AlertMembers(ctx, al.ID, shownMembers); err != nil {
		return f, err
	}
	known := map[int64]bool{}
	for _, m := range f.members {
		known[m.SubjectID] = true
	}
	var ids []int64
	if f.sheet != nil {
		for _, t := range f.sheet.Transfers {
			for _, id := range []int64{t.From, t.To} {
				if !known[id] {
					known[id] = true
					ids = append(ids, id)
				}
			}
		}
	}
	f.others, err = a.Store.UnscopedSubjects(ctx, ids)
	return f, err
}

// newSchemePanel shows who acts in the schemes of an alert, who stands beside them, and the transfers that prove the strongest.
func newSchemePanel(ctx context.Context, actor models.Actor, al models.AlertLine, f schemeFile) *views.SchemePanel {
	if f.sheet == nil {
		return nil
	}
	s := f.sheet
	p := &views.SchemePanel{Amount: i18n.Money(ctx, &s.AmountFen), From: whenMinute(s.First), Until: whenMinute(s.Last), Count: i18n.Integer(ctx, int64(s.Count))}
	var also []string
	for _, t := range s.Also {
		also = append(also, i18n.T(ctx, "money.name."+string(t)))
	}
	p.Pattern = i18n.T(ctx, "money.name."+string(s.Typology))
	p.Also = strings.Join(also, i18n.T(ctx, "punct.list"))
	if s.Surprise >= 1 {
		p.Chance = i18n.T(ctx, "scheme.chance", "n", strconv.FormatInt(min(int64(s.Surprise), 12), 10))
	}
	levels := map[int64]models.Scheme{}
	for _, h := range f.schemes {
		levels[h.ID] = h
	}
	names := map[int64]views.Link{}
	for _, m := range f.members {
		row := newMemberRow(ctx, actor, m)
		names[m.SubjectID] = views.Link{Text: row.Name, URL: row.URL}
		if h := levels[m.SchemeID]; m.Aside || h.LevelRank < al.LevelRank {
			p.Beside = append(p.Beside, row)
			continue
		}
		p.Acting = append(p.Acting, row)
	}
	p.More = f.more
	for _, t := range s.Transfers {
		p.Transfers = append(p.Transfers, views.SchemeTransfer{At: whenMinute(t.At), From: endOf(ctx, actor, names, f.others, t.From), To: endOf(ctx, actor, names, f.others, t.To),
			Amount: i18n.Money(ctx, &t.Fen)})
	}
	for _, sign := range s.Signs {
		p.Signs = append(p.Signs, i18n.T(ctx, "scheme.sign", "name", i18n.T(ctx, "indicator."+sign.Code+".name"), "code", sign.Code,
			"n", i18n.Integer(ctx, int64(sign.Count)), "base", i18n.Percent(ctx, sign.Base)))
	}
	for _, h := range f.schemes {
		if d, ok := f.doubts[h.ID]; ok {
			p.Doubts = append(p.Doubts, i18n.T(ctx, "scheme.doubt", "n", i18n.Integer(ctx, d.Transfers), "at", shortMoment(d.DoubtedAt)))
		}
	}
	if s.Count > len(s.Transfers) {
		p.Cut = i18n.T(ctx, "scheme.cut", "shown", i18n.Integer(ctx, int64(len(s.Transfers))), "all", i18n.Integer(ctx, int64(s.Count)))
	}
	return p
}

func endOf(ctx context.Context, actor models.Actor, names map[int64]views.Link, others map[int64]models.Subject, id int64) views.Link {
	if l, ok := names[id]; ok {
		return l
	}
	sub := others[id]
	if !actor.CanAt(models.ActAlertRead, sub.Place) {
		return views.Link{Text: i18n.T(ctx, "scheme.outside")}
	}
	return views.Link{Text: partyName(ctx, sub.Kind, sub.Name, sub.Key)}
}

func newMemberRow(ctx context.Context, actor models.Actor, m models.AlertMember) views.MemberRow {
	place, _ := models.PlaceOf(m.DivisionCode)
	r := views.MemberRow{Role: i18n.T(ctx, "role.money."+m.Role), Name: partyName(ctx, m.Kind, m.Name, m.Key), URL: partyURL(actor, m.Kind, m.Key, m.Ref, place),
		Place: shortPlace(ctx, m.DivisionCode), In: i18n.Unknown, Out: i18n.Unknown, Added: when(m.AddedAt)}
	if m.InFen > 0 {
		r.In = i18n.Money(ctx, &m.InFen)
	}
	if m.OutFen > 0 {
		r.Out = i18n.Money(ctx, &m.OutFen)
	}
	if !actor.CanAt(models.ActAlertRead, place) { // of another jurisdiction: it is counted and never named
		r.Name, r.URL = i18n.T(ctx, "scheme.outside"), ""
		return r
	}
	if m.OwnerKey == "" {
		return r
	}
	r.Holder = views.Link{Text: partyName(ctx, m.OwnerKind, m.OwnerName, m.OwnerKey)}
	if m.OwnerKind == models.KindCompany && actor.Can(models.ActCompanyRead) {
		r.Holder.URL = "/companies/" + m.OwnerKey
	}
	return r
}

// memberJSON is an account of an alert in the API: acting says whether it acts in a scheme of the alert's level.
type memberJSON struct {
	Subject string `json:"subject"`
	Name    string `json:"name"`
	Role    string `json:"role"`
	Acting  bool   `json:"acting"`
	InFen   int64  `json:"in_fen"`
	OutFen  int64  `json:"out_fen"`
}

// schemeJSON is the strongest scheme of an alert.
type schemeJSON struct {
	Typology  string         `json:"typology"`
	AmountFen int64          `json:"amount_fen"`
	Transfers int            `json:"transfers"`
	FirstAt   models.Instant `json:"first_at"`
	LastAt    models.Instant `json:"last_at"`
	Surprise  float64        `json:"surprise"`
}

// withMembers adds the scheme and its members to an alert.
func (a *App) withMembers(ctx context.Context, actor models.Actor, al models.AlertLine, out alertJSON) (alertJSON, error) {
	f, err := a.schemeFile(ctx, al)
	if err != nil || f.sheet == nil {
		return out, err
	}
	s := f.sheet
	out.Scheme = &schemeJSON{Typology: string(s.Typology), AmountFen: s.AmountFen, Transfers: s.Count, FirstAt: s.First, LastAt: s.Last, Surprise: s.Surprise}
	ranks := map[int64]int{}
	for _, h := range f.schemes {
		ranks[h.ID] = h.LevelRank
	}
	for _, m := range f.members {
		written, name := partyWritten(m.Kind, m.Key, m.Ref), partyName(ctx, m.Kind, m.Name, m.Key)
		if place, _ := models.PlaceOf(m.DivisionCode); !actor.CanAt(models.ActAlertRead, place) {
			written, name = string(m.Kind)+":outside", i18n.T(ctx, "scheme.outside")
		}
		out.Members = append(out.Members, memberJSON{Subject: written, Name: name, Role: m.Role,
			Acting: !m.Aside && ranks[m.SchemeID] >= al.LevelRank, InFen: m.InFen, OutFen: m.OutFen})
	}
	return out, nil
}
