package law

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestElementsFitTheLines(t *testing.T) {
	groups := map[string]bool{}
	keys := map[string]bool{}
	for _, e := range elements() {
		if _, ok := OffenceByCode(e.Offence); !ok {
			t.Errorf("element %s of the unknown offence %s", e.Key, e.Offence)
		}
		if _, ok := ArticleByID(e.Article); !ok {
			t.Errorf("element %s %s cites %s", e.Offence, e.Key, e.Article)
		}
		if e.Zh == "" || e.En == "" || !slices.Contains([]ElementRole{ElementNeeded, ElementSign, ElementConduct, ElementExclusion, ConditionAny, ConditionAll}, e.Role) {
			t.Errorf("element %s %s is incomplete", e.Offence, e.Key)
		}
		id := strings.Join([]string{e.Offence, e.Key, e.Group}, " ")
		if keys[id] {
			t.Errorf("%s stands twice", id)
		}
		keys[id] = true
		if e.Group != "" {
			groups[e.Offence+" "+e.Group] = true
		}
	}
	for _, o := range Offences() {
		for _, l := range o.Thresholds {
			if l.Condition != "" && !groups[o.Code+" "+l.Condition] {
				t.Errorf("no element opens the condition %s of %s", l.Condition, o.Code)
			}
		}
	}
}

// yes answers every element of a group.
func yes(offence, group string) map[string]Reply {
	out := map[string]Reply{}
	for _, e := range Elements(offence) {
		if e.Group == group {
			out[e.Key] = Reply{Is: Yes, Source: "test"}
		}
	}
	return out
}

// Every line of the table: exactly at the limit it is met, one below it is not, and without the figure it is open; a line with a
// condition is open until the condition is answered, and not met when it is denied.
func TestEveryLineAtItsLimit(t *testing.T) {
	n := 0
	for _, o := range Offences() {
		for i, l := range o.Thresholds {
			n++
			limit := l.Limit
			if l.LimitHigh > 0 {
				limit = l.LimitHigh
			}
			at := func(value int64, answers map[string]Reply) Held {
				out, ok := Hold(Measurement{Offence: o.Code, Figures: map[Quantity]Figure{l.Quantity: {Value: value}}, Answers: answers})
				if !ok {
					t.Fatalf("no offence %s", o.Code)
				}
				return out.Lines[i]
			}
			name := fmt.Sprintf("%s %s %s %d %s", o.Code, l.Tier, l.Quantity, l.Limit, l.Condition)
			given := map[string]Reply{}
			if l.Condition != "" {
				given = yes(o.Code, l.Condition)
				if h := at(limit, nil); h.Standing != Open || len(h.Missing) == 0 {
					t.Errorf("%s: at the limit without its condition %s %v", name, h.Standing, h.Missing)
				}
				denied := map[string]Reply{}
				for key := range given {
					denied[key] = Reply{Is: No}
				}
				if h := at(limit, denied); h.Standing != NotMet {
					t.Errorf("%s: with its condition denied %s", name, h.Standing)
				}
			}
			if h := at(limit, given); h.Standing != Met || h.Beyond != limit-l.Limit {
				t.Errorf("%s: at the limit %s by %d", name, h.Standing, h.Beyond)
			}
			if h := at(l.Limit-1, given); h.Standing != NotMet || h.Beyond != -1 {
				t.Errorf("%s: one below %s by %d", name, h.Standing, h.Beyond)
			}
			if l.LimitHigh > 0 {
				for _, v := range []int64{l.Limit, l.LimitHigh - 1} {
					if h := at(v, given); h.Standing != Open || h.Missing[0] != "law.missing.range" {
						t.Errorf("%s: within the range %s %v", name, h.Standing, h.Missing)
					}
				}
			}
			out, _ := Hold(Measurement{Offence: o.Code, Answers: given})
			if h := out.Lines[i]; h.Standing != Open || h.Missing[0] != string(l.Quantity) {
				t.Errorf("%s: without a figure %s %v", name, h.Standing, h.Missing)
			}
		}
	}
	if n < 48 {
		t.Errorf("only %d lines", n)
	}
}

// The rows of law.md 2.7 with the corrections B27 to B30, each at its edge, in fen and people.
func TestFilingLinesOfTheLaw(t *testing.T) {
	f := func(pairs ...any) map[Quantity]Figure {
		out := map[Quantity]Figure{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(Quantity)] = Figure{Value: int64(pairs[i+1].(int))}
		}
		return out
	}
	a := func(keys ...string) map[string]Reply {
		out := map[string]Reply{}
		for _, k := range keys {
			is := Yes
			if k[0] == '!' {
				k, is = k[1:], No
			}
			out[k] = Reply{Is: is}
		}
		return out
	}
	const wan = 1_000_000
	none := f(QuantityAmount, 0, QuantityPeople, 0, QuantityLoss, 0)
	with := func(q Quantity, v int) map[Quantity]Figure {
		out := f(QuantityAmount, 0, QuantityPeople, 0, QuantityLoss, 0, QuantityLevels, 0, QuantityGain, 0, QuantityObjects, 0, QuantityAdvert, 0)
		out[q] = Figure{Value: int64(v)}
		return out
	}
	denied := a("!prior_crime", "!penalty_2y", "!grave_effect")
	for _, c := range []struct {
		what, offence string
		figures       map[Quantity]Figure
		answers       map[string]Reply
		want          map[Tier]Standing
	}{
		{"176 amount", "176", with(QuantityAmount, 100*wan), denied, map[Tier]Standing{TierFiling: Met, TierSerious: NotMet}},
		{"176 a fen less", "176", with(QuantityAmount, 100*wan-1), denied, map[Tier]Standing{TierFiling: NotMet}},
		{"176 people", "176", with(QuantityPeople, 150), denied, map[Tier]Standing{TierFiling: Met}},
		{"176 149 people", "176", with(QuantityPeople, 149), denied, map[Tier]Standing{TierFiling: NotMet}},
		{"176: no line of 30 persons any more", "176", with(QuantityPeople, 30), denied, map[Tier]Standing{TierFiling: NotMet}},
		{"176 loss", "176", with(QuantityLoss, 50*wan), denied, map[Tier]Standing{TierFiling: Met}},
		{"176 half amount with a record", "176", with(QuantityAmount, 50*wan), a("prior_crime"), map[Tier]Standing{TierFiling: Met}},
		{"176 half amount with a penalty", "176", with(QuantityAmount, 50*wan), a("penalty_2y"), map[Tier]Standing{TierFiling: Met}},
		{"176 half loss with the effect", "176", with(QuantityLoss, 25*wan), a("grave_effect"), map[Tier]Standing{TierFiling: Met}},
		{"176 half amount, nobody asked", "176", with(QuantityAmount, 50*wan), nil, map[Tier]Standing{TierFiling: Open}},
		{"176 half people opens nothing", "176", with(QuantityPeople, 75), a("prior_crime"), map[Tier]Standing{TierFiling: NotMet}},
		{"176 serious", "176", with(QuantityPeople, 500), denied, map[Tier]Standing{TierSerious: Met, TierEspeciallySerious: NotMet}},
		{"176 serious half needs the effect, not a record", "176", with(QuantityAmount, 250*wan), a("prior_crime", "!penalty_2y", "!grave_effect"), map[Tier]Standing{TierSerious: NotMet}},
		{"176 serious half with the effect", "176", with(QuantityLoss, 150*wan), a("grave_effect"), map[Tier]Standing{TierSerious: Met}},
		{"176 especially serious half", "176", with(QuantityAmount, 2500*wan), a("grave_effect"), map[Tier]Standing{TierEspeciallySerious: Met}},
		{"192 amount", "192", with(QuantityAmount, 10*wan), nil, map[Tier]Standing{TierFiling: Met, TierSerious: NotMet}},
		{"192 repaid is taken off", "192", f(QuantityAmount, 12*wan, QuantityRepaid, 2*wan+1), nil, map[Tier]Standing{TierFiling: NotMet}},
		{"192 huge", "192", with(QuantityAmount, 100*wan), nil, map[Tier]Standing{TierSerious: Met}},
		{"192 half with the effect", "192", with(QuantityAmount, 50*wan), a("grave_effect"), map[Tier]Standing{TierSerious: Met}},
		{"176 repaid is not taken off", "176", f(QuantityAmount, 100*wan, QuantityRepaid, 50*wan), nil, map[Tier]Standing{TierFiling: Met}},
		{"179 more than 200", "179", with(QuantityPeople, 201), a("!public_offer"), map[Tier]Standing{TierFiling: Met}},
		{"179 200", "179", with(QuantityPeople, 200), a("!public_offer"), map[Tier]Standing{TierFiling: NotMet}},
		{"179 public to one", "179", with(QuantityPeople, 1), a("public_offer"), map[Tier]Standing{TierFiling: Met}},
		{"224-1 both", "224-1", f(QuantityPeople, 30, QuantityLevels, 3, QuantityAmount, 0), nil, map[Tier]Standing{TierFiling: Met, TierSerious: NotMet}},
		{"224-1 two levels", "224-1", f(QuantityPeople, 300, QuantityLevels, 2, QuantityAmount, 0), nil, map[Tier]Standing{TierFiling: NotMet}},
		{"224-1 levels unknown", "224-1", f(QuantityPeople, 30), nil, map[Tier]Standing{TierFiling: Open}},
		{"224-1 120", "224-1", f(QuantityPeople, 120, QuantityLevels, 3, QuantityAmount, 0), nil, map[Tier]Standing{TierSerious: Met}},
		{"224-1 60 with a record", "224-1", f(QuantityPeople, 60, QuantityLevels, 3, QuantityAmount, 0), a("prior_crime"), map[Tier]Standing{TierSerious: Met}},
		{"224-1 fees", "224-1", f(QuantityPeople, 30, QuantityLevels, 3, QuantityAmount, 250*wan), nil, map[Tier]Standing{TierSerious: Met}},
		{"225-pay", "225-pay", f(QuantityAmount, 500*wan, QuantityGain, 0), nil, map[Tier]Standing{TierFiling: Met}},
		{"225-pay income", "225-pay", f(QuantityAmount, 0, QuantityGain, 10*wan), nil, map[Tier]Standing{TierFiling: Met}},
		{"225-pay half", "225-pay", f(QuantityAmount, 250*wan, QuantityGain, 0), a("silence"), map[Tier]Standing{TierFiling: Met}},
		{"225-pay aggravated half", "225-pay", f(QuantityAmount, 0, QuantityGain, 25*wan), a("penalty_2y"), map[Tier]Standing{TierEspeciallySerious: Met}},
		{"225-sec", "225-sec", f(QuantityAmount, 100*wan, QuantityGain, 0), nil, map[Tier]Standing{TierFiling: Met}},
		{"225-loan needs both", "225-loan", f(QuantityAmount, 200*wan), a("rate_36", "!ten_loans"), map[Tier]Standing{TierFiling: NotMet}},
		{"225-loan", "225-loan", f(QuantityAmount, 200*wan), a("rate_36", "ten_loans"), map[Tier]Standing{TierFiling: Met}},
		{"266 in the range", "266", f(QuantityAmount, 3000*100), nil, map[Tier]Standing{TierFiling: Open}},
		{"266 over the range", "266", f(QuantityAmount, 10000*100), nil, map[Tier]Standing{TierFiling: Met}},
		{"266 especially", "266", f(QuantityAmount, 50*wan), nil, map[Tier]Standing{TierEspeciallySerious: Met}},
		{"266-tel", "266-tel", f(QuantityAmount, 3000*100), nil, map[Tier]Standing{TierFiling: Met}},
		{"266-tel serious", "266-tel", f(QuantityAmount, 3*wan), nil, map[Tier]Standing{TierSerious: Met}},
		{"287-2 settlement", "287-2", with(QuantityAmount, 20*wan), nil, map[Tier]Standing{TierFiling: Met}},
		{"287-2 objects", "287-2", with(QuantityObjects, 3), nil, map[Tier]Standing{TierFiling: Met}},
		{"287-2 gain", "287-2", with(QuantityGain, 1*wan), nil, map[Tier]Standing{TierFiling: Met}},
		{"287-2 adverts", "287-2", with(QuantityAdvert, 5*wan), nil, map[Tier]Standing{TierFiling: Met}},
		{"287-2 penalty", "287-2", with(QuantityAmount, 1), a("penalty_2y"), map[Tier]Standing{TierFiling: Met}},
		{"287-2 result", "287-2", with(QuantityAmount, 1), a("serious_result"), map[Tier]Standing{TierFiling: Met}},
		{"191 no means", "191", none, a("!accounts", "!conversion", "!transfer", "!cross_border", "!virtual_asset"), map[Tier]Standing{TierFiling: NotMet}},
		{"191 virtual assets", "191", none, a("virtual_asset"), map[Tier]Standing{TierFiling: Met}},
	} {
		out, ok := Hold(Measurement{Offence: c.offence, Figures: c.figures, Answers: c.answers})
		if !ok {
			t.Errorf("%s: no offence", c.what)
		}
		for tier, want := range c.want {
			if out.Tiers[tier] != want {
				t.Errorf("%s: %s is %s, want %s", c.what, tier, out.Tiers[tier], want)
			}
		}
	}
}

func TestElementsOfFundraising(t *testing.T) {
	four := []string{"illegality", "publicity", "lure", "society"}
	answers := map[string]Reply{}
	for i, key := range four {
		out, _ := Hold(Measurement{Offence: "176", Answers: answers})
		if out.Elements != Open || len(out.Missing) < len(four)-i {
			t.Errorf("%d of four: %s, missing %v", i, out.Elements, out.Missing)
		}
		answers[key] = Reply{Is: Yes}
	}
	out, _ := Hold(Measurement{Offence: "176", Answers: answers})
	if out.Elements != Met {
		t.Error("four of four:", out.Elements)
	}
	answers["no_promotion"] = Reply{Is: Yes}
	if out, _ := Hold(Measurement{Offence: "176", Answers: answers}); out.Excluded == Met {
		t.Error("excluded without public promotion alone")
	}
	answers["kin_or_staff"] = Reply{Is: Yes}
	if out, _ := Hold(Measurement{Offence: "176", Answers: answers}); out.Excluded != Met {
		t.Error("relatives without promotion are not excluded")
	}
	answers["lure"] = Reply{Is: No}
	if out, _ := Hold(Measurement{Offence: "176", Answers: answers}); out.Elements != NotMet {
		t.Error("three of four:", out.Elements)
	}
	if out, _ := Hold(Measurement{Offence: "192", Answers: map[string]Reply{"absconding": {Is: Yes}}}); out.Elements != Met {
		t.Error("one sign of intent:", out.Elements)
	}
}

// More money, people or certainty never takes a met tier away.
func TestMoreNeverLess(t *testing.T) {
	codes := []string{}
	for _, o := range Offences() {
		codes = append(codes, o.Code)
	}
	rank := map[Standing]int{NotMet: 0, Open: 1, Met: 2}
	rapid.Check(t, func(r *rapid.T) {
		o, _ := OffenceByCode(rapid.SampledFrom(codes).Draw(r, "offence"))
		m := Measurement{Offence: o.Code, Figures: map[Quantity]Figure{}, Answers: map[string]Reply{}}
		for _, q := range Quantities(o) {
			if q != QuantityRepaid {
				m.Figures[q] = Figure{Value: rapid.Int64Range(0, 6_000_000_000).Draw(r, string(q))}
			}
		}
		for _, e := range Elements(o.Code) {
			m.Answers[e.Key] = Reply{Is: rapid.SampledFrom([]Answer{Yes, No, Unknown}).Draw(r, e.Key)}
		}
		before, _ := Hold(m)
		for q, f := range m.Figures {
			m.Figures[q] = Figure{Value: f.Value + rapid.Int64Range(0, 1_000_000).Draw(r, "more "+string(q))}
		}
		after, _ := Hold(m)
		for tier, s := range before.Tiers {
			if rank[after.Tiers[tier]] < rank[s] {
				r.Fatalf("%s: %s fell from %s to %s", o.Code, tier, s, after.Tiers[tier])
			}
		}
	})
}

func TestRateCeiling(t *testing.T) {
	for _, c := range []struct{ rate, lpr, ceiling, over int64 }{{138_000, 34_500, 138_000, 0}, {138_001, 34_500, 138_000, 1}, {100_000, 34_500, 138_000, -38_000}} {
		if ceiling, over := RateCeiling(c.rate, c.lpr); ceiling != c.ceiling || over != c.over {
			t.Errorf("%d at %d: %d, %d", c.rate, c.lpr, ceiling, over)
		}
	}
}
