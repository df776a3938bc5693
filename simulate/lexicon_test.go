package simulate

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every place of a sentence is a list or a word of a voice, so that no text has a hole.
func TestEveryPlaceHasWords(t *testing.T) {
	l, err := readLexicon()
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := readProfiles()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"name": true, "brand": true, "product": true, "rate": true, "rate3": true, "rate_cn": true, "fen": true,
		"per100": true, "per1k": true, "per10k": true, "per50k": true, "per100k": true, "per500k": true, "place": true, "y": true,
		"offer": true, "web": true, "complain": true, "near": true}
	for name, lines := range l.parts {
		for _, line := range lines {
			for _, p := range line {
				if p.place && p.high == 0 && !known[p.text] && len(l.parts[p.text]) == 0 {
					t.Errorf("%s: no list %q", name, p.text)
				}
			}
		}
	}
	for _, p := range profiles {
		area := strings.ToLower(p.area)
		for _, list := range []string{p.suffix, p.scope} {
			if len(l.lines[list]) == 0 {
				t.Errorf("%s: no list %q", p.typology, list)
			}
		}
		if p.area != "" && len(l.lines["product_"+p.area]) == 0 {
			t.Errorf("%s: products of %s have no names", p.typology, p.area)
		}
		for _, plan := range p.signals {
			if len(l.lines[plan.section]) == 0 {
				t.Errorf("%s: no list %q", p.typology, plan.section)
			}
			for _, needs := range map[string][]string{"ad": {"offer"}, "page": {"web"}, "plea": {"complain"}, "near_text": {"near"}}[plan.section] {
				if len(l.lines[needs+"_"+area]) == 0 {
					t.Errorf("%s: no list %s_%s", p.typology, needs, area)
				}
			}
		}
	}
}

// Several hundred adverts of each area are different.
func TestAdvertsOfAnAreaVary(t *testing.T) {
	l, err := readLexicon()
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := readProfiles()
	if err != nil {
		t.Fatal(err)
	}
	s := scribe{w: &world{lex: l}}
	for _, p := range profiles {
		if p.cohort != cohortBad {
			continue
		}
		r := rand.New(rand.NewPCG(1, 2))
		c := company{name: "N", brand: "B", profile: &p, product: product{name: "P", permyriad: 150, period: "month"}}
		v := s.voice(&c)
		said := map[string]bool{}
		for range 500 {
			text := l.say(r, "ad", v)
			if strings.ContainsAny(text, "{}") || len(text) < 20 {
				t.Errorf("%s: %q", p.typology, text)
			}
			said[text] = true
		}
		if len(said) < 480 {
			t.Errorf("%s: %d of 500 adverts differ", p.typology, len(said))
		}
	}
}

func TestSpelledYields(t *testing.T) {
	l, err := readLexicon()
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{100: "百分之一", 150: "百分之一点五", 1000: "百分之十", 1250: "百分之十二点五", 2000: "百分之二十",
		2134: "百分之二十一点三四", 20: "百分之零点二", 10500: "105%"} {
		if got := l.spelled(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if hundredths(150) != "1.5" || hundredths(7) != "0.07" || hundredths(2000) != "20" {
		t.Error(hundredths(150), hundredths(7), hundredths(2000))
	}
}

// Codes and brands are told from the number alone, so two numbers must never give the same.
func TestNumbersGiveDifferentCompanies(t *testing.T) {
	w, err := newWorld(Options{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	codes, brands := map[string]int{}, map[string]int{}
	for i := range 40_000 {
		code, brand := w.creditCode("440305", i), w.brand(i)
		if j, taken := codes[code]; taken || code == "" {
			t.Fatalf("%d and %d have the code %s", i, j, code)
		}
		if j, taken := brands[brand]; taken {
			t.Fatalf("%d and %d have the brand %s", i, j, brand)
		}
		codes[code], brands[brand] = i, i
	}
}

// What a scheme does lies in its life, and its life before the end.
func TestLivesEndInTime(t *testing.T) {
	end, err := Options{}.end()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 9))
		l := newLife(r, end)
		if !l.start.Before(l.grown) || l.peak.Before(l.grown) || !l.peak.Before(end) || l.start.Before(end.AddDate(0, 0, -memoryDays)) {
			t.Fatalf("%+v", l)
		}
		for _, pattern := range []string{"weak", "grow", "strong", "fallen"} {
			at, come := l.when(r, pattern, end)
			if come && (at.Before(l.start) || !at.Before(end)) {
				t.Fatalf("%s at %v of %+v", pattern, at, l)
			}
		}
	})
}
