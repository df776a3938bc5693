package work_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

const tiedCompanies = `uscc,name,kind,division_code,phone,established_on,status,business_scope,source,observed_at
9133060259F6WMC388,A,limited,330602,057100000001,2021-03-20,active,retail,SAMR,2026-01-01T00:00:00+08:00
91330102UT4KMBR79B,B,limited,330602,057100000001,2021-03-20,active,retail,SAMR,2026-01-01T00:00:00+08:00
`

// TestPunishmentReachesTied: what a penalty or the list of dishonest debtors says of one company reaches the one with the same telephone
// in the next scan of what changed.
func TestPunishmentReachesTied(t *testing.T) {
	for _, kind := range []string{"penalty", "dishonest_debtor"} {
		t.Run(kind, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, s *models.Store) {
				d, actor := desk(t, s), models.System("test")
				load := func(name, text string) {
					t.Helper()
					path := filepath.Join(t.TempDir(), name)
					if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					if _, err := d.Ingest(t.Context(), actor, work.IngestOptions{Paths: []string{path}, Division: "000000"}); err != nil {
						t.Fatal(err)
					}
				}
				load("companies.csv", tiedCompanies)
				if _, err := d.Scan(t.Context(), actor, work.ScanOptions{All: true}); err != nil {
					t.Fatal(err)
				}
				if tied(t, s) {
					t.Fatal("nobody was punished yet")
				}
				load("signals.csv", "subject,kind,at,text,ref,source,observed_at\ncompany:91330102UT4KMBR79B,"+kind+",2026-02-01T00:00:00+08:00,x,R1,SAMR,2026-02-01T00:00:00+08:00\n")
				if _, err := d.Scan(t.Context(), actor, work.ScanOptions{}); err != nil {
					t.Fatal(err)
				}
				if !tied(t, s) {
					t.Error("the company with the same telephone was not reached")
				}
			})
		})
	}
}

// tied says whether the newest assessment of company A shows the tie by telephone.
func tied(t *testing.T, s *models.Store) bool {
	t.Helper()
	c := mustSubject(t, s, "9133060259F6WMC388")
	list, err := s.Assessments(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(list) > 0 && strings.Contains(string(list[len(list)-1].Payload), "NETW-02")
}
