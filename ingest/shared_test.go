package ingest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"xiezhi/models"
)

const sharedData = "../../shared/data"

// Every shipped mapping loads its set whole; README.md explains each refused row.
func TestShippedMappingsLoadTheSharedData(t *testing.T) {
	if _, err := os.Stat(sharedData); err != nil {
		t.Skipf("the evaluation data is not here (%s): nothing to load", sharedData)
	}
	for _, c := range []struct {
		file, mapping    string
		accepted, refuse int
	}{
		{"amlsim-10k/accounts.csv.gz", "amlsim-accounts", 12043, 0},
		{"amlsim-10k/transactions.csv.gz", "amlsim-transactions", 197905, 0},
		{"amlsim-mix/accounts.csv.gz", "amlsim-accounts", 12043, 0},
		{"amlsim-mix/transactions.csv.gz", "amlsim-transactions", 200368, 0},
		{"paysim/rawLog.csv.gz", "paysim-accounts-from", 1345, 0},
		{"paysim/rawLog.csv.gz", "paysim-accounts-to", 1345, 0},
		{"paysim/rawLog.csv.gz", "paysim-merchants", 1738, 0},
		{"paysim/rawLog.csv.gz", "paysim-transfers", 91172, 0},
		{"paysim/rawLog.csv.gz", "paysim-cash-in", 79358, 0},
		{"p2p-platforms/failures.csv.gz", "p2p-failures-companies", 2524, 0},
		{"p2p-platforms/failures.csv.gz", "p2p-failures-signals", 2524, 0},
		{"p2p-platforms/ratings.csv.gz", "p2p-ratings-companies", 1214, 0},
		{"p2p-platforms/ratings.csv.gz", "p2p-ratings-products", 1214, 0},
		{"shareholding/corp.csv.gz", "shareholding-companies", 1000, 0},
		{"shareholding/person.csv.gz", "shareholding-persons", 10000, 0},
		{"shareholding/person_corp_share.csv.gz", "shareholding-person-shares", 20000, 0},
		{"shareholding/corp_share.csv.gz", "shareholding-company-shares", 200, 0},
		{"shareholding/corp_rel.csv.gz", "shareholding-company-relations", 100, 0},
		{"shareholding/person_corp_role.csv.gz", "shareholding-roles", 5000, 0},
		{"shareholding/person_rel.csv.gz", "shareholding-kinship", 1000, 0},
		{"fincen-files/download_transactions_map.csv.gz", "fincen-transfers", 4501, 6},
	} {
		t.Run(c.mapping, func(t *testing.T) {
			m, err := Shipped(c.mapping)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			rows, refusals := readFile(t, filepath.Join(sharedData, c.file), Options{Mapping: &m})
			if len(rows) != c.accepted || len(refusals) != c.refuse {
				t.Errorf("%s: %d accepted, %d refused; want %d and %d", c.file, len(rows), len(refusals), c.accepted, c.refuse)
			}
			seen := map[string]int{}
			for _, r := range refusals {
				if seen[r.Key+r.Value]++; len(seen) < 30 && seen[r.Key+r.Value] == 1 {
					t.Logf("line %d %s %q: %s", r.Line, r.Column, r.Value, r.Key)
				}
			}
			t.Logf("%s: %d rows in %v", c.file, len(rows), time.Since(start))
		})
	}
}

func readFile(t testing.TB, path string, opts Options) (rows []models.Row, refusals []Refusal) {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Reader(opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for row, refusal := range r.Rows(context.Background()) {
		if refusal != nil {
			refusals = append(refusals, *refusal)
			continue
		}
		rows = append(rows, row)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows, refusals
}
