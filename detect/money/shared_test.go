package money

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"xiezhi/graph"
)

const shared = "../../../shared/data"

func testRules(t testing.TB) *Rules { return testRulesOf(t, "2026.11.6") }

func testRulesOf(t testing.TB, version string) *Rules {
	t.Helper()
	b, err := os.ReadFile("../rules/money-" + version + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var r Rules
	if err := yaml.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return &r
}

func rows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, path))
	if err != nil {
		t.Skipf("the measuring data are needed: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	list, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list[1:]
}

type truth struct {
	typology string
	bad      bool
	members  map[int64]bool
}

func amlsim(t testing.TB, dir string) (*Book, map[string]*truth) {
	num := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var list []Transfer
	for i, r := range rows(t, dir+"/transactions.csv.gz") {
		at, err := time.Parse(time.RFC3339, r[5])
		if err != nil {
			t.Fatal(err)
		}
		amount, err := strconv.ParseFloat(r[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Transfer{Transfer: graph.Transfer{ID: int64(i), From: num(r[1]), To: num(r[2]), Fen: int64(math.Round(amount * 100)), At: at.UnixMicro()}})
	}
	all := map[string]*truth{}
	for _, r := range rows(t, dir+"/alert_transactions.csv.gz") {
		s := all[r[0]]
		if s == nil {
			s = &truth{typology: r[1], bad: r[2] == "True", members: map[int64]bool{}}
			all[r[0]] = s
		}
		s.members[num(r[4])], s.members[num(r[5])] = true, true
	}
	return NewBook(list, nil), all
}

// TestSharedAMLSim prints what is found of each typology, at the score of orange.
func TestSharedAMLSim(t *testing.T) {
	for _, dir := range []string{"amlsim-10k", "amlsim-mix"} {
		b, all := amlsim(t, dir)
		started := time.Now()
		list, pop := Find(b, testRules(t), nil)
		t.Logf("%s: %d transfers, %d schemes in %v; %+v", dir, b.Len(), len(list), time.Since(started), pop)
		for _, least := range []float64{60, 40} {
			report(t, b, list, all, least)
		}
	}
}

func report(t *testing.T, b *Book, list []Scheme, all map[string]*truth, least float64) (precision, recall float64) {
	badOf, known := map[int64]bool{}, map[int64]bool{}
	for _, s := range all {
		for m := range s.members {
			known[m] = true
			badOf[m] = badOf[m] || s.bad
		}
	}
	flagged := map[int64]bool{}
	found, total := map[string]int{}, map[string]int{}
	byKind := map[string][2]int{}
	hits := map[*truth]bool{}
	for i := range list {
		s := &list[i]
		if s.Score < least {
			continue
		}
		var members []int64
		for _, m := range s.Members {
			if !m.Aside {
				k := b.Key(m.Account)
				members = append(members, k)
				flagged[k] = true
			}
		}
		n, right := 0, 0
		for _, k := range members {
			n++
			if badOf[k] {
				right++
			}
		}
		c := byKind[string(s.Typology)]
		byKind[string(s.Typology)] = [2]int{c[0] + 1, c[1]}
		if 2*right >= n {
			byKind[string(s.Typology)] = [2]int{c[0] + 1, c[1] + 1}
		}
		for _, tr := range all {
			in, kn := 0, 0
			for _, k := range members {
				if tr.members[k] {
					in++
				}
				if known[k] {
					kn++
				}
			}
			if 2*in >= len(tr.members) && 2*in >= kn {
				hits[tr] = true
			}
		}
	}
	for _, tr := range all {
		name := fmt.Sprintf("%s/%v", tr.typology, tr.bad)
		total[name]++
		if hits[tr] {
			found[name]++
		}
	}
	right, decoy := 0, 0
	for k := range flagged {
		if badOf[k] {
			right++
		} else if known[k] {
			decoy++
		}
	}
	bad := 0
	for _, v := range badOf {
		if v {
			bad++
		}
	}
	p, r := float64(right)/float64(max(1, len(flagged))), float64(right)/float64(bad)
	t.Logf("  score >= %.0f: flagged %d, right %d of %d, look-alikes %d, other %d; precision %.3f recall %.3f F1 %.3f", least, len(flagged), right, bad, decoy, len(flagged)-right-decoy, p, r, 2*p*r/(p+r))
	var names []string
	for n := range total {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t.Logf("    %-22s %d of %d", n, found[n], total[n])
	}
	t.Logf("    alerts by pattern (all, mostly bad members): %v", byKind)
	return p, r
}

func paysim(t testing.TB) (*Book, map[int64]bool) {
	keys := map[string]int64{}
	merchants := map[int64]bool{}
	num := func(s string) int64 {
		if _, ok := keys[s]; !ok {
			keys[s] = int64(len(keys))
		}
		return keys[s]
	}
	var list []Transfer
	for i, r := range rows(t, "paysim/rawLog.csv.gz") {
		step, err := strconv.ParseInt(r[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		amount, err := strconv.ParseFloat(r[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		tr := Transfer{Transfer: graph.Transfer{ID: int64(i), From: num(r[3]), To: num(r[6]), Fen: int64(math.Round(amount * 100)), At: step * hour}}
		switch r[1] {
		case "CASH_IN":
			tr.From, tr.To, tr.Channel = tr.To, tr.From, ChannelCashIn
			merchants[tr.From] = true
		case "CASH_OUT":
			tr.Channel = ChannelCashOut
			merchants[tr.To] = true
		case "PAYMENT", "DEBIT":
			tr.Channel = ChannelPayment
			merchants[tr.To] = true
		}
		list = append(list, tr)
	}
	mules := map[int64]bool{}
	f, err := os.Open(filepath.Join(shared, "paysim/mule_accounts.txt.gz"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	for sc.Scan() {
		mules[num(sc.Text())] = true
	}
	return NewBook(list, func(k int64) Account { return Account{Merchant: merchants[k]} }), mules
}

func TestSharedPaySim(t *testing.T) {
	b, mules := paysim(t)
	started := time.Now()
	list, pop := Find(b, testRules(t), nil)
	t.Logf("%d transfers, %d schemes in %v %+v", b.Len(), len(list), time.Since(started), pop)
	all := map[string]*truth{}
	for k := range mules {
		all[strconv.FormatInt(k, 10)] = &truth{typology: "mule", bad: true, members: map[int64]bool{k: true}}
	}
	report(t, b, list, all, 60)
	for i := range list {
		s := &list[i]
		if mules[b.Key(s.Subject)] == (s.Score < 60) {
			t.Logf("%s %v %.1f %d members %+v", s.Typology, s.Also, s.Score, len(s.Members), s.Parts)
		}
	}
}
