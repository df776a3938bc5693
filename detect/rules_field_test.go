package detect

import "testing"

// TestFieldsComeBack: a version whose every field is written back as it is read is the same version.
func TestFieldsComeBack(t *testing.T) {
	rules := ownRules(t)
	values := map[string]string{}
	for _, f := range rules.Fields() {
		if _, twice := values[f.Path]; twice {
			t.Errorf("%s is there twice", f.Path)
		}
		values[f.Path] = f.Value
	}
	again, wrong := rules.Change(values, nil, Addition{})
	if len(wrong) > 0 || len(Differences(rules, again)) > 0 {
		t.Fatalf("%v %v", wrong, Differences(rules, again))
	}
	one, err := rules.Digest()
	two, err2 := again.Digest()
	if err != nil || err2 != nil || one != two {
		t.Errorf("digests differ: %v %v", err, err2)
	}
}

// TestChangeSaysWhatIsWrongWhere: every field refuses what is no value of its, at its own name; the original is never touched.
func TestChangeSaysWhatIsWrongWhere(t *testing.T) {
	rules := ownRules(t)
	before, err := rules.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rules.Fields() {
		_, wrong := rules.Change(map[string]string{f.Path: "§ wrong §\x00"}, nil, Addition{})
		if f.Kind != FieldText && (len(wrong) == 0 || wrong[0].Field != f.Path && f.Kind != FieldDocument) {
			t.Errorf("%s: %v", f.Path, wrong)
		}
	}
	changed, wrong := rules.Change(map[string]string{"indicators.GEN-08.bands.0.from": "100", "areas.MLM.weights.WORD": "0.7"}, []string{"lifts.lift_yield", "triggers.daily_yield"},
		Addition{Kind: "trigger", Code: "high", When: "GEN_05.value > 0.3 && GEN_08.hit", NameZh: "y", NameEn: "y"})
	if len(wrong) > 0 || len(changed.Lifts) != 0 || len(changed.Triggers) != 5 || changed.Triggers[4].Indicator != "GEN-05" {
		t.Errorf("%v, %d lifts, %+v", wrong, len(changed.Lifts), changed.Triggers)
	}
	if got := Differences(rules, changed); len(got) != 9 {
		t.Errorf("%d differences: %+v", len(got), got)
	}
	if after, err := rules.Digest(); err != nil || after != before {
		t.Error("a change reached the original")
	}
	for _, a := range []Addition{{Kind: "lift", Code: "x", When: "GEN_05.hit"}, {Kind: "trigger", Code: "daily_yield", When: "GEN_05.hit", NameZh: "x", NameEn: "x"},
		{Kind: "indicator", Code: "own", When: "GEN_05.hit", Points: "1", Dimension: "COMP", NameZh: "x", NameEn: "x"}, {Kind: "x", Code: "x"}} {
		if _, wrong := rules.Change(nil, nil, a); len(wrong) == 0 {
			t.Errorf("%+v is taken", a)
		}
	}
}
