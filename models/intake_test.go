package models_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

// A database of before 0020 that holds facts goes forward: what its companies state ties them as before, in batches that may be broken
// off, and those that were looked at stay in the order of their levels.
func TestFactsOfBeforeAreMarked(t *testing.T) {
	for dialect, target := range modelstest.Bare(t) {
		t.Run(dialect, func(t *testing.T) {
			ctx := t.Context()
			s, err := models.Open(ctx, target, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.SealWith(modelstest.Unsealed{})
			if err := s.MigrateTo(ctx, 19); err != nil {
				t.Fatal(err)
			}
			db, moment := modelstest.Raw(t, target), "1767225600000000"
			if dialect == "postgres" {
				moment = "'2026-01-01T00:00:00Z'"
			}
			run := func(query string, args ...any) {
				t.Helper()
				if _, err := db.ExecContext(ctx, query, args...); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
			run("INSERT INTO batches (id, ref, source, division_code, p2, c4, c6, digest, status, actor, started_at) VALUES (1, 'B', 'SAMR', '440304', '44', '4403', '440304', 'd', 'done', 'x', " + moment + ")")
			for i := 1; i <= 3; i++ {
				run(fmt.Sprintf("INSERT INTO subjects (id, kind, key, name, division_code, p2, c4, c6, stub, first_at, newest_fact_id, assessed_fact_id, level_rank, idx) VALUES (%d, 'company', 'C%d', 'N', '440304', '44', '4403', '440304', false, %s, 9, %d, %d, %d)",
					i, i, moment, 9*(i%2), i%2, 10*(i%2)))
				run(fmt.Sprintf(`INSERT INTO facts (id, tbl, ident, source, subject_id, batch_id, line, stated, observed_at, recorded_at, hash, payload) VALUES (%d, 'companies', $1, 'SAMR', %d, 1, %d, true, %s, %s, $2, $3)`, i, i, i, moment, moment),
					[]byte(fmt.Sprintf("%016d", i)), make([]byte, 32), fmt.Sprintf(`{"uscc":"C%d","name":"N","phone":"0755-1","address":"A%d"}`, i, i%2))
			}
			if err := s.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			sources, err := s.Sources(ctx)
			if err != nil {
				t.Fatal(err)
			}
			list := []models.Subject{{ID: 1, Key: "C1"}}
			facts, err := s.CompanyFactsBy(ctx, list, sources, models.AsOf{})
			if err != nil {
				t.Fatal(err)
			}
			ties := map[string][]int64{}
			for _, tie := range facts[1].Ties {
				ties[tie.Kind] = tie.Others
			}
			if !slices.Equal(ties[models.TiePhone], []int64{2, 3}) || !slices.Equal(ties[models.TieAddress], []int64{3}) {
				t.Errorf("ties %v", ties)
			}
			got, more, err := s.Companies(ctx, world.Everywhere(), models.CompanyFilter{Limit: 10})
			if err != nil || more || len(got) != 3 || got[0].ID != 3 || got[1].ID != 1 || got[2].ID != 2 {
				t.Errorf("companies %v, %v, %v", got, more, err)
			}
			if rep, err := s.VerifyAudit(ctx, nil); err != nil || len(rep.Broken) > 0 {
				t.Errorf("audit %+v: %v", rep, err)
			}
		})
	}
}

// Nothing is stored about a subject that is not there, and no subject goes that something is about.
func TestFactsHaveTheirSubjects(t *testing.T) {
	for dialect, target := range modelstest.Targets(t) {
		t.Run(dialect, func(t *testing.T) {
			s := modelstest.Open(t, target, time.Now)
			load(t, s, []models.Row{
				{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: "C1", Name: "N"}},
				{Table: models.TableTransfers, Source: "SAMR", Transfer: &models.TransferRow{ID: "T", FromAccount: "A", ToAccount: "B", At: models.At(factBase)}}})
			pool, err := s.Pool()
			if err != nil {
				t.Fatal(err)
			}
			for _, query := range []string{
				"INSERT INTO facts (tbl, ident, source, subject_id, batch_id, line, stated, observed_at, recorded_at, hash, payload) SELECT tbl, ident, source, 999, batch_id, line, stated, observed_at, recorded_at, hash, payload FROM facts LIMIT 1",
				"INSERT INTO facts (tbl, ident, source, subject_id, other_id, batch_id, line, stated, observed_at, recorded_at, hash, payload) SELECT tbl, ident, source, subject_id, 999, batch_id, line, stated, observed_at, recorded_at, hash, payload FROM facts LIMIT 1",
				"INSERT INTO transfers (source, key, from_id, to_id, amount_fen, currency, at, observed_at, recorded_at, batch_id, line, hash) SELECT source, 'U', from_id, 999, amount_fen, currency, at, observed_at, recorded_at, batch_id, line, hash FROM transfers LIMIT 1",
				"UPDATE facts SET subject_id = 999", "UPDATE transfers SET from_id = 999", "DELETE FROM subjects", "UPDATE subjects SET id = id + 1000",
			} {
				_, err := pool.ExecContext(t.Context(), query)
				if text := strings.ToLower(fmt.Sprint(err)); err == nil || !strings.Contains(text, "foreign key") && !strings.Contains(text, "23503") {
					t.Errorf("%s: %v", query, err)
				}
			}
		})
	}
}

// Pages of companies go through all of them once, by level, index and number, whether somebody looked at them or not.
func TestPagesOfCompaniesGoThroughAll(t *testing.T) {
	for dialect, target := range modelstest.Targets(t) {
		t.Run(dialect, func(t *testing.T) {
			s, db := modelstest.Open(t, target, time.Now), modelstest.Raw(t, target)
			var rows []models.Row
			for i := range 30 {
				rows = append(rows, models.Row{Table: models.TableCompanies, Source: "SAMR", Company: &models.CompanyRow{USCC: fmt.Sprint("C", i), Name: "N", DivisionCode: []string{"440304", "440305", "440103"}[i%3]}})
			}
			load(t, s, rows)
			rapid.Check(t, func(r *rapid.T) {
				for i := range 30 {
					listed, level, idx := rapid.Bool().Draw(r, "listed"), 0, 0
					if listed {
						level, idx = rapid.IntRange(0, 2).Draw(r, "level"), rapid.IntRange(0, 2).Draw(r, "index")
					}
					query := fmt.Sprintf("UPDATE subjects SET listed = %v, level_rank = %d, idx = %d, assessed_fact_id = CASE WHEN %v THEN newest_fact_id ELSE 0 END WHERE key = 'C%d'", listed, level, idx, listed, i)
					if _, err := db.ExecContext(t.Context(), query); err != nil {
						r.Fatal(err)
					}
				}
				all := rapid.SampledFrom([]string{"440304", "440300", "440000", "000000"}).Draw(r, "scope")
				actor := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActCompanyRead: models.ScopeOf(all)}}
				f := models.CompanyFilter{Limit: rapid.IntRange(1, 12).Draw(r, "page")}
				seen, last := map[int64]bool{}, models.Subject{LevelRank: 9}
				for {
					page, more, err := s.Companies(t.Context(), actor, f)
					if err != nil {
						r.Fatal(err)
					}
					for _, c := range page {
						ordered := c.LevelRank < last.LevelRank || c.LevelRank == last.LevelRank && (c.Idx < last.Idx || c.Idx == last.Idx && c.ID < last.ID)
						if !ordered || seen[c.ID] {
							r.Fatalf("%d after %d", c.ID, last.ID)
						}
						seen[c.ID], last = true, c
					}
					if !more {
						break
					}
					f.After = &models.CompanyKey{LevelRank: last.LevelRank, Idx: last.Idx, ID: last.ID}
				}
				want := map[string]int{"440304": 10, "440300": 20, "440000": 30, "000000": 30}[all]
				if len(seen) != want {
					r.Fatalf("%d companies of %s, want %d", len(seen), all, want)
				}
			})
		})
	}
}

// The pages of companies and what a scan and a tie look for go by their indexes on SQLite, which plans without figures.
func TestPlansOfHotQuestions(t *testing.T) {
	target := modelstest.Targets(t)["sqlite"]
	modelstest.Open(t, target, time.Now)
	db := modelstest.Raw(t, target)
	for query, index := range map[string]string{
		"SELECT * FROM subjects NOT INDEXED WHERE kind = 'company' AND id > 5 ORDER BY id LIMIT 200":                                                                                                                                     "INTEGER PRIMARY KEY",
		"SELECT * FROM subjects WHERE (c6 IN ('440304')) AND listed AND (kind = 'company' AND key = 'X') ORDER BY level_rank DESC, idx DESC, id DESC LIMIT 51":                                                                           "sqlite_autoindex_subjects_1",
		"SELECT * FROM subjects WHERE 1 = 1 AND listed ORDER BY level_rank DESC, idx DESC, id DESC LIMIT 51":                                                                                                                             "subjects_by_level",
		"SELECT * FROM subjects WHERE (p2 IN ('44')) AND (listed) AND (level_rank, idx, id) < (3, 50.5, 9) ORDER BY level_rank DESC, idx DESC, id DESC LIMIT 51":                                                                         "subjects_by_p2",
		"SELECT * FROM subjects WHERE (c4 IN ('4403')) AND (listed) ORDER BY level_rank DESC, idx DESC, id DESC LIMIT 51":                                                                                                                "subjects_by_c4",
		"SELECT * FROM subjects WHERE (c6 IN ('440304')) AND (listed) ORDER BY level_rank DESC, idx DESC, id DESC LIMIT 51":                                                                                                              "subjects_by_c6",
		"SELECT * FROM subjects INDEXED BY subjects_dirty WHERE (c6 IN ('440304')) AND (kind = 'company' AND newest_fact_id > assessed_fact_id AND NOT listed) ORDER BY id DESC LIMIT 51":                                                "subjects_dirty",
		"SELECT * FROM subjects INDEXED BY subjects_dirty WHERE (kind = 'company' AND newest_fact_id > assessed_fact_id) AND id > 5 ORDER BY id LIMIT 200":                                                                               "subjects_dirty",
		"SELECT DISTINCT f.subject_id FROM stated s CROSS JOIN facts f WHERE f.source NOT IN (SELECT code FROM sources WHERE purpose NOT IN ('general')) AND f.id = s.fact_id AND s.kind = 1 AND s.mark IN (1, 2) ORDER BY f.subject_id": "SEARCH s USING PRIMARY KEY (kind=? AND mark=?)",
		"SELECT f.* FROM json_each('[1]') j CROSS JOIN facts f WHERE f.ident = unhex(j.value) AND f.tbl NOT IN ('accounts', 'companies', 'institutions', 'persons') ORDER BY f.id":                                                       "facts_by_ident",
		"SELECT f.* FROM batches b JOIN facts f ON f.id BETWEEN b.first_fact AND b.last_fact WHERE b.ref = 'X' AND f.hash = 'Y'":                                                                                                         "SEARCH f USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
	} {
		plan := planOf(t, db, query)
		sorts := strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") && !strings.Contains(query, "DISTINCT") && !strings.Contains(query, "JOIN") && !strings.Contains(query, "key =")
		if !strings.Contains(plan, index+" ") && !strings.Contains(plan, index+"\n") && !strings.HasSuffix(strings.TrimSpace(plan), index) || sorts {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// planOf gives the steps by which SQLite answers a query, a line each.
func planOf(t *testing.T, db *sql.DB, query string) (plan string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var detail string
		if err := rows.Scan(&a, &b, &c, &detail); err != nil {
			t.Fatal(err)
		}
		plan += detail + "\n"
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}
