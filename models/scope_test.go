package models_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
	"xiezhi/authz"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/reference"
	"xiezhi/rel/world"
)

// sampleDivisions are the nation, all provinces and municipalities, and the whole of some with every oddity: districts of a
// municipality, counties under a province, a city without counties.
func sampleDivisions() []string {
	var codes []string
	for _, d := range reference.Divisions() {
		inside := slices.ContainsFunc([]string{"110000", "440000", "429004", "419001", "460000", "500000"}, func(p string) bool { return reference.Covers(p, d.Code) })
		if d.Level == reference.LevelNation || d.Level == reference.LevelProvince || inside {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

// inside says by the tree of divisions alone whether a place lies in one of the grants' divisions.
func inside(grants []string, place string) bool {
	return slices.Contains(grants, place) || slices.ContainsFunc(reference.Ancestors(place), func(a string) bool { return slices.Contains(grants, a) })
}

// What a scope covers, what the database gives for it, and what the tree of divisions says are the same, for unions too.
func TestScopeIsTheDatabases(t *testing.T) {
	codes := sampleDivisions()
	modelstest.Each(t, func(t *testing.T, s *models.Store) {
		var rows []models.Row
		var refs []models.SubjectRef
		at := map[string]models.Place{}
		for _, code := range codes {
			rows = append(rows, models.Row{Table: models.TableCompanies, Company: &models.CompanyRow{USCC: "C" + code, Name: code, DivisionCode: code}})
			refs = append(refs, models.SubjectRef{Kind: models.KindCompany, ID: "C" + code})
			at[code], _ = models.PlaceOf(code)
		}
		if _, err := world.Load(t.Context(), s, "T", "000000", rows...); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(r *rapid.T) {
			grants := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(codes), rapid.SampledFrom([]string{"", "990000", "44", "4403", "440301 ", "%", "44030%"})), 0, 4).Draw(r, "grants")
			var scope models.Scope
			for _, g := range grants {
				scope = scope.Union(models.ScopeOf(g))
			}
			known := slices.DeleteFunc(slices.Clone(grants), func(g string) bool { return !slices.Contains(codes, g) })
			if scope.Empty() != (len(known) == 0) {
				r.Fatalf("empty %t for %v", scope.Empty(), known)
			}
			names, err := s.Names(t.Context(), models.Within(scope), refs)
			if err != nil {
				r.Fatal(err)
			}
			actor := models.Actor{Permits: map[models.Action]models.Scope{models.ActCompanyRead: scope}}
			list, _, err := s.Companies(t.Context(), actor, models.CompanyFilter{Limit: len(codes)})
			if err != nil || len(list) != len(names) {
				r.Fatalf("%d names, %d companies: %v", len(names), len(list), err)
			}
			for i, code := range codes {
				_, got := names[refs[i]]
				want := inside(known, code)
				if scope.Covers(at[code]) != want || got != want {
					r.Fatalf("%s under %v: covers %t, database %t, tree %t", code, known, scope.Covers(at[code]), got, want)
				}
			}
		})
	})
}

// An actor can do in a place what one of the grants allows there, and nothing else; Can is the same as some place.
func TestCanIsScope(t *testing.T) {
	codes := sampleDivisions()
	policy, err := authz.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		var grants []models.Grant
		for range rapid.IntRange(0, 4).Draw(r, "n") {
			grants = append(grants, models.Grant{Role: rapid.SampledFrom(append(models.Roles(), "emperor")).Draw(r, "role"),
				Place: models.Place{DivisionCode: rapid.SampledFrom(append(codes, "990000")).Draw(r, "division")}})
		}
		actor := policy.Actor(models.User{ID: 1, Name: "u"}, grants)
		for _, action := range models.Actions() {
			anywhere := false
			var where []string
			for _, g := range grants {
				if policy.May(g.Role, action) && g.DivisionCode != "990000" {
					where, anywhere = append(where, g.DivisionCode), true
				}
			}
			if actor.Can(action) != anywhere {
				r.Fatalf("can %s: %t with %v", action, actor.Can(action), grants)
			}
			for range 8 {
				code := rapid.SampledFrom(codes).Draw(r, "place")
				place, _ := models.PlaceOf(code)
				if actor.CanAt(action, place) != inside(where, code) || actor.Scope(action).Covers(place) != inside(where, code) {
					r.Fatalf("%s at %s: %t with %v", action, code, actor.CanAt(action, place), grants)
				}
			}
		}
	})
}
