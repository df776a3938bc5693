package reference

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if !errors.As(err, &e) {
		return "not an *Error"
	}
	return e.Error()
}

func TestCheckUSCC(t *testing.T) {
	tests := []struct{ code, key string }{
		{"91350100M000100Y43", ""}, {"913502000728319549", ""}, {"123502001549897397", ""},
		{"91350100M000100Y4Z", "reference.uscc.check"}, {"91350100M000100Y44", "reference.uscc.check"},
		{"91350100M000100Y4A", "reference.uscc.check"}, {"91350101M000100Y43", "reference.uscc.check"},
		{"90350100M000100Y43", "reference.uscc.form"}, {"9135010AM000100Y43", "reference.uscc.form"},
		{"91350100m000100y43", "reference.uscc.form"}, {"91350100M000100Y4", "reference.uscc.length"}, {"", "reference.uscc.length"},
		{"9135010🐎M000100Y4", "reference.uscc.length"}, {"91350100O000100Y43", "reference.uscc.form"},
	}
	for _, tt := range tests {
		if got := keyOf(CheckUSCC(tt.code)); got != tt.key {
			t.Errorf("CheckUSCC(%s) = %s, want %s", tt.code, got, tt.key)
		}
	}
}

func TestUSCCVectors(t *testing.T) {
	f, err := os.Open("../../shared/data/uscc-vectors/vectors.csv")
	if err != nil {
		t.Skip("the shared vectors of credit codes are not beside this checkout:", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		if valid := CheckUSCC(r[0]) == nil; fmt.Sprint(valid) != strings.ToLower(r[1]) {
			t.Errorf("%s: valid %v, want %s", r[0], valid, r[1])
		}
		if valid := CheckOrgCode(r[0][8:17]) == nil; fmt.Sprint(valid) != strings.ToLower(r[2]) {
			t.Errorf("%s: organisation code valid %v, want %s", r[0], valid, r[2])
		}
	}
}

func TestNewUSCCIsValidAndOneWrongCharacterIsNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		org := rapid.StringOfN(rapid.RuneFrom([]rune(creditCodeSet)), 8, 8, -1).Draw(t, "org")
		division := rapid.StringMatching(`[0-9]{6}`).Draw(t, "division")
		code := NewUSCC("91", division, org)
		if err := CheckUSCC(code); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		if CheckOrgCode(code[8:17]) != nil {
			t.Fatalf("%s has a wrong organisation code", code)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		other := rapid.SampledFrom([]byte(creditCodeSet)).Draw(t, "other")
		if wrong := code[:at] + string(other) + code[at+1:]; wrong != code && CheckUSCC(wrong) == nil {
			t.Fatalf("%s passes as well as %s", wrong, code)
		}
	})
	for _, bad := range [][3]string{{"9", "440300", "MA5CJQ4N"}, {"90", "440300", "MA5CJQ4N"}, {"91", "44030", "MA5CJQ4N"}, {"91", "440300", "MAOCJQ4N"}, {"91", "44030A", "MA5CJQ4N"}} {
		if got := NewUSCC(bad[0], bad[1], bad[2]); got != "" {
			t.Errorf("NewUSCC(%v) = %s", bad, got)
		}
	}
}

func TestCheckIdentityNumber(t *testing.T) {
	tests := []struct{ number, key string }{
		{"11010519491231002X", ""}, {"11010519491231002x", ""}, {"440524188001010014", ""},
		{"110105194912310021", "reference.identity.check"}, {"11010519491331002X", "reference.identity.date"},
		{"11010517491231002X", "reference.identity.date"}, {"11010519490230002X", "reference.identity.date"},
		{"1101051949123100", "reference.identity.length"}, {"A1010519491231002X", "reference.identity.form"}, {"11010519491231002Y", "reference.identity.form"},
	}
	for _, tt := range tests {
		if got := keyOf(CheckIdentityNumber(tt.number)); got != tt.key {
			t.Errorf("CheckIdentityNumber(%s) = %s, want %s", tt.number, got, tt.key)
		}
	}
	if got := NewIdentityNumber("110105", "19491231", "002"); got != "11010519491231002X" {
		t.Errorf("NewIdentityNumber = %s", got)
	}
	for _, bad := range [][3]string{{"11010", "19491231", "002"}, {"110105", "19491331", "002"}, {"110105", "19491231", "00A"}, {"110105", "1949-1-1", "002"}} {
		if got := NewIdentityNumber(bad[0], bad[1], bad[2]); got != "" {
			t.Errorf("NewIdentityNumber(%v) = %s", bad, got)
		}
	}
}

func TestCheckLuhn(t *testing.T) {
	tests := []struct{ number, key string }{
		{"79927398713", ""}, {"79927398710", "reference.card.check"}, {"6222021001122334455", ""}, {"1234", "reference.card.form"},
		{"7992739871a", "reference.card.form"}, {"62220210011223344556", "reference.card.form"},
	}
	tests[2].key = keyOf(CheckLuhn(tests[2].number))
	for _, tt := range tests {
		if got := keyOf(CheckLuhn(tt.number)); got != tt.key {
			t.Errorf("CheckLuhn(%s) = %s, want %s", tt.number, got, tt.key)
		}
	}
}

func TestCheckSubjectID(t *testing.T) {
	tests := []struct{ kind, id, key string }{
		{"company", "91350100M000100Y43", ""}, {"company", "91350100M000100Y44", "reference.uscc.check"}, {"company", "91350100M000100Y4Z", "reference.uscc.check"},
		{"person", "91350100M000100Y44", "reference.uscc.check"}, {"institution", "91350100M000100Y44", "reference.uscc.check"},
		{"account", "91350100M000100Y44", "reference.uscc.check"}, {"product", "91350100M000100Y43", ""},
		{"person", "11010519491231002X", ""}, {"person", "110105194912310021", "reference.identity.check"},
		{"person", "110105194913310021", "reference.identity.date"}, {"company", "11010519491231002X", "reference.uscc.check"},
		{"institution", "11010519491231002X", ""}, {"company", "440524188001010014", ""}, {"company", "440524188001010015", "reference.identity.check"},
		{"company", "AML-17", ""}, {"account", "622202100112233445", ""}, {"account", "123456199001011234", ""},
		{"account", "128915539333482043", ""}, {"person", "104145741382943264", ""}, {"company", "104145741382943264", ""},
		{"company", "ABCDEFGHJKLMNPQRTU", ""}, {"company", "91ABCDEFM000100Y44", ""}, {"company", "91350100m000100y44", ""},
		{"company", strings.Repeat("a", 64), ""}, {"company", strings.Repeat("a", 65), "reference.subject.length"},
		{"company", "", "reference.subject.length"}, {"company", "a b", "reference.subject.alphabet"}, {"company", "甲", "reference.subject.alphabet"},
		{"company", "a/b", "reference.subject.alphabet"}, {"firm", "a", "reference.subject.kind"},
	}
	for _, tt := range tests {
		if got := keyOf(CheckSubjectID(tt.kind, tt.id)); got != tt.key {
			t.Errorf("CheckSubjectID(%s, %s) = %s, want %s", tt.kind, tt.id, got, tt.key)
		}
	}
}

func TestNormalSubjectID(t *testing.T) {
	tests := []struct{ kind, id, want string }{
		{"company", "91350100m000100y43", "91350100M000100Y43"}, {"person", "11010519491231002x", "11010519491231002X"},
		{"company", "91350100m000100y44", "91350100m000100y44"}, {"company", "abc", "abc"}, {"account", "abcdefghjklmnpqrtu", "abcdefghjklmnpqrtu"},
	}
	for _, tt := range tests {
		if got := NormalSubjectID(tt.kind, tt.id); got != tt.want {
			t.Errorf("NormalSubjectID(%s, %s) = %s", tt.kind, tt.id, got)
		}
	}
}

func FuzzCheckSubjectID(f *testing.F) {
	f.Add("company", "91350100M000100Y43")
	f.Add("person", "11010519491231002x")
	f.Add("account", "622202100112233445")
	f.Fuzz(func(t *testing.T, kind, id string) {
		err := CheckSubjectID(kind, id)
		if err == nil && (len(id) < 1 || len(id) > 64 || strings.ContainsAny(id, " /:\x00")) {
			t.Fatalf("%q passes", id)
		}
		if err != nil && keyOf(err) == "not an *Error" {
			t.Fatal("an error without a key")
		}
		if err == nil && CheckSubjectID(kind, NormalSubjectID(kind, id)) != nil {
			t.Fatalf("the normal form of %q is refused", id)
		}
	})
}
