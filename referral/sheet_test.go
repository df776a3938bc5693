package referral

import (
	"testing"

	"xiezhi/law"
	"xiezhi/models"
)

func TestMoney(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "0元", 1: "0.01元", 100: "1元", 12_345: "123.45元", 999_900: "9999元", 1_000_000: "1万元", 1_010_000: "1.01万元", 1_010_001: "10100.01元",
		3_420_000_000: "3420万元", 10_000_000_000: "1亿元", 12_601_000_000: "1.2601亿元", 10_000_010_000: "10000.01万元", -12_345: "-123.45元",
	} {
		if got := money(fen); got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
}

// TestClaims: what depends on a circumstance, and half a group, is never claimed in the letter.
func TestClaims(t *testing.T) {
	claims := func(code string, m law.Measure) []claim {
		o, ok := law.OffenceByCode(code)
		if !ok {
			t.Fatalf("no offence %s", code)
		}
		return sheet{models.Paper{Offence: code, Lines: law.Reached(o, m)}}.Claims()
	}
	if got := claims("176", law.Measure{AmountFen: number(60_000_000)}); got != nil {
		t.Errorf("claims a line that needs a circumstance: %v", got)
	}
	if got := claims("224-1", law.Measure{People: number(40)}); got != nil {
		t.Errorf("claims half a group: %v", got)
	}
	if got := claims("224-1", law.Measure{People: number(40), Levels: number(3)}); len(got) != 2 {
		t.Errorf("a whole group gives %v", got)
	}
	got := claims("176", law.Measure{AmountFen: number(3_420_000_000), People: number(149), LossFen: number(49_999_999)})
	if len(got) != 1 || got[0] != (claim{"涉案金额", "3420万元", "100万元", "34.2"}) {
		t.Errorf("claims %v", got)
	}
}

func TestTimesNeverRoundUp(t *testing.T) {
	if got := times(law.Line{Threshold: law.Threshold{Limit: 1000}, Measured: 1999}); got != "1.9" {
		t.Errorf("1999 is %s times 1000", got)
	}
	if got := times(law.Line{Threshold: law.Threshold{Limit: 3}, Measured: 7}); got != "2.3" {
		t.Errorf("7 is %s times 3", got)
	}
}

func TestOffenceName(t *testing.T) {
	for code, want := range map[string]string{"176": "非法吸收公众存款罪", "225-pay": "非法经营罪（支付结算、外汇）", "某种行为": "某种行为"} {
		if got := (sheet{models.Paper{Offence: code}}).OffenceName(); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

// TestEveryOffenceComposes walks the table of offences: each has its citations and its words.
func TestEveryOffenceComposes(t *testing.T) {
	press := newPress(t)
	big := law.Measure{AmountFen: number(1e12), People: number(1e6), LossFen: number(1e12), Levels: number(9), GainFen: number(1e12), Objects: number(99), AdvertFen: number(1e12)}
	for _, o := range law.Offences() {
		for _, kind := range []string{models.DocumentLetter, models.DocumentReport, models.DocumentReceipt} {
			p := samplePaper(kind)
			p.Offence, p.Lines = o.Code, law.Reached(o, big)
			doc, err := Compose(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := press.check(p, doc); err != nil {
				t.Errorf("%s of %s: %v", kind, o.Code, err)
			}
			for _, b := range doc.Part("body").Blocks {
				for _, row := range b.Rows {
					for i, cell := range row {
						if cell == "" && i < 5 {
							t.Errorf("%s: an empty cell in %v", o.Code, row)
						}
					}
				}
			}
		}
	}
}
