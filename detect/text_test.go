package detect

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func defaultRules(t testing.TB) Rules {
	t.Helper()
	r, err := DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type sentence struct {
	voice  Voice
	want   bool
	period Period
	rate   float64
	text   string
}

func sentences(t testing.TB) []sentence {
	t.Helper()
	f, err := os.Open("testdata/yield_sentences.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []sentence
	for _, row := range rows[1:] {
		s := sentence{voice: Voice(row[0]), text: row[2]}
		parts := strings.Split(row[1], ":")
		s.want = parts[0] == "1"
		if len(parts) > 1 {
			s.period = Period(parts[1])
		}
		if len(parts) > 2 {
			if s.rate, err = strconv.ParseFloat(parts[2], 64); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, s)
	}
	return out
}

func (s sentence) matches(p Promise) bool {
	return (s.period == "" || p.Period == s.period) && (s.rate == 0 || math.Abs(p.Rate-s.rate) < 1e-9)
}

// TestYieldSentences holds the promise grammar against labelled sentences, half of them hard negatives.
func TestYieldSentences(t *testing.T) {
	rules := defaultRules(t)
	tp, fp, fn, exact := 0, 0, 0, 0
	for _, s := range sentences(t) {
		found := rules.Extract(s.text, s.voice).Promises
		switch {
		case s.want && len(found) == 0:
			fn++
			t.Logf("missed: %s", s.text)
		case !s.want && len(found) > 0:
			fp++
			t.Logf("wrong: %s -> %+v", s.text, found)
		case s.want:
			tp++
			ok := false
			for _, p := range found {
				ok = ok || s.matches(p)
			}
			if !ok {
				t.Logf("inexact: %s -> %+v", s.text, found)
				continue
			}
			exact++
		}
	}
	precision, recall := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	t.Logf("precision %.3f recall %.3f exact %.3f of %d positives", precision, recall, float64(exact)/float64(tp), tp+fn)
	if precision < 0.97 || recall < 0.97 || float64(exact)/float64(tp) < 0.95 {
		t.Errorf("precision %.3f, recall %.3f or exactness is too low", precision, recall)
	}
}

func TestPromiseDetails(t *testing.T) {
	rules := defaultRules(t)
	p := rules.Extract("年化12%～15%，保本保息", VoiceOwn).Promises
	if len(p) != 1 || p[0].Low != 0.12 || p[0].Rate != 0.15 || !p[0].Guaranteed || p[0].Annual != 0.15 {
		t.Errorf("range and guarantee: %+v", p)
	}
	p = rules.Extract("日收益8%，不承诺保本", VoiceOwn).Promises
	if len(p) != 1 || p[0].Guaranteed || p[0].Annual != 29.2 {
		t.Errorf("a denied guarantee counts: %+v", p)
	}
	text := "欢迎。日息8%哦"
	p = rules.Extract(text, VoiceOwn).Promises
	if len(p) != 1 || text[p[0].Start:p[0].End] != "日息8%" {
		t.Errorf("span: %+v", p)
	}
}

func TestWordsAreGuarded(t *testing.T) {
	rules := defaultRules(t)
	has := func(text string, voice Voice, class string) bool {
		for _, w := range rules.Extract(text, voice).Words {
			if w.Class == class {
				return true
			}
		}
		return false
	}
	tests := []struct {
		text  string
		voice Voice
		class string
		want  bool
	}{
		{"保本保息，稳赚不赔", VoiceOwn, "guarantee", true},
		{"本产品不承诺保本", VoiceOwn, "guarantee", false},
		{"非保本浮动收益", VoiceOwn, "guarantee", false},
		{"谨防保本高息骗局", VoiceOwn, "guarantee", false},
		{"推荐奖10%，拉人头返现", VoiceOwn, "headcount", true},
		{"严禁拉人头", VoiceOwn, "headcount", false},
		{"平台无法提现，老板跑路", VoiceReport, "closing", true},
		{"平台无法提现，老板跑路", VoiceOwn, "closing", false},
		{"静态收益+动态收益", VoiceOwn, "static_dynamic", true},
		{"公安机关已立案侦查", VoiceReport, "police_filed", true},
		{"公安机关不予立案", VoiceReport, "police_filed", false},
		{"央视推荐，国企背景", VoiceOwn, "endorsement", true},
	}
	for _, tc := range tests {
		if got := has(tc.text, tc.voice, tc.class); got != tc.want {
			t.Errorf("%s in %q: %v", tc.class, tc.text, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	rules := defaultRules(t)
	tests := []struct {
		text, kind string
		want       float64
	}{
		{"三级分销，享受下线佣金", NumberLevels, 3},
		{"下线团队拿九代奖励", NumberLevels, 9},
		{"三级医院", NumberLevels, 0},
		{"发展会员3000人", NumberPersons, 3000},
		{"招聘理财顾问100名", NumberJobs, 100},
		{"最高500倍杠杆", NumberLeverage, 500},
		{"杠杆最高可达1000倍", NumberLeverage, 1000},
	}
	for _, tc := range tests {
		got := 0.0
		for _, n := range rules.Extract(tc.text, VoiceOwn).Numbers {
			if n.Kind == tc.kind {
				got = max(got, n.Value)
			}
		}
		if got != tc.want {
			t.Errorf("%s in %q: %v, want %v", tc.kind, tc.text, got, tc.want)
		}
	}
}

// TestHostileTexts reads a mebibyte of each kind of nonsense; time must grow with the length only.
func TestHostileTexts(t *testing.T) {
	rules := defaultRules(t)
	for _, unit := range []string{"8%", "日息8%", "每天", "投1万", "<", "<a ", "不", "保本", "谨防", "一", "万亿", "1,", "返", "8-", "三级", " ", "\x00", "\xff", "日", "翻倍", "日息8%。"} {
		time1 := timed(func() { rules.Extract(strings.Repeat(unit, (1<<17)/len(unit)), VoiceOwn) })
		time8 := timed(func() { rules.Extract(strings.Repeat(unit, (1<<20)/len(unit)), VoiceOwn) })
		if time8 > 3*time.Second || time8 > 30*time1+250*time.Millisecond {
			t.Errorf("%q: 128 KiB %v, 1 MiB %v", unit, time1, time8)
		}
	}
	long := strings.Repeat("正常经营，诚信服务。", 30000) + "日息8%"
	if p := rules.Extract(long, VoiceOwn).Promises; len(p) != 1 {
		t.Errorf("a promise at the end of a long text: %v", p)
	}
}

func timed(f func()) time.Duration {
	best := time.Hour
	for range 4 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

func TestExcerpt(t *testing.T) {
	text := strings.Repeat("甲", 300) + "日息8%" + strings.Repeat("乙", 300)
	start := strings.Index(text, "日息")
	q, from, to := excerpt(text, start, start+len("日息8%"))
	if utf8.RuneCountInString(q) != excerptRunes {
		t.Errorf("length %d", utf8.RuneCountInString(q))
	}
	e := Evidence{Excerpt: q, Start: from, End: to}
	if _, hit, _ := e.Parts(); hit != "日息8%" {
		t.Errorf("hit %q", hit)
	}
}

// FuzzExtract: no panic, offsets inside the text, the same answer twice.
func FuzzExtract(f *testing.F) {
	rules := defaultRules(f)
	for _, s := range sentences(f) {
		f.Add(s.text)
	}
	f.Add("百分之")
	f.Add("￥＄１２,３４５.6％－－7％每")
	f.Add("<<<a>\x00\xff日\u200b息８‰")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		for _, voice := range []Voice{VoiceOwn, VoiceNews, VoiceReport} {
			a, b := rules.Extract(text, voice), rules.Extract(text, voice)
			if len(a.Promises) != len(b.Promises) || len(a.Words) != len(b.Words) || len(a.Numbers) != len(b.Numbers) {
				t.Fatalf("two answers for %q", text)
			}
			for i, p := range a.Promises {
				if p != b.Promises[i] {
					t.Fatalf("two answers for %q", text)
				}
				if p.Start < 0 || p.End > len(text) || p.Start > p.End || !(p.Annual > 0) || math.IsInf(p.Annual, 0) {
					t.Fatalf("promise %+v of %q", p, text)
				}
				q, from, to := excerpt(text, p.Start, p.End)
				if n := utf8.RuneCountInString(q); n > excerptRunes || from > to || to > n {
					t.Fatalf("excerpt %q %d %d", q, from, to)
				}
			}
			for _, w := range a.Words {
				if w.Start < 0 || w.End > len(text) || w.Start > w.End {
					t.Fatalf("word %+v of %q", w, text)
				}
			}
		}
	})
}
