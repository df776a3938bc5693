package work

import (
	"math"
	"slices"
	"strings"
	"testing"

	"xiezhi/models"
)

func TestEvaluate(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader("scheme,typology,subject,is_bad\nS1,p2p,company:A,true\nS2,p2p,company:B,true\nS3,near,company:C,false\nU1,shell,company:D,unknown\n"))
	if err != nil {
		t.Fatal(err)
	}
	scores := []models.AlertedMember{{AlertID: 1, Subject: "company:C", Idx: 70}, {AlertID: 1, Subject: "company:A", Idx: 90}, {AlertID: 1, Subject: "company:A", Idx: 60}, {AlertID: 1, Subject: "company:D", Idx: 99}, {AlertID: 1, Subject: "company:X", Idx: 61}, {AlertID: 1, Subject: "account:1", Idx: 99}}
	rep := evaluate(labels, scores, "test", "orange")
	if rep.Labelled != 3 || rep.Flagged != 3 || rep.TruePositive != 1 || rep.Recall != .5 || math.Abs(rep.Precision-1.0/3) > 1e-9 || rep.AveragePrecision != .5 {
		t.Errorf("%+v", rep)
	}
	if p := rep.ByTypology["p2p"]; p.Schemes != 2 || p.Found != 1 || p.Precision != 1 {
		t.Errorf("%+v", p)
	}
	if _, ok := rep.ByTypology["near"]; ok {
		t.Error("a decoy is counted as a scheme")
	}
}

func TestReadLabelsRefuses(t *testing.T) {
	for _, bad := range []string{"", "a,b,c,d\n", "scheme,typology,subject,is_bad\nS,t,company:A,perhaps\n", "scheme,typology,subject,is_bad\nS,t\n"} {
		if _, err := ReadLabels(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// A scheme is found by one alert that holds half its members and is mostly about it; two alerts with a quarter each do not.
func TestEvaluateSchemes(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader(`scheme,typology,subject,is_bad
S1,ring,account:A,true
S1,ring,account:B,true
S1,ring,account:C,true
S1,ring,account:D,true
S2,ring,account:E,true
S2,ring,account:F,true
S3,ring,account:G,true
S3,ring,account:H,true
S3,ring,account:I,true
N1,near,account:J,false
N1,near,account:K,false
`))
	if err != nil {
		t.Fatal(err)
	}
	on := func(id int64, subjects ...string) (list []models.AlertedMember) {
		for _, s := range subjects {
			list = append(list, models.AlertedMember{AlertID: id, Subject: "account:" + s, Idx: 70})
		}
		return list
	}
	flags := slices.Concat(on(1, "A", "B", "X1", "X2", "X3"), on(2, "E"), on(2, "J", "K", "G"), on(3, "H"), on(4, "I"))
	rep := evaluate(labels, flags, "test", "orange")
	if got := rep.ByTypology["ring"]; got.Schemes != 3 || got.Found != 1 {
		t.Errorf("%+v: S1 is found, S2 drowns among others, S3 is scattered", got)
	}
	if rep.Flagged != 11 || rep.TruePositive != 6 {
		t.Errorf("%+v", rep)
	}
}
