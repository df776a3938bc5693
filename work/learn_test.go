package work_test

import (
	"errors"
	"math"
	"testing"

	"xiezhi/detect/outcome"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// Without outcomes the queue is ordered by index and harm; a learned model is a draft until somebody else approves it; in force it
// orders the queue, says what each indicator adds, and changes no level.
func TestQueueIsRankedByWhatWasLearned(t *testing.T) {
	paths := province(t, 300, 200)
	modelstest.EachAt(t, at("2026-11-20"), func(t *testing.T, s *models.Store) {
		d, ctx := desk(t, s), t.Context()
		if _, err := d.Ingest(ctx, models.System("test"), work.IngestOptions{Paths: paths, Source: "SIM", Division: "440000"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Scan(ctx, models.System("test"), work.ScanOptions{}); err != nil {
			t.Fatal(err)
		}
		list, _, err := s.Alerts(ctx, reader(), models.AlertFilter{Sort: "priority", Limit: 200})
		if err != nil || len(list) < 10 {
			t.Fatalf("%d alerts, %v", len(list), err)
		}
		levels := map[string]string{}
		var labels []work.Label
		for i, al := range list {
			if want := al.Idx / 100 * al.Harm; math.Abs(al.Priority-want) > 1e-9 || al.Chance != nil || al.Harm < 1 {
				t.Errorf("%s without a model: %+v", al.Ref, al.Alert)
			}
			if i > 0 && al.Priority > list[i-1].Priority {
				t.Errorf("%s stands below a lesser one", al.Ref)
			}
			levels[al.Ref] = al.Level
			if al.SubjectKind == models.KindCompany {
				labels = append(labels, work.Label{Subject: "company:" + al.SubjectKey, Known: true, Bad: al.LevelRank >= 3})
			}
		}
		if _, err := d.Learn(ctx, nil); !errors.Is(err, outcome.ErrTooFew) {
			t.Errorf("learned from nothing: %v", err)
		}
		for i := range 12 { // companies without an alert are good ones, alerted ones of any level bad
			labels = append(labels, work.Label{Subject: "company:" + unalerted(t, s, levels, i), Known: true})
		}
		for i := range labels[:len(labels)-12] {
			labels[i].Bad = true
		}
		l, err := d.Learn(ctx, labels)
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.SaveLearned(ctx, models.System("learn"), l)
		if err != nil {
			t.Fatal(err)
		}
		boss := reader()
		if _, err := s.PutAuthority(ctx, models.System("test"), models.NewAuthority{Code: "LEAD-TEST", Name: "测试牵头部门", NameEn: "Test lead department", Kind: models.LeadDepartment, DivisionCode: "440000"}); err != nil {
			t.Fatal(err)
		}
		u, err := s.AddUser(ctx, models.System("test"), models.NewUser{Name: "boss1", Display: "boss", DisplayEn: "boss", Authority: "LEAD-TEST", PasswordHash: "x"})
		if err != nil {
			t.Fatal(err)
		}
		boss.UserID = u.ID
		if err := s.DecideOutcomeModel(ctx, models.Actor{Name: "x"}, m.Number, models.LearnedInForce, "", 0); models.KindOf(err) != models.KindForbidden {
			t.Errorf("approved without the right: %v", err)
		}
		if err := s.DecideOutcomeModel(ctx, boss, m.Number, models.LearnedInForce, "", 0); err != nil {
			t.Fatal(err)
		}
		own, err := s.SaveOutcomeModel(ctx, boss, models.OutcomeModel{Body: m.Body, HeldOut: m.HeldOut, RuleVersion: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.DecideOutcomeModel(ctx, boss, own.Number, models.LearnedInForce, "", 0); models.KindOf(err) != models.KindForbidden {
			t.Errorf("an author approved his own model: %v", err)
		}
		if _, err := d.RankQueue(ctx, models.System("test")); err != nil {
			t.Fatal(err)
		}
		ranked, _, err := s.Alerts(ctx, reader(), models.AlertFilter{Sort: "priority", Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, al := range ranked {
			if al.Chance == nil || al.RankedBy != m.Number || *al.Chance < 0 || *al.Chance > 1 || al.Level != levels[al.Ref] {
				t.Errorf("%s by the model: %+v", al.Ref, al.Alert)
			}
		}
		if again, err := d.RankQueue(ctx, models.System("test")); err != nil || again != 0 {
			t.Errorf("ranking again moved %d, %v", again, err)
		}
	})
}

func unalerted(t *testing.T, s *models.Store, _ map[string]string, n int) string {
	t.Helper()
	list, _, err := s.Companies(t.Context(), reader(), models.CompanyFilter{Level: "none", Limit: 50})
	if err != nil || len(list) <= n {
		t.Fatalf("%d companies without a level, %v", len(list), err)
	}
	return list[n].Key
}
