package referral

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"xiezhi/models"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	look   = flag.String("look", "", "a folder to write the sample papers to, to look at them")
)

func newPress(t testing.TB) *Press {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func printed(t testing.TB, p models.Paper) ([]byte, int) {
	t.Helper()
	pdf, pages, err := newPress(t).Print(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return pdf, pages
}

// extracted gives the text that a reader copies out of a PDF, a page an element.
func extracted(t *testing.T, pdf []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is missing: install poppler-utils to check the text of the papers")
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-enc", "UTF-8", file, "-")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("pdftotext: %v %s", err, complaints.String())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// bare drops white space, and the page numbers that stand between the pages of a text.
func bare(text string) string {
	text = regexp.MustCompile(`(?m)^— ?\d+ ?—$`).ReplaceAllString(text, "")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func TestCompose(t *testing.T) {
	for _, kind := range []string{models.DocumentLetter, models.DocumentReport, models.DocumentReceipt} {
		t.Run(kind, func(t *testing.T) {
			doc, err := Compose(samplePaper(kind))
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", kind+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(outline(doc)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), outline(doc)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// outline writes a document as text, a line or more a block.
func outline(d Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %q %q\n", d.Kind, d.Form, d.Number, d.Title)
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "\n[%s %s joined=%t]\n", p.Name, p.Label, p.Joined)
		for _, k := range p.Blocks {
			fmt.Fprintf(&b, "%s", k.Kind)
			if k.Level > 0 {
				fmt.Fprintf(&b, " %d", k.Level)
			}
			fmt.Fprintf(&b, ": %s\n", k.Text)
			for _, row := range append([][]string{k.Head}, k.Rows...) {
				if len(row) > 0 {
					fmt.Fprintf(&b, "  | %s\n", strings.Join(row, " | "))
				}
			}
			for _, i := range k.Items {
				fmt.Fprintf(&b, "  %s %s\n", i.Label, strings.ReplaceAll(i.Text, "\n", " / "))
			}
			if k.Date != "" {
				fmt.Fprintf(&b, "  %s %s\n", k.Date, k.Seal)
			}
		}
	}
	return b.String()
}

func TestComposeRefusesOtherKinds(t *testing.T) {
	p := samplePaper(models.DocumentLetter)
	p.Kind = "novel"
	if _, err := Compose(p); err == nil {
		t.Error("a novel was composed")
	}
}

// TestLetterCites keeps the legal basis: APL 27 and 310 art 3, and the reminders of 310 arts 8 and 12.
func TestLetterCites(t *testing.T) {
	doc, err := Compose(samplePaper(models.DocumentLetter))
	if err != nil {
		t.Fatal(err)
	}
	text := outline(doc)
	for _, want := range []string{"《中华人民共和国行政处罚法》第二十七条", "《行政执法机关移送涉嫌犯罪案件的规定》第三条", "案件的规定》第八条", "该规定第十二条", "《中华人民共和国刑法》第一百七十六条"} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter does not cite %s", want)
		}
	}
}

// TestDataIsNoTemplate gives texts that look like templates, blocks and PDF: they come out as they went in.
func TestDataIsNoTemplate(t *testing.T) {
	hostile := "{{.Approver}} {{template \"x\"}}\ntitle: 撤销\n) Tj ET (x\n<script>alert(1)</script> %PDF endstream endobj\\"
	p := samplePaper(models.DocumentLetter)
	p.Facts, p.Party.Name, p.CaseTitle = hostile, hostile, "{{.Facts}}"
	doc, err := Compose(p)
	if err != nil {
		t.Fatal(err)
	}
	titles := 0
	for _, b := range doc.Part("body").Blocks {
		if b.Kind == BlockTitle {
			titles++
		}
	}
	if titles != 1 {
		t.Errorf("%d titles", titles)
	}
	pdf, _ := printed(t, p)
	text := bare(strings.Join(extracted(t, pdf), "\n"))
	for _, line := range strings.Split(hostile, "\n") {
		if !strings.Contains(text, bare(line)) {
			t.Errorf("%q is not in the paper", line)
		}
	}
}

func TestEveryCharacterIsInThePaper(t *testing.T) {
	rare := "𬭩𫖯䶮㐂㑇峣堃喆㛃⺀⼀一－‑-ー—–·•‧…⋯“”‘’〔〕【】《》〇○●□■①⑩㈠Ⅳ¥￥€£§°℃‰%±×÷≤≥≠αβγЖдÀéüńǎōǔＡｂ１２"
	long := strings.Repeat("A", 300) + " " + strings.Repeat("9", 200)
	for _, kind := range []string{models.DocumentLetter, models.DocumentReport, models.DocumentReceipt} {
		p := samplePaper(kind)
		p.Facts = rare + "\r\n\t制表\u2028" + long + "\n" + strings.Repeat("（《“测试，。”》）、", 60)
		p.Evidence = strings.Repeat("证据"+rare+"；", 12)
		p.Party.Name, p.CaseTitle = "龘䶮𬭩靐有限公司", "𫖯田㛃案"
		p.Sender.Name = "𬭩县地方金融管理局"
		pdf, _ := printed(t, p)
		text := bare(strings.Join(extracted(t, pdf), "\n"))
		fields := []string{p.Party.Name, p.CaseTitle, p.Sender.Name}
		if kind != models.DocumentReceipt {
			fields = append(fields, lines(strings.ReplaceAll(newlines.Replace(p.Facts), "\u2028", "\n"))...)
			fields = append(fields, p.Evidence)
		}
		for _, f := range fields {
			if !strings.Contains(text, bare(f)) {
				t.Errorf("%s: not in the paper as it was written: %q", kind, f)
			}
		}
	}
}

// TestEveryCommonCharacter prints the whole of GB 2312's range of Han and more, a page after another.
func TestEveryCommonCharacter(t *testing.T) {
	var all []rune
	for r := rune(0x4E00); r <= 0x9FFF; r += 3 {
		all = append(all, r)
	}
	p := samplePaper(models.DocumentReport)
	p.Facts = string(all)
	pdf, _ := printed(t, p)
	if !strings.Contains(bare(strings.Join(extracted(t, pdf), "\n")), p.Facts) {
		t.Error("characters are lost or change places")
	}
}

func TestMissingGlyphs(t *testing.T) {
	press := newPress(t)
	for _, tt := range []struct {
		field, characters string
		change            func(*models.Paper)
	}{
		{"facts", "😀 (U+1F600)", func(p *models.Paper) { p.Facts += "😀" }},
		{"evidence", "ش (U+0634)", func(p *models.Paper) { p.Evidence = "ششش" }},
		{"proposal", "U+200B", func(p *models.Paper) { p.Proposal = "a\u200bb" }},
		{"item_list", "U+0007", func(p *models.Paper) { p.ItemList = "\a" }},
		{"expert_report", "U+202E", func(p *models.Paper) { p.ExpertReport = "\u202e" }},
		{"party", "𰻞 (U+30EDE)", func(p *models.Paper) { p.Party.Name = "𰻞面公司" }},
		{"party", "𠮷 (U+20BB7)", func(p *models.Paper) { p.Party.LegalRepresentative = "𠮷野" }},
		{"party", "한 (U+D55C)", func(p *models.Paper) { p.Officers[0].Name = "한" }},
	} {
		p := samplePaper(models.DocumentLetter)
		tt.change(&p)
		_, _, err := press.Print(context.Background(), p)
		want := &models.Error{Kind: models.KindInvalid, Key: "error.invalid", Fields: map[string]string{tt.field: "error.no_glyph"}, Args: map[string]string{"characters": tt.characters}}
		if diff := cmp.Diff(any(want), any(err)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", tt.field, diff)
		}
	}
}

// TestWordingHasGlyphs keeps the wording itself within the fonts, in bold where it is bold.
func TestWordingHasGlyphs(t *testing.T) {
	press := newPress(t)
	for key, text := range words() {
		for _, r := range text {
			if !press.draws(r) {
				t.Errorf("%s: no font has %q", key, r)
			}
		}
	}
	doc, err := Compose(samplePaper(models.DocumentReport))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range doc.Part("body").Blocks {
		for _, r := range b.Text {
			if (b.Kind == BlockTitle || b.Kind == BlockHeading) && press.bold.glyph(r) == 0 {
				t.Errorf("bold lacks %q", r)
			}
		}
	}
}

func TestPages(t *testing.T) {
	short := samplePaper(models.DocumentLetter)
	short.Facts, short.Evidence, short.Lines, short.CopyTo, short.Sender.Phone, short.ItemList = "事实。", "", nil, "", "", "无"
	for _, tt := range []struct {
		name  string
		paper models.Paper
		pages int
	}{
		{"short letter", short, 4}, {"letter", samplePaper("letter"), 4}, {"report", samplePaper("report"), 4},
		{"long report", longPaper(), 7}, {"receipt", samplePaper("receipt"), 1},
	} {
		pdf, pages := printed(t, tt.paper)
		if pages != tt.pages {
			t.Errorf("%s: %d pages, want %d", tt.name, pages, tt.pages)
		}
		if *look != "" {
			if err := os.WriteFile(filepath.Join(*look, strings.ReplaceAll(tt.name, " ", "-")+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		texts := extracted(t, pdf)
		if len(texts) != pages {
			t.Errorf("%s: the PDF has %d pages, Print says %d", tt.name, len(texts), pages)
		}
		for i, text := range texts {
			numbered := regexp.MustCompile(fmt.Sprintf(`(?m)^— ?%d ?—$`, i+1)).MatchString(text)
			if want := i > 0 || tt.paper.Kind != models.DocumentLetter; numbered != want {
				t.Errorf("%s: page %d numbered %t", tt.name, i+1, numbered)
			}
		}
	}
}

// TestSameBytes is what lets the hash of a paper prove it: now, again, and from many at once.
func TestSameBytes(t *testing.T) {
	press := newPress(t)
	want, _ := printed(t, samplePaper("letter"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, _, err := press.Print(context.Background(), samplePaper("letter"))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("the same paper gave other bytes (%v)", err)
			}
		})
	}
	wg.Wait()
}

func TestHygiene(t *testing.T) {
	pdf, _ := printed(t, samplePaper("letter"))
	for _, no := range []string{"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI", "/EmbeddedFile", "/AcroForm", "/Author"} {
		if bytes.Contains(pdf, []byte(no+" ")) {
			t.Errorf("the paper has %s", no)
		}
	}
	for _, yes := range []string{"/CreationDate (D:20261121003000+08'00')", "/ToUnicode", "/FontFile2", "/Lang (zh-CN)", textString("涉嫌犯罪案件移送书 明金处非移〔2026〕第3号")} {
		if !bytes.Contains(pdf, []byte(yes)) {
			t.Errorf("the paper lacks %s", yes)
		}
	}
	if bytes.Contains(pdf, []byte(strings.TrimSuffix(strings.TrimPrefix(textString("鑫禾"), "<FEFF"), ">"))) {
		t.Error("the metadata name the party")
	}
}

func TestNumber(t *testing.T) {
	press := newPress(t)
	for _, tt := range []struct {
		office models.Office
		kind   string
		want   string
	}{
		{models.Office{Name: "明湖市地方金融管理局", Short: "明金处非移"}, models.DocumentLetter, "明金处非移〔2026〕第3号"},
		{models.Office{Name: "某局"}, models.DocumentLetter, "某局〔2026〕第3号"},
		{models.Office{Short: "{{.N}}"}, models.DocumentLetter, "{{.N}}〔2026〕第3号"},
		{models.Office{Short: "明金处非移"}, "bulletin", "明金处非移〔2026〕第3号"},
	} {
		if got := press.Number(tt.office, tt.kind, 2026, 3); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.office, got, tt.want)
		}
	}
}

// TestTallRow prints a form whose one cell is longer than a page, and a letter whose parts all are.
func TestTallRow(t *testing.T) {
	p := samplePaper(models.DocumentLetter)
	p.CaseTitle = strings.Repeat("长案名", 900)
	p.ItemList = strings.Repeat("物品一件\n", 80)
	pdf, pages := printed(t, p)
	if pages < 8 {
		t.Errorf("%d pages", pages)
	}
	text := bare(strings.Join(extracted(t, pdf), "\n"))
	if n := strings.Count(text, "长"); n != 2*900 {
		t.Errorf("%d of 1800 repetitions are printed", n)
	}
	if n := strings.Count(text, "物品一件"); n != 80 {
		t.Errorf("%d of 80 items are printed", n)
	}
}

func TestPrintStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := newPress(t).Print(ctx, samplePaper("letter")); err == nil {
		t.Error("printed after the caller had left")
	}
}

func BenchmarkPrint(b *testing.B) {
	press := newPress(b)
	for name, p := range map[string]models.Paper{"letter": samplePaper("letter"), "report": longPaper()} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := press.Print(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
