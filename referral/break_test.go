package referral

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// em measures as on paper: Han characters and marks are one, letters half, combining marks nothing.
func em(r rune) float64 {
	switch {
	case combines(r):
		return 0
	case r < 0x2000:
		return 0.5
	}
	return 1
}

func TestBreak(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		first      float64
		want       []string
	}{
		{"plain", "一二三四五六七", 3, []string{"一二三", "四五六", "七"}},
		{"exact", "一二三四五六", 3, []string{"一二三", "四五六"}},
		{"a stop never starts a line", "一二三四。五", 3.2, []string{"一二三", "四。五"}},
		{"a stop is squeezed", "一二三。四五六", 3.5, []string{"一二三。", "四五六"}},
		{"a stop pulls its neighbour down", "一二三。四五", 3.2, []string{"一二", "三。四", "五"}},
		{"an opening mark never ends a line", "一二《三四》", 3, []string{"一二", "《三", "四》"}},
		{"a number stays whole", "一二12345三", 4, []string{"一二", "12345三"}},
		{"a word longer than a line is cut", "一" + strings.Repeat("A", 10), 3, []string{"一", "AAAAAA", "AAAA"}},
		{"white space hangs", "abcd  efgh", 2, []string{"abcd  ", "efgh"}},
		{"an accent stays", "e\u0301e\u0301e\u0301", 1, []string{"e\u0301e\u0301", "e\u0301"}},
		{"a dash is not halved", "一二——三", 3, []string{"一二", "——三"}},
		{"line breaks", "一\n\n二", 3, []string{"一", "", "二"}},
		{"marks crowd", "一）。二三", 4.5, []string{"一）。二三"}},
		{"nothing", "", 3, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(Break(tt.text, em, tt.first, tt.first))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func texts(all []Line) []string {
	var found []string
	for _, l := range all {
		found = append(found, l.Text)
	}
	return found
}

func TestBreakProperties(t *testing.T) {
	alphabet := []rune("一二三四五六七八九十国法，。、；：！？）》」”“（《「—…·%¥$abcXYZ0123456789.,-/() \u3000\u00a0\u0301\n𬭩々～")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 120).Draw(t, "text"))
		first := rapid.Float64Range(0.4, 12).Draw(t, "first")
		rest := rapid.Float64Range(0.4, 12).Draw(t, "rest")
		checkLines(t, text, first, rest, Break(text, em, first, rest))
	})
}

type fataler interface{ Fatalf(string, ...any) }

// checkLines holds lines against the text they were cut from: whole, within their width, no mark where it must not stand
// unless the line before had no other place to end.
func checkLines(t fataler, text string, first, rest float64, all []Line) {
	if got, want := strings.Join(texts(all), ""), strings.ReplaceAll(text, "\n", ""); got != want {
		t.Fatalf("lines say %q, the text %q", got, want)
	}
	room := first
	for i, l := range all {
		cl := clustersOf(strings.TrimRightFunc(l.Text, func(r rune) bool { return unicode.IsSpace(r) && !sticky(r) }), em)
		if l.Width > room+1e-6 && len(cl) > 1 {
			t.Fatalf("line %d %q is %g wide in %g", i, l.Text, l.Width, room)
		}
		least := 0.0
		for k, c := range cl {
			if k+1 == len(cl) && breaks().squeeze[c.first] && !c.squeezed {
				c.width /= 2
			}
			least += c.width
		}
		if least > room+1e-6 && len(cl) > 1 {
			t.Fatalf("line %d %q cannot be set in %g", i, l.Text, room)
		}
		room = rest
		if l.Last || i+1 == len(all) {
			continue
		}
		whole := clustersOf(l.Text+all[i+1].Text, em)
		end := len(clustersOf(l.Text, em))
		if mayBreak(whole[end-1], whole[end]) {
			continue
		}
		for k := 1; k < end; k++ {
			if mayBreak(whole[k-1], whole[k]) {
				t.Fatalf("line %d ends badly: %q | %q, though it could end after %d", i, l.Text, all[i+1].Text, k)
			}
		}
	}
}

// TestMayBreak names the rules one by one, so that a class lost from the file is noticed.
func TestMayBreak(t *testing.T) {
	pair := func(text string) bool {
		c := clustersOf(text, em)
		return mayBreak(c[0], c[1])
	}
	for _, never := range []string{"一。", "一，", "一、", "一）", "一》", "一”", "一；", "一：", "一？", "一！", "1%", "（一", "《一", "“一", "〔2", "￥3", "ab", "12", "1,", "……", "——", "一\u00a0", "\u00a0一", "a.", "一 "} {
		if pair(never) {
			t.Errorf("a line may end within %q", never)
		}
	}
	for _, fine := range []string{"一二", "一a", "a一", "。一", "）一", "一（", "一《", " a", "》“"} {
		if !pair(fine) {
			t.Errorf("a line may not end within %q", fine)
		}
	}
}

func FuzzBreak(f *testing.F) {
	f.Add("我单位在办理“明湖鑫禾”（案件编号：1）", 5.0, 4.0)
	f.Add(strings.Repeat("A", 300), 28.0, 26.0)
	f.Add("\u0301\u200d\n\n  ", 0.1, 0.1)
	f.Fuzz(func(t *testing.T, text string, first, rest float64) {
		if !utf8.ValidString(text) || !(first > 0 && rest > 0) {
			t.Skip()
		}
		checkLines(t, text, first, rest, Break(text, em, first, rest))
	})
}
