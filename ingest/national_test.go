package ingest

import (
	"path/filepath"
	"slices"
	"testing"
)

// Each national form loads from an export as such exports look; what is refused is refused by its name.
func TestNationalForms(t *testing.T) {
	for _, c := range []struct {
		file, mapping string
		accepted      int
		refused       []string
	}{
		{"registry.csv", "registry-companies", 3, []string{"5 uscc check_digit"}},
		{"registry.csv", "registry-representatives", 3, []string{"5 to check_digit"}},
		{"registry.csv", "registry-persons", 4, nil},
		{"shareholders.csv", "registry-shareholders", 2, nil},
		{"shareholders.csv", "registry-person-shareholders", 1, nil},
		{"judgments.csv", "judgments", 2, []string{"4 subject required"}},
		{"dishonest.csv", "dishonest-debtors", 1, nil},
		{"complaints-12345.csv", "complaints-12345", 3, []string{"3 count number"}},
		{"complaints-12345.csv", "complaints-12345-names", 2, nil},
		{"complaints-12315.csv", "complaints-12315", 2, nil},
		{"licences.csv", "licences", 2, []string{"4 valid_until ends_first"}},
		{"icp.csv", "icp-filings", 2, nil},
		{"apps.csv", "app-filings", 1, nil},
		{"recruitment.csv", "recruitment", 2, nil},
		{"bank-flows.csv", "bank-flows-in", 1, []string{"4 id rounded"}},
		{"bank-flows.csv", "bank-flows-out", 1, nil},
		{"bank-flows.csv", "bank-accounts", 1, nil},
		{"bank-flows.csv", "bank-reports", 1, nil},
	} {
		m, err := Shipped(c.mapping)
		if err != nil {
			t.Fatal(err)
		}
		rows, refusals := readFile(t, filepath.Join("testdata", "national", c.file), Options{Mapping: &m})
		if len(rows) != c.accepted || !slices.Equal(keysOf(refusals), c.refused) {
			t.Errorf("%s with %s: %d rows, refused %q; want %d and %q", c.file, c.mapping, len(rows), keysOf(refusals), c.accepted, c.refused)
		}
	}
}
