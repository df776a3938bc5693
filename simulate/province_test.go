package simulate_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiezhi/simulate"
)

func table(t testing.TB, dir, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]map[string]string, 0, len(rows))
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

// The province of the size that was analysed in 2018: 60 bad companies and the story's, in every risk area that a company
// can carry, near misses in each of them, a chain of seventy relations, and a first fact for each scheme.
func TestWholeProvince(t *testing.T) {
	dir, _ := write(t, simulate.Options{Companies: 11_000, Transfers: 200_000, Seed: 1, Until: "2026-11-20"})
	areas := map[string]string{}
	for _, p := range table(t, dir, "products") {
		areas["company:"+p["company"]] = p["area"]
	}
	bad, near, count, accounts := map[string]bool{}, map[string]bool{}, 0, map[string]bool{}
	schemes := map[string]bool{}
	for _, l := range table(t, dir, "labels") {
		switch {
		case strings.HasPrefix(l["subject"], "account:"):
			accounts[strings.TrimPrefix(l["subject"], "account:")] = true
		case l["is_bad"] == "true":
			bad[areas[l["subject"]]] = true
			schemes[l["scheme"]] = true
			count++
		case l["is_bad"] == "false":
			near[areas[l["subject"]]] = true
		}
	}
	if count != 61 || len(bad) != 21 {
		t.Errorf("%d bad in %d areas: %v", count, len(bad), bad)
	}
	for area := range bad {
		if !near[area] {
			t.Errorf("no near miss of %s", area)
		}
	}
	known, moved := map[string]bool{}, map[string]bool{}
	for _, a := range table(t, dir, "accounts") {
		known[a["number"]] = true
	}
	for _, v := range table(t, dir, "transfers") {
		for _, end := range []string{"from_account", "to_account"} {
			if !known[v[end]] {
				t.Fatalf("no account %s", v[end])
			}
			moved[v[end]] = true
		}
	}
	for a := range accounts {
		if !moved[a] {
			t.Errorf("%s is labelled, but no money went through it", a)
		}
	}
	for _, f := range table(t, dir, "first_fact") {
		if at, err := time.Parse(time.RFC3339, f["observed_at"]); err != nil || at.Format(time.DateOnly) > "2026-11-20" {
			t.Errorf("%v: %v", f, err)
		}
		delete(schemes, f["scheme"])
	}
	if len(schemes) > 0 {
		t.Errorf("nothing incriminates %v", schemes)
	}
	chainHolds(t, dir)
}

// chainHolds walks the relations from the first subject of the chain and wants the last one seventy steps away.
func chainHolds(t *testing.T, dir string) {
	t.Helper()
	next := map[string][]string{}
	for _, r := range table(t, dir, "relations") {
		next[r["from"]] = append(next[r["from"]], r["to"])
		next[r["to"]] = append(next[r["to"]], r["from"])
	}
	chain := table(t, dir, "chain")
	first, last := chain[0]["subject"], chain[len(chain)-1]["subject"]
	steps, todo := map[string]int{first: 0}, []string{first}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		for _, n := range next[s] {
			if _, seen := steps[n]; !seen {
				steps[n] = steps[s] + 1
				todo = append(todo, n)
			}
		}
	}
	if steps[last] != 70 || len(chain) != 71 {
		t.Errorf("the chain is %d subjects long, its end %d relations away", len(chain), steps[last])
	}
}

// No text has a hole, and what the bad say is not said twice in the same words more often than chance would have it.
func TestTextsAreWhole(t *testing.T) {
	dir, _ := write(t, options())
	for _, name := range []string{"signals", "products"} {
		for _, row := range table(t, dir, name) {
			text := row["text"]
			if text == "" || strings.ContainsAny(text, "{}") || strings.Contains(text, "，，") || strings.Contains(text, "。，") {
				t.Errorf("%s of %v: %q", name, row, text)
			}
		}
	}
}

// More goes on before feasts and after sales than on an ordinary day.
func TestSeasons(t *testing.T) {
	dir, _ := write(t, options())
	days := map[string]int{}
	for _, v := range table(t, dir, "transfers") {
		days[v["at"][:10]]++
	}
	if quiet, busy := days["2026-10-28"], days["2026-11-11"]; busy < quiet*3/2 {
		t.Errorf("%d transfers on a quiet day, %d on 11 November", quiet, busy)
	}
	if feast, before := days["2026-02-19"], days["2026-02-10"]; before < feast*3/2 {
		t.Errorf("%d transfers at Spring Festival, %d before it", feast, before)
	}
}

func TestCancelledWhileMoneyIsWritten(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer stop()
	_, err := simulate.Write(ctx, t.TempDir(), simulate.Options{Companies: 300, Transfers: 100_000_000, Seed: 1})
	if err == nil {
		t.Error("a hundred million transfers were written in a moment")
	}
}
