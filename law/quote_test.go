package law

import "testing"

func TestQuote(t *testing.T) {
	for _, c := range [][3]string{
		{"promised_yield", "15.2 % / month", "承诺月收益15.2%"}, {"promised_yield", "8 % / day", "承诺日收益8%"}, {"promised_yield", "8 %", "承诺收益8 %"}, {"investors", "205", "参与人数205人"},
		{"kind", "institution_report", "金融机构报告可疑资金"}, {"kind", "new_kind", "new_kind"}, {"text", " 每日返利\n8%  ", "每日返利 8%"}, {"name", "8 % / day", "8 % / day"}, {"guaranteed", "true", "产品标明保本"},
	} {
		if got := Quote(c[0], c[1]); got != c[2] {
			t.Errorf("%s %q is quoted as %q, not %q", c[0], c[1], got, c[2])
		}
	}
}
