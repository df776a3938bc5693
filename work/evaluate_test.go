package work

import (
	"math"
	"strings"
	"testing"

	"xiezhi/models"
)

func TestEvaluate(t *testing.T) {
	labels, err := ReadLabels(strings.NewReader("scheme,typology,subject,is_bad\nS1,p2p,company:A,true\nS2,p2p,company:B,true\nS3,near,company:C,false\nU1,shell,company:D,unknown\n"))
	if err != nil {
		t.Fatal(err)
	}
	scores := []models.SubjectScore{{Subject: "company:C", Idx: 70}, {Subject: "company:A", Idx: 90}, {Subject: "company:A", Idx: 60}, {Subject: "company:D", Idx: 99}, {Subject: "company:X", Idx: 61}, {Subject: "account:1", Idx: 99}}
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
