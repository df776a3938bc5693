package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// ringRows are ties of the world's first company, in 440304: who is tied to it or holds an account with it stands in the ring, who is
// tied to those alone in the second one.
func ringRows(company string, at models.Instant) []models.Row {
	person := func(id string) models.Row {
		return models.Row{Table: models.TablePersons, Source: "SAMR", ObservedAt: at, Person: &models.PersonRow{ID: id, Name: "N-" + id, DivisionCode: "440304"}}
	}
	account := func(number, holder, source string) models.Row {
		return models.Row{Table: models.TableAccounts, Source: source, ObservedAt: at, Account: &models.AccountRow{Number: number, InstitutionCode: "B1", Holder: holder, DivisionCode: "440304"}}
	}
	tie := func(from, to, kind, source string) models.Row {
		return models.Row{Table: models.TableRelations, Source: source, ObservedAt: at, Relation: &models.RelationRow{From: from, To: to, Kind: kind}}
	}
	main, mother, sister := "company:"+company, "company:"+world.USCC("440304", 811), "company:"+world.USCC("440304", 812)
	rows := []models.Row{person("LEGAL"), person("FAR"), person("GONE"), person("STR"), account("OWN", main, "BANK"), account("COLLECT", "person:FAR", "BANK"),
		account("LEGALS", "person:LEGAL", "BANK"), account("SECRET", main, "STRS"), account("ONCE", main, "BANK"),
		tie("person:LEGAL", main, "legal_representative", "SAMR"), tie(mother, main, "shareholder", "SAMR"), tie("account:COLLECT", main, "other", "SAMR"),
		tie("person:LEGAL", sister, "legal_representative", "SAMR"), tie("person:FAR", mother, "actual_controller", "SAMR"),
		tie("person:GONE", main, "shareholder", "SAMR"), tie("person:STR", main, "shareholder", "STRS")}
	for _, n := range []int{811, 812} {
		rows = append(rows, models.Row{Table: models.TableCompanies, Source: "SAMR", ObservedAt: at, Company: &models.CompanyRow{USCC: world.USCC("440304", n), Name: fmt.Sprintf("C%d", n), DivisionCode: "440304"}})
	}
	later := account("ONCE", "person:FAR", "BANK")
	later.ObservedAt = models.At(at.Time().Add(time.Hour))
	return append(rows, later)
}

// ringSeen lists by their key the subjects of ringRows that a user sees by name, in the graph, and on the pages of persons and accounts.
func ringSeen(t *testing.T, w *world.World, user string) string {
	t.Helper()
	ctx, s, actor := t.Context(), w.Store, w.Actor(t, user)
	refs := []models.SubjectRef{{Kind: models.KindCompany, ID: world.USCC("440304", 811)}, {Kind: models.KindCompany, ID: world.USCC("440304", 812)}}
	for _, id := range []string{"LEGAL", "FAR", "GONE", "STR"} {
		refs = append(refs, models.SubjectRef{Kind: models.KindPerson, ID: id})
	}
	for _, id := range []string{"OWN", "COLLECT", "LEGALS", "SECRET", "ONCE"} {
		refs = append(refs, models.SubjectRef{Kind: models.KindAccount, ID: id})
	}
	everybody, err := s.Names(ctx, world.Everywhere().Sight(models.ActCompanyRead), refs)
	ok(t, err)
	names, err := s.Names(ctx, actor.Sight(models.ActCompanyRead), refs)
	ok(t, err)
	var list []string
	for _, ref := range refs {
		sub := everybody[ref]
		_, named := names[ref]
		inGraph, err := s.SubjectsByID(ctx, actor.Sight(models.ActCompanyRead), []int64{sub.ID})
		ok(t, err)
		_, err = s.SubjectNamed(ctx, actor.Sight(models.ActCompanyRead), ref)
		if (err == nil) != named || (len(inGraph) > 0) != named {
			t.Errorf("%s: %s is named %v, in the graph %v, found %v", user, ref, named, len(inGraph) > 0, err)
		}
		page := error(nil)
		switch ref.Kind {
		case models.KindPerson:
			_, page = s.PersonFile(ctx, actor, *sub.Ref)
		case models.KindAccount:
			_, page = s.AccountFile(ctx, actor, *sub.Ref)
		default:
			_, _, page = s.Company(ctx, actor, ref.ID, models.AsOf{})
		}
		if (page == nil) != named {
			t.Errorf("%s: %s is named %v, its page %v", user, ref, named, page)
		}
		if named {
			list = append(list, ref.ID)
		}
	}
	return strings.Join(list, " ")
}

// Who takes a case over from another place reads whom a relation ties to its company and the accounts that it holds, and no second
// ring; nobody else does, and no longer than the case is at work.
func TestRingOfACaseTakenOver(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s, company := t.Context(), w.Store, world.USCC("440304", 1)
		ok(t, s.RegisterSources(ctx, models.System("test"), []models.Source{{Code: "STRS", Purpose: models.PurposeSTR}}))
		b, err := world.Load(ctx, s, "TEST", "440304", ringRows(company, s.Now().Add(-2*time.Hour))...)
		ok(t, err)
		if b.Refused > 0 {
			t.Fatalf("%d rows were refused", b.Refused)
		}
		w.Exec(t, "INSERT INTO retractions (fact_id, reason, actor, recorded_at) SELECT f.id, 'x', 'x', f.recorded_at FROM facts f JOIN subjects p ON p.id = f.subject_id WHERE p.key = 'GONE' AND f.tbl = 'relations'")
		sub, _, err := s.Company(ctx, world.Everywhere(), world.USCC("440304", 811), models.AsOf{})
		ok(t, err)
		w.Exec(t, fmt.Sprintf("INSERT INTO alerts (ref, subject_id, area, level, level_rank, idx, status, open, division_code, p2, c4, c6, assessment_id, reasons, raised_at, changed_at, rule_version) "+
			"SELECT 'YJ-RING', %d, area, level, level_rank, idx, status, open, division_code, p2, c4, c6, assessment_id, reasons, raised_at, changed_at, rule_version FROM alerts LIMIT 1", sub.ID))
		see := func(when, user, want string) {
			t.Helper()
			if got := ringSeen(t, w, user); got != want {
				t.Errorf("%s %s sees %q, not %q", when, user, got, want)
			}
		}
		ring := world.USCC("440304", 811) + " LEGAL OWN COLLECT"
		ref := w.Case(t, w.Alert(t))
		see("before the handing", "handler_sibling", "")
		h, err := s.AskHandoff(ctx, w.Actor(t, "supervisor_own"), ref, asked("lead-440100"))
		ok(t, err)
		ok(t, s.MoveHandoff(ctx, w.Actor(t, "supervisor_sibling"), h, law.HandoffAccept, said("officers", "handler_sibling handler2_sibling")))
		see("afterwards", "handler_sibling", ring)
		see("afterwards", "supervisor_sibling", ring)
		see("afterwards", "handler_other", "")
		if _, _, err := s.Alert(ctx, w.Actor(t, "handler_sibling"), "YJ-RING"); models.KindOf(err) != models.KindNotFound {
			t.Errorf("an alert about one of the ring: %v", err)
		}
		list, _, err := s.Companies(ctx, w.Actor(t, "handler_sibling"), models.CompanyFilter{Limit: 50})
		ok(t, err)
		if slices.ContainsFunc(list, func(c models.Subject) bool { return c.ID == sub.ID }) {
			t.Error("a company of the ring is in a list of a place where it does not lie")
		}
		main, _, err := s.Company(ctx, w.Actor(t, "handler_sibling"), company, models.AsOf{})
		ok(t, err)
		accounts, err := s.AccountsOf(ctx, w.Actor(t, "handler_sibling"), main.ID)
		ok(t, err)
		if len(accounts) != 1 || accounts[0].Key != "OWN" {
			t.Errorf("its accounts: %v", accounts)
		}
		ok(t, s.SealCase(ctx, w.Actor(t, "supervisor_sibling"), ref, models.SealSensitive, "a witness is named", 0))
		see("of a sealed case", "handler_sibling", ring)
		see("of a sealed case", "duty_sibling", "")
		w.Exec(t, "UPDATE cases SET seal = 'NORMAL'")
		w.Exec(t, "UPDATE case_officers SET recused_at = assigned_at, left_as = 'recused' WHERE user_id = (SELECT id FROM users WHERE name = 'handler_sibling')")
		see("of an open case", "handler_sibling", ring)
		w.Exec(t, "UPDATE cases SET seal = 'SENSITIVE'")
		see("recused from a sealed case", "handler_sibling", "")
		w.Exec(t, "UPDATE cases SET seal = 'POLICE_HOLD'")
		see("held by the police", "supervisor_sibling", "")
		w.Exec(t, "UPDATE cases SET seal = 'NORMAL', status = 'closed'")
		see("closed", "supervisor_sibling", "")
	})
}

// The ring is found by the indexes of facts and cases on both stores, and costs what lies in the scope nothing.
func TestRingIsFoundByIndexes(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		w.Case(t, w.Alert(t))
		db := w.Raw(t)
		ask := "EXPLAIN QUERY PLAN "
		if w.Dialect == "postgres" {
			ask = "EXPLAIN "
			db.SetMaxOpenConns(1)
			w.Exec(t, "SET enable_seqscan = off") // the tables of a test are small enough to be read whole
		}
		rows, err := db.QueryContext(t.Context(), ask+w.Store.SightQuestion(t.Context(), w.Actor(t, "handler_sibling"), []int64{1, 2, 3}))
		ok(t, err)
		defer rows.Close()
		cols, err := rows.Columns()
		ok(t, err)
		var plan strings.Builder
		for rows.Next() {
			to := make([]any, len(cols))
			text := make([]string, len(cols))
			for i := range to {
				to[i] = &text[i]
			}
			ok(t, rows.Scan(to...))
			plan.WriteString(text[len(cols)-1] + "\n")
		}
		ok(t, rows.Err())
		for _, index := range []string{"facts_by_subject", "facts_by_other", "cases_by_subject"} {
			if !strings.Contains(plan.String(), index) {
				t.Errorf("%s is not used:\n%s", index, plan.String())
			}
		}
		if strings.Contains(plan.String(), "SCAN sf") || strings.Contains(plan.String(), "Seq Scan on facts") {
			t.Errorf("all facts are read:\n%s", plan.String())
		}
	})
}
