package ingest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// archiveCase is a set that lies in an archive: what each mapping takes from it and what it refuses, by key and column.
type archiveCase struct {
	archive, mapping string
	accepted         int
	refused          map[string]int
}

// The sets that are archives: their members are found by the mapping itself; docs/ingest.md explains each refused row.
func TestShippedMappingsLoadTheArchives(t *testing.T) {
	if _, err := os.Stat(sharedData); err != nil {
		t.Skipf("the evaluation data is not here (%s): nothing to load", sharedData)
	}
	const finbench, bods = "finbench-sample/data.tar.gz", "bods/bods-examples.tar.gz"
	for _, c := range []archiveCase{
		{bods, "bods-companies", 36, map[string]int{"required name": 128}},
		{bods, "bods-interests", 76, map[string]int{"index from": 19}},
		{bods, "bods-persons", 32, map[string]int{"required name": 29, "required id": 1}},
		{finbench, "finbench-accounts", 6200, nil},
		{finbench, "finbench-closed-accounts", 1354, nil},
		{finbench, "finbench-companies", 967, nil},
		{finbench, "finbench-company-accounts", 2015, nil},
		{finbench, "finbench-company-guarantees", 435, nil},
		{finbench, "finbench-company-loans", 1141, nil},
		{finbench, "finbench-company-shares", 1640, nil},
		{finbench, "finbench-deposits", 8481, nil},
		{finbench, "finbench-loan-amounts", 3465, nil},
		{finbench, "finbench-loan-balances", 3465, nil},
		{finbench, "finbench-loans", 3465, nil},
		{finbench, "finbench-media", 1464, nil},
		{finbench, "finbench-new-company-guarantees", 136, nil},
		{finbench, "finbench-new-company-loans", 284, nil},
		{finbench, "finbench-new-company-shares", 515, nil},
		{finbench, "finbench-new-deposits", 9843, nil},
		{finbench, "finbench-new-loan-amounts", 848, nil},
		{finbench, "finbench-new-loan-balances", 848, nil},
		{finbench, "finbench-new-loans", 848, nil},
		{finbench, "finbench-new-media", 301, nil},
		{finbench, "finbench-new-person-guarantees", 270, nil},
		{finbench, "finbench-new-person-loans", 564, nil},
		{finbench, "finbench-new-person-shares", 1031, nil},
		{finbench, "finbench-new-repayments", 9516, nil},
		{finbench, "finbench-new-signins", 6181, nil},
		{finbench, "finbench-new-transfers", 11930, nil},
		{finbench, "finbench-new-withdrawals", 13453, nil},
		{finbench, "finbench-person-accounts", 4185, nil},
		{finbench, "finbench-person-guarantees", 916, nil},
		{finbench, "finbench-person-loans", 2324, nil},
		{finbench, "finbench-person-shares", 3394, nil},
		{finbench, "finbench-persons", 1957, nil},
		{finbench, "finbench-repayments", 8398, nil},
		{finbench, "finbench-signins", 5146, nil},
		{finbench, "finbench-transfers", 37861, nil},
		{finbench, "finbench-withdrawals", 42069, nil},
	} {
		t.Run(c.mapping, func(t *testing.T) { c.try(t) })
	}
}

func (c archiveCase) try(t *testing.T) {
	m, err := Shipped(c.mapping)
	if err != nil {
		t.Fatal(err)
	}
	list, is, err := Unpack(filepath.Join(sharedData, c.archive), m.Format.Member, t.TempDir())
	if err != nil || !is {
		t.Fatal(is, err)
	}
	accepted, refused := 0, map[string]int{}
	for _, member := range list {
		f, err := Open(member.Path)
		if err == nil {
			var r *Reader
			if r, err = f.Reader(Options{Mapping: &m}); err == nil {
				rows, no := collect(t, r)
				accepted += len(rows)
				for _, x := range no {
					if !strings.Contains(member.Name, "invalid/") {
						t.Logf("%s: %s %q %s", member.Name, x.Column, x.Value, x.Key)
					}
					refused[strings.TrimPrefix(x.Key, "ingest.refused.")+" "+x.Column]++
				}
				_ = r.Close()
			}
		}
		if err != nil {
			refused["file "+err.Error()]++
		}
	}
	if accepted != c.accepted || !maps.Equal(refused, c.refused) {
		t.Errorf("%d accepted, want %d; refused:", accepted, c.accepted)
		for _, k := range slices.Sorted(maps.Keys(refused)) {
			t.Logf("  %d %s", refused[k], k)
		}
	}
}
