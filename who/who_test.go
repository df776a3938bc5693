package who_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
	"xiezhi/who"
)

// Each row says what two names are to each other: a verdict, or that they are not the same.
func TestHanNames(t *testing.T) {
	f, err := os.Open("testdata/han.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		m := who.Names(r[0], r[1], who.OfBody)
		ok := string(m.Verdict) == r[2] || strings.HasPrefix(r[2], "not-same") && m.Verdict != who.Same
		if !ok {
			t.Errorf("%s | %s: %+v, want %s", r[0], r[1], m, r[2])
		}
	}
}

func tally(t *testing.T, name string, answer func(who.Pair) bool, take func(who.Pair) bool) who.Tally {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Skipf("the pairs are not here: %v", err)
	}
	defer f.Close()
	list, err := who.ReadPairs(f)
	if err != nil {
		t.Fatal(err)
	}
	var sum who.Tally
	for _, p := range list {
		if take(p) {
			sum.Note(answer(p), p.True)
		}
	}
	t.Logf("%s: %+v, precision %.3f, recall %.3f, F1 %.3f", name, sum, sum.Precision(), sum.Recall(), sum.F1())
	return sum
}

// The floor of the frozen Chinese set; only sums are looked at.
func TestFrozenNames(t *testing.T) {
	sum := tally(t, "../eval/names.csv", who.Identity, func(who.Pair) bool { return true })
	if sum.Precision() < .97 || sum.Recall() < .85 {
		t.Error("below the floor of precision .97 and recall .85")
	}
}

// The half of name-match that nobody tuned on must beat the published matcher: precision .76, recall .82.
func TestScreening(t *testing.T) {
	sum := tally(t, "../../shared/data/name-match/cases.csv", who.Screening, who.Pair.Held)
	if sum.Precision() < .82 || sum.Recall() < .85 {
		t.Error("below the floor of precision .82 and recall .85")
	}
}

// Comparing is symmetric, a name is itself, scores stay within bounds, and nothing trips over any text.
func TestNamesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sort := rapid.SampledFrom([]who.Sort{who.OfBody, who.OfPerson}).Draw(t, "sort")
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom(samples()), rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom(samples()).Draw(t, "x") + rapid.StringN(0, 4, -1).Draw(t, "y") + rapid.SampledFrom(samples()).Draw(t, "z")
		}))
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		m, back := who.Names(a, b, sort), who.Names(b, a, sort)
		if fmt.Sprint(m) != fmt.Sprint(back) {
			t.Fatalf("%q, %q: %v, the other way %v", a, b, m, back)
		}
		if m.Score < 0 || m.Score > 100 {
			t.Fatalf("score %d", m.Score)
		}
		if self := who.Names(a, a, sort); self.Verdict != who.Same && strings.ContainsAny(a, "abcdefghijklmnopqrstuvwxyz") {
			t.Fatalf("%q is not itself: %v", a, self)
		}
	})
}

func samples() []string {
	return []string{"深圳市启明科技有限公司", "启明科技（深圳）有限公司", "（原", "公司", "简称", "有限合伙", "ООО Ромашка", "A.B.C. Company", "van der Bilt, J.", "بن", "、", "更名为", "(", ")", "Ltd", "北京"}
}

// What must be proposed out of a crowd, and what must not.
func TestPropose(t *testing.T) {
	list := []who.Record{
		{ID: 1, Name: "深圳市启明科技有限公司", Phone: "0755-12345678"}, {ID: 2, Name: "启明科技（深圳）有限责任公司"}, {ID: 3, Name: "深圳市启名科技有限公司"},
		{ID: 4, Name: "深圳市启明科技有限公司广州分公司"}, {ID: 5, Name: "广州启明科技有限公司"}, {ID: 6, Name: "东莞市远航贸易有限公司", Phone: "(0755)12345678"},
		{ID: 7, Kind: who.Institution, Name: "中国招商银行股份有限公司"}, {ID: 8, Name: "深圳招商银行财富管理有限公司"},
		{ID: 9, Kind: who.Person, Name: "王小明", BirthYear: 1980, Division: "440300"}, {ID: 10, Kind: who.Person, Name: "王小明", BirthYear: 1980, Division: "440304"},
		{ID: 11, Kind: who.Person, Name: "王小明", BirthYear: 1981, Division: "440300"}, {ID: 12, Name: "山西晋城面粉厂"},
	}
	got := map[string]who.Verdict{}
	for c := range who.Propose(list, who.Options{}) {
		got[fmt.Sprintf("%d - %d", c.A, c.B)] = c.Match.Verdict
	}
	for pair, want := range map[string]who.Verdict{"1 - 2": who.Same, "1 - 3": who.Alike, "1 - 4": who.Branch, "1 - 5": who.Sibling, "7 - 8": who.LookAlike, "9 - 10": who.Alike, "1 - 6": who.Shared} {
		if got[pair] != want {
			t.Errorf("%s is %q, want %q", pair, got[pair], want)
		}
	}
	for _, pair := range []string{"9 - 11", "1 - 12", "6 - 12"} {
		if v, ok := got[pair]; ok {
			t.Errorf("%s is proposed as %s", pair, v)
		}
	}
}

// crowd makes n companies, of which each tenth has another dress of the name before it.
func crowd(n int) []who.Record {
	list := make([]who.Record, n)
	syllables := []rune("启明远航星河腾达宏图嘉禾瑞丰恒信博雅德昌华润金泰安康正通海联天成万象")
	for i := range list {
		x := uint64(i)*0x9E3779B97F4A7C15 + 1
		if i%10 == 9 {
			x = uint64(i-1)*0x9E3779B97F4A7C15 + 1
		}
		core := make([]rune, 6)
		for k := range core {
			core[k] = syllables[(x>>(k*9))%uint64(len(syllables))]
		}
		list[i] = who.Record{ID: int64(i + 1), Name: "深圳市" + string(core) + "有限公司"}
		if i%10 == 9 {
			list[i].Name = string(core) + "（深圳）有限责任公司"
		}
	}
	return list
}

// Ten times the subjects take about ten times as long on a quiet machine, never near a hundred, and every planted pair is found.
func TestProposeGrows(t *testing.T) {
	took := func(n int) time.Duration {
		list := crowd(n)
		began := time.Now()
		same := map[int64]bool{}
		for c := range who.Propose(list, who.Options{Least: 90}) {
			if c.Match.Verdict == who.Same {
				same[c.B] = true
			}
		}
		d := time.Since(began)
		if len(same) < n/10 {
			t.Errorf("%d of %d planted pairs found", len(same), n/10)
		}
		return d
	}
	small, large := min(took(3_000), took(3_000)), took(30_000)
	t.Logf("3,000 in %v, 30,000 in %v", small, large)
	if large > 80*small {
		t.Errorf("ten times the subjects take %.0f times as long", large.Seconds()/small.Seconds())
	}
}

// BenchmarkPropose gives the time a subject takes at several sizes, which may not grow faster than the logarithm.
func BenchmarkPropose(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 400_000} {
		list := crowd(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				found := 0
				for range who.Propose(list, who.Options{}) {
					found++
				}
				b.ReportMetric(float64(found), "proposals")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "us/subject")
		})
	}
}

// TestProposeLarge measures proposals over XIEZHI_WHO subjects: the time for each, the proposals, which are given one by one and not
// gathered, and the memory at its largest.
func TestProposeLarge(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("XIEZHI_WHO"))
	if err != nil {
		t.Skip("a measurement: set XIEZHI_WHO to the number of subjects")
	}
	list := crowd(n)
	began, same, found, most := time.Now(), map[int64]bool{}, 0, uint64(0)
	for c := range who.Propose(list, who.Options{}) {
		if found++; c.Match.Verdict == who.Same {
			same[c.B] = true
		}
		if found%100_000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	t.Logf("%d subjects in %v, %.0f us each; %d proposals; heap at most %d MB", n, time.Since(began).Round(time.Second), float64(time.Since(began).Microseconds())/float64(n), found, most>>20)
	if len(same) < n/10 {
		t.Errorf("%d of %d planted pairs found", len(same), n/10)
	}
}
