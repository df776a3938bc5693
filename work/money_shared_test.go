package work_test

import (
	"fmt"
	"hash/fnv"
	"path/filepath"
	"sort"
	"testing"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// measured loads foreign data by the shipped mappings, scans its whole history and holds the alerts against its ground truth.
type measured struct {
	labels  []work.Label
	flagged map[string]bool
	all     int64 // accounts with transfers
	rep     work.EvaluationReport
	desk    *work.Desk
}

func measure(t *testing.T, kind string, truth []string, loads [][2]string) measured {
	t.Helper()
	s := modelstest.Open(t, filepath.Join(t.TempDir(), "money.db"), at("2026-11-20"))
	d, ctx, actor := desk(t, s), t.Context(), models.System("test")
	labels, err := work.ForeignLabels(kind, truth)
	if err != nil {
		t.Skipf("the measuring data are needed: %v", err)
	}
	for _, l := range loads {
		rep, err := d.Ingest(ctx, actor, work.IngestOptions{Paths: []string{filepath.Join(shared, l[0])}, Mapping: l[1], Division: "000000"})
		if err != nil || rep.Refused() {
			t.Fatalf("%s by %s: %+v %v", l[0], l[1], rep, err)
		}
	}
	scan, err := d.Scan(ctx, actor, work.ScanOptions{All: true, ValidAt: s.Now()})
	if err != nil {
		t.Fatal(err)
	}
	m := measured{labels: labels, flagged: map[string]bool{}, all: scan.Money.Accounts, desk: d}
	if m.rep, err = d.Evaluate(ctx, labels, kind, "orange"); err != nil {
		t.Fatal(err)
	}
	flags, err := s.AlertedMembers(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flags {
		m.flagged[f.Subject] = true
	}
	t.Logf("%d accounts, %d transfers, %d schemes in %.1f s: flagged %d, right %d, precision %.3f, recall %.3f, F1 %.3f, average precision %.3f", scan.Money.Accounts,
		scan.Money.Transfers, scan.Money.Schemes, scan.Seconds, m.rep.Flagged, m.rep.TruePositive, m.rep.Precision, m.rep.Recall, m.rep.F1, m.rep.AveragePrecision)
	return m
}

// half says which half of the schemes one belongs to: one was looked at while building, the other was not.
func half(scheme string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(scheme))
	return int(h.Sum32() % 2)
}

func (m measured) found(t *testing.T, typology string) float64 {
	t.Helper()
	return m.rep.ByTypology[typology].Recall
}

// report prints schemes found per typology, over all and by halves, and F1 by account against flagging everybody; members of
// other typologies are left out of each count.
func (m measured) report(t *testing.T) map[string]float64 {
	t.Helper()
	by := map[string]map[string]bool{}
	bad, known := map[string]bool{}, map[string]bool{}
	for _, l := range m.labels {
		known[l.Subject] = true
		if l.Bad {
			bad[l.Subject] = true
			if by[l.Typology] == nil {
				by[l.Typology] = map[string]bool{}
			}
			by[l.Typology][l.Subject] = true
		}
	}
	others := 0
	for s := range m.flagged {
		if !bad[s] {
			others++
		}
	}
	ratio := map[string]float64{}
	var names []string
	for n := range by {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		right := 0
		for s := range by[n] {
			if m.flagged[s] {
				right++
			}
		}
		f1 := 2 * float64(right) / float64(len(by[n])+right+others)
		every := 2 * float64(len(by[n])) / float64(int64(len(by[n]))+m.all-int64(len(bad)-len(by[n])))
		ratio[n] = f1 / every
		tr := m.rep.ByTypology[n]
		t.Logf("  %-15s %2d of %2d schemes found; accounts F1 %.3f, flagging everybody %.3f, ratio %.1f; by halves %s", n, tr.Found, tr.Schemes, f1, every, f1/every, m.halves(n))
	}
	return ratio
}

// halves gives the share of acting accounts flagged in each half of the schemes of a typology.
func (m measured) halves(typology string) string {
	var all, right [2]int
	for _, l := range m.labels {
		if l.Typology == typology && l.Bad {
			h := half(l.Scheme)
			all[h]++
			if m.flagged[l.Subject] {
				right[h]++
			}
		}
	}
	return fmt.Sprintf("%.2f / %.2f", float64(right[0])/float64(max(1, all[0])), float64(right[1])/float64(max(1, all[1])))
}

func TestMoneyAMLSimMix(t *testing.T) {
	m := measure(t, "amlsim", []string{shared + "/amlsim-mix/alert_transactions.csv.gz"},
		[][2]string{{"amlsim-mix/accounts.csv.gz", "amlsim-accounts"}, {"amlsim-mix/transactions.csv.gz", "amlsim-transactions"}})
	m.report(t)
	for typology, least := range map[string]float64{"scatter_gather": 0.9, "gather_scatter": 0.8, "cycle": 0.8, "fan_in": 0.8} {
		if got := m.found(t, typology); got < least {
			t.Errorf("%s: %.2f of the schemes found", typology, got)
		}
	}
	if wrong := m.rep.Flagged - m.rep.TruePositive; wrong > 3*m.rep.TruePositive {
		t.Errorf("%d false account flags to %d true ones", wrong, m.rep.TruePositive)
	}
	m.lookAlikes(t)
}

// lookAlikes prints how often innocent look-alikes are flagged: a scheme counts where half its accounts are.
func (m measured) lookAlikes(t *testing.T) {
	t.Helper()
	type tally struct{ all, right int }
	members := map[string][]work.Label{}
	for _, l := range m.labels {
		members[l.Scheme] = append(members[l.Scheme], l)
	}
	sums := map[string]*tally{}
	for _, list := range members {
		hit := 0
		for _, l := range list {
			if m.flagged[l.Subject] {
				hit++
			}
		}
		for _, key := range []string{fmt.Sprintf("%v", list[0].Bad), fmt.Sprintf("%v %s", list[0].Bad, list[0].Typology)} {
			if sums[key] == nil {
				sums[key] = &tally{}
			}
			sums[key].all++
			if 2*hit >= len(list) {
				sums[key].right++
			}
		}
	}
	var keys []string
	for k := range sums {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("  is_bad %-24s %d of %d schemes have half their accounts flagged", k, sums[k].right, sums[k].all)
	}
	if bad, near := sums["true"], sums["false"]; bad == nil || near == nil || 2*near.right > bad.right {
		t.Errorf("look-alikes flagged %+v, schemes %+v", near, bad)
	}
}

func TestMoneyAMLSim10k(t *testing.T) {
	m := measure(t, "amlsim", []string{shared + "/amlsim-10k/alert_transactions.csv.gz"},
		[][2]string{{"amlsim-10k/accounts.csv.gz", "amlsim-accounts"}, {"amlsim-10k/transactions.csv.gz", "amlsim-transactions"}})
	for typology, ratio := range m.report(t) {
		if typology != "fan_out" && ratio < 2 {
			t.Errorf("%s: F1 is %.1f times that of flagging everybody", typology, ratio)
		}
	}
}

func TestMoneyPaySim(t *testing.T) {
	var loads [][2]string
	for _, m := range []string{"paysim-accounts-from", "paysim-accounts-to", "paysim-merchants", "paysim-transfers", "paysim-cash-in"} {
		loads = append(loads, [2]string{"paysim/rawLog.csv.gz", m})
	}
	m := measure(t, "paysim", []string{shared + "/paysim/mule_accounts.txt.gz"}, loads)
	m.report(t)
	if m.rep.F1 < 0.92 {
		t.Errorf("F1 of mule accounts is %.3f", m.rep.F1)
	}
}
