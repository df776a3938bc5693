package reference

import (
	"slices"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestCleanText(t *testing.T) {
	tests := []struct{ in, want, key, nameKey string }{
		{"深圳某某公司", "深圳某某公司", "", ""},
		{"e\u0301", "\u00e9", "", ""},
		{"a\r\nb\tc", "a\nb\tc", "", "reference.text.line"},
		{"a\rb", "", "reference.text.control", "reference.text.control"},
		{"a\x00b", "", "reference.text.control", "reference.text.control"},
		{"a\x7fb", "", "reference.text.control", "reference.text.control"},
		{"a\u0085b", "", "reference.text.control", "reference.text.control"},
		{"a\xffb", "", "reference.text.encoding", "reference.text.encoding"},
		{"a\ufffdb", "", "reference.text.encoding", "reference.text.encoding"},
		{"a\u202eb", "", "reference.text.direction", "reference.text.direction"},
		{"a\u2066b", "", "reference.text.direction", "reference.text.direction"},
		{"\ufeffa", "", "reference.text.mark", "reference.text.mark"},
		{"a\ufdd0", "", "reference.text.nonchar", "reference.text.nonchar"},
		{"a\U0001fffe", "", "reference.text.nonchar", "reference.text.nonchar"},
		{"a\u200bb", "a\u200bb", "", "reference.text.invisible"},
		{"a\u2028b", "a\u2028b", "", "reference.text.line"},
		{"a\u3164", "a\u3164", "", "reference.text.invisible"},
	}
	for _, tt := range tests {
		got, err := CleanText(tt.in)
		if got != tt.want || keyOf(err) != tt.key {
			t.Errorf("CleanText(%q) = %q, %v", tt.in, got, err)
		}
		if _, err := CleanName(tt.in); keyOf(err) != tt.nameKey {
			t.Errorf("CleanName(%q): %v, want %s", tt.in, err, tt.nameKey)
		}
	}
	if got, err := CleanName(" \u3000甲 乙\t"); got != "甲 乙" || err != nil {
		t.Errorf("CleanName trims to %q, %v", got, err)
	}
}

func TestFold(t *testing.T) {
	tests := map[string]string{
		"廣東省深圳市":             "广东省深圳市",
		"ＡＢＣ　１２３":            "abc123",
		"（甲）·乙、Co., Ltd.":    "甲乙coltd",
		"國際金融證券投資基金管理有限責任公司": "国际金融证券投资基金管理有限责任公司",
		"": "", "！？": "", "a\xffb": "ab", "Ⅷ①": "viii1", "乾縣": "干县",
	}
	for in, want := range tests {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(traditional()); n < 2500 {
		t.Errorf("the table of traditional characters has only %d", n)
	}
}

func TestBigrams(t *testing.T) {
	tests := map[string][]string{"": nil, "深": {"深"}, "深圳": {"深圳"}, "深圳市": {"深圳", "圳市"}, "aaa": {"aa", "aa"}}
	for in, want := range tests {
		if got := Bigrams(in); !slices.Equal(got, want) {
			t.Errorf("Bigrams(%q) = %q", in, got)
		}
	}
}

func TestPinyin(t *testing.T) {
	tests := []struct{ in, want, initials string }{
		{"重庆", "chong qing", "cq"}, {"重慶市", "chong qing shi", "cqs"}, {"厦门银行", "xia men yin hang", "xmyh"},
		{"长沙ABC公司", "chang sha abc gong si", "csabcgs"}, {"绿地2号", "lv di 2 hao", "ld2h"}, {"", "", ""}, {"Co. Ltd", "co ltd", "coltd"},
		{"番禺", "pan yu", "py"}, {"成都", "cheng du", "cd"},
	}
	for _, tt := range tests {
		if got := Pinyin(tt.in); got != tt.want {
			t.Errorf("Pinyin(%s) = %q", tt.in, got)
		}
		if got := PinyinInitials(tt.in); got != tt.initials {
			t.Errorf("PinyinInitials(%s) = %q", tt.in, got)
		}
	}
}

func TestMasks(t *testing.T) {
	tests := []struct {
		name     string
		mask     func(string) string
		in, want string
	}{
		{"identity", MaskIdentity, "11010519491231002X", "110***********002X"},
		{"identity short", MaskIdentityShort, "11010519491231002X", "1****************X"},
		{"identity of 3", MaskIdentity, "110", "***"}, {"identity of 8", MaskIdentity, "11010519", "11****19"}, {"identity of none", MaskIdentity, "", ""},
		{"short of 1", MaskIdentityShort, "1", "*"}, {"short of 2", MaskIdentityShort, "12", "**"},
		{"account", MaskAccount, "6222021001122334455", "****4455"}, {"account of 5", MaskAccount, "12345", "****45"}, {"account of 1", MaskAccount, "1", "****"}, {"account of none", MaskAccount, "", ""},
		{"phone", MaskPhone, "13812345678", "138****5678"}, {"phone of 5", MaskPhone, "12345", "1***5"},
		{"name", MaskName, "张小三", "张**"}, {"name of two", MaskName, "张三", "张*"}, {"name of one", MaskName, "张", "*"},
		{"Latin name", MaskName, "John Q Smith", "J*** Q*** S***"}, {"name of none", MaskName, "", ""},
	}
	for _, tt := range tests {
		if got := tt.mask(tt.in); got != tt.want {
			t.Errorf("%s: %q gives %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"深圳", "e\u0301", "\xff", "a\r\nb", "\u202e", "\u0958"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := CleanText(s)
		if err == nil {
			again, err := CleanText(clean)
			if again != clean || err != nil || !norm.NFC.IsNormalString(clean) || !utf8.ValidString(clean) {
				t.Fatalf("%q is not clean: %q, %v", s, clean, err)
			}
		}
		if name, err := CleanName(s); err == nil {
			if again, err := CleanName(name); again != name || err != nil {
				t.Fatalf("name %q is not clean: %q, %v", s, name, err)
			}
		}
		for _, m := range []func(string) string{MaskIdentity, MaskIdentityShort, MaskAccount, MaskPhone, MaskName, Pinyin, PinyinInitials} {
			m(s)
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"廣東", "ＡＢＣ", "İ", "ǰ", "\u03d3\u0301", "乾隆", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		if Fold(folded) != folded {
			t.Fatalf("%q folds to %q and then to %q", s, folded, Fold(folded))
		}
		if n := utf8.RuneCountInString(folded); n > 1 && len(Bigrams(folded)) != n-1 {
			t.Fatalf("%q has %d bigrams", folded, len(Bigrams(folded)))
		}
	})
}
