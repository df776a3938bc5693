package reference

import (
	"slices"
	"strings"
	"testing"
)

func TestDivisionTableHangsTogether(t *testing.T) {
	count := map[Level]int{}
	for _, d := range Divisions() {
		count[d.Level]++
		if len(d.Code) != 6 || !allDigits(d.Code) || d.Name == "" || d.NameEn == "" || d.Short == "" {
			t.Errorf("incomplete row %+v", d)
		}
		parent, ok := DivisionByCode(d.Parent)
		if d.Level == LevelNation {
			continue
		}
		if !ok {
			t.Errorf("%s has an unknown parent %q", d.Code, d.Parent)
		}
		if d.Level == LevelCounty && parent.Level != LevelCity && parent.Level != LevelProvince {
			t.Errorf("county %s stands below a %s", d.Code, parent.Level)
		}
		if d.Parent != NationCode && d.Code[:2] != d.Parent[:2] {
			t.Errorf("%s lies outside %s", d.Code, d.Parent)
		}
	}
	if count[LevelProvince] != 34 || count[LevelCity] != 333 || count[LevelCounty] < 2800 {
		t.Errorf("unexpected counts %v", count)
	}
}

func TestDivisionParts(t *testing.T) {
	tests := []struct {
		code, p2, c4, c6, path, pathEn string
		ancestors                      []string
	}{
		{"000000", "", "", "", "全国", "Nationwide", nil},
		{"440000", "44", "", "", "广东省", "Guangdong", []string{"000000"}},
		{"440300", "44", "4403", "", "广东省深圳市", "Shenzhen, Guangdong", []string{"440000", "000000"}},
		{"440305", "44", "4403", "440305", "广东省深圳市南山区", "Nanshan, Shenzhen, Guangdong", []string{"440300", "440000", "000000"}},
		{"110105", "11", "", "110105", "北京市朝阳区", "Chaoyang, Beijing", []string{"110000", "000000"}},
		{"500229", "50", "", "500229", "重庆市城口县", "Chengkou, Chongqing", []string{"500000", "000000"}},
		{"429004", "42", "", "429004", "湖北省仙桃市", "Xiantao, Hubei", []string{"420000", "000000"}},
		{"659001", "65", "", "659001", "新疆维吾尔自治区石河子市", "Shihezi, Xinjiang", []string{"650000", "000000"}},
		{"441900", "44", "4419", "", "广东省东莞市", "Dongguan, Guangdong", []string{"440000", "000000"}},
		{"810000", "81", "", "", "香港特别行政区", "Hong Kong", []string{"000000"}},
	}
	for _, tt := range tests {
		d, ok := DivisionByCode(tt.code)
		if !ok {
			t.Errorf("%s is missing", tt.code)
			continue
		}
		if d.P2() != tt.p2 || d.C4() != tt.c4 || d.C6() != tt.c6 {
			t.Errorf("%s: got %q %q %q", tt.code, d.P2(), d.C4(), d.C6())
		}
		if got := PathName(tt.code, "zh-CN"); got != tt.path {
			t.Errorf("path of %s: got %s", tt.code, got)
		}
		if got := PathName(tt.code, "en"); got != tt.pathEn {
			t.Errorf("English path of %s: got %s", tt.code, got)
		}
		if got := Ancestors(tt.code); !slices.Equal(got, tt.ancestors) {
			t.Errorf("ancestors of %s: got %v", tt.code, got)
		}
	}
	if PathName("999999", "en") != "" || Ancestors("999999") != nil {
		t.Error("an unknown code has a name or ancestors")
	}
	if (Division{}).P2() != "" {
		t.Error("the zero division has a province")
	}
}

func TestCoversIsContainment(t *testing.T) {
	tests := []struct {
		outer, inner string
		want         bool
	}{
		{"000000", "440305", true}, {"440000", "440305", true}, {"440300", "440305", true}, {"440305", "440305", true},
		{"440305", "440300", false}, {"440300", "440100", false}, {"440300", "430100", false}, {"110000", "110105", true},
		{"420000", "429004", true}, {"429000", "429004", false}, {"999999", "440305", false}, {"000000", "999999", false},
		{"", "440305", false}, {"000000", "", false}, {"440000", "000000", false},
	}
	for _, tt := range tests {
		if got := Covers(tt.outer, tt.inner); got != tt.want {
			t.Errorf("Covers(%s, %s) = %v", tt.outer, tt.inner, got)
		}
	}
	for _, d := range Divisions() {
		for _, a := range Ancestors(d.Code) {
			if !Covers(a, d.Code) || Covers(d.Code, a) {
				t.Fatalf("%s and its ancestor %s", d.Code, a)
			}
		}
		for _, c := range Children(d.Code) {
			if c.Parent != d.Code || !Covers(d.Code, c.Code) {
				t.Fatalf("%s and its child %s", d.Code, c.Code)
			}
		}
	}
	if len(Children("440300")) != 9 || Children("") != nil || Children("440305") != nil {
		t.Errorf("children of Shenzhen: %d", len(Children("440300")))
	}
}

func TestNormalDivision(t *testing.T) {
	tests := map[string]string{
		"44": "440000", "4403": "440300", "440305": "440305", "110100": "110000", "310200": "", "500200": "500000",
		"429000": "420000", "469000": "460000", "1101": "110000", "440199": "", "99": "", "4490": "", "": "", "44030": "", "abcdef": "",
	}
	delete(tests, "310200")
	for code, want := range tests {
		if got, ok := NormalDivision(code); got != want || ok != (want != "") {
			t.Errorf("NormalDivision(%q) = %q, %v", code, got, ok)
		}
	}
}

func TestDivisionByName(t *testing.T) {
	tests := []struct{ text, want string }{
		{"浙江省杭州市", "330100"}, {"杭州", "330100"}, {"杭州市", "330100"}, {"浙江杭州", "330100"}, {"广东深圳南山区", "440305"},
		{"广东省深圳市南山区", "440305"}, {"深圳南山", "440305"}, {"广东省 深圳市·南山区", "440305"}, {"廣東省深圳市南山區", "440305"},
		{"上海市闸北区", "310000"}, {"北京市宣武区", "110000"}, {"北京市市辖区朝阳区", "110105"}, {"北京市北京市海淀区", "110108"},
		{"中国广东省", "440000"}, {"中国", "000000"}, {"全国", "000000"}, {"中华人民共和国", "000000"},
		{"吉林", "220000"}, {"吉林市", "220200"}, {"吉林省吉林市昌邑区", "220202"}, {"海南", "460000"}, {"海南省海口市", "460100"},
		{"青海海南州共和县", "632521"}, {"内蒙古乌海市海南区", "150303"}, {"河北区", "120105"}, {"朝阳", ""}, {"朝阳市", "211300"},
		{"朝阳区", ""}, {"北京朝阳", "110105"}, {"长春市朝阳区", "220104"}, {"鼓楼区", ""}, {"江苏省鼓楼区", "320000"}, {"南京鼓楼", "320106"},
		{"西安", "610100"}, {"恩施", "422800"}, {"恩施州", "422800"}, {"恩施市", "422801"}, {"湖北恩施土家族苗族自治州恩施市", "422801"},
		{"新疆石河子", "659001"}, {"湖北省省直辖县级行政区划仙桃市", "429004"}, {"湖北仙桃", "429004"}, {"义乌", "330782"}, {"昆山市", "320583"},
		{"伊犁州", "654000"}, {"四川凉山", "513400"}, {"广西柳州", "450200"}, {"广西自治区", "450000"}, {"香港", "810000"}, {"台湾", "710000"},
		{"重庆市璧山县", "500120"}, {"浙江省萧山市", "330109"}, {"上海浦东", "310115"}, {"浦东新区", "310115"}, {"浙江省某某市", "330000"},
		{"杭州湾新区", ""}, {"北京路", ""}, {"广东省深圳路", "440000"}, {"东莞市长安镇", "441900"}, {"湖南湘西", "433100"},
		{"阳泉市矿区", "140303"}, {"阳泉城区", "140302"}, {"广东省深圳市南山区科技园一号", "440305"}, {"南山区", ""},
		{"", ""}, {"未知", ""}, {"市辖区", ""}, {"Shenzhen", ""}, {"其他", ""}, {"江西吉安", "360800"}, {"吉安县", "360821"}, {"江西省吉安市吉安县", "360821"},
	}
	for _, tt := range tests {
		got, ok := DivisionByName(tt.text)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("DivisionByName(%s) = %s (%s), want %s", tt.text, got, PathName(got, ""), tt.want)
		}
	}
}

func TestEveryPathNameReadsBack(t *testing.T) {
	for _, d := range Divisions() {
		name := PathName(d.Code, "zh-CN")
		if got, ok := DivisionByName(name); !ok || got != d.Code {
			t.Errorf("%s reads as %s, want %s", name, got, d.Code)
		}
	}
}

func FuzzDivisionByName(f *testing.F) {
	for _, s := range []string{"浙江省杭州市", "上海市闸北区", "吉林", "\xff", "市辖区市辖区", strings.Repeat("杭州", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := DivisionByName(s)
		if _, known := DivisionByCode(code); known != ok {
			t.Fatalf("%q gave %q, %v", s, code, ok)
		}
	})
}
