package referral

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xiezhi/models"
)

// Each paper of a case carries every field as it was written, rare and hostile characters too, and refuses by the field's name what
// no font has.
func TestCasePapersCarryEveryField(t *testing.T) {
	rare := "𬭩𖫯䶮㐂峣堃〇①Ⅳ¥‰%±×÷≤≥〔〕【】<b>&{{.}}"
	for _, spec := range models.PaperSpecs() {
		p := samplePaper(spec.Kind)
		p.Kind, p.Number = spec.Kind, "深金处〔2026〕3号"
		p.Fields = map[string]string{}
		for i, f := range spec.Fields {
			p.Fields[f.Name] = strings.Replace(rare, "𖫯", "", 1) + strings.Repeat("长", i+3)
			if f.Long {
				p.Fields[f.Name] += strings.Repeat("，逐日返利", 70)
			}
		}
		pdf, pages := printed(t, p)
		text := bare(strings.Join(extracted(t, pdf), "\n"))
		for name, want := range p.Fields {
			if !strings.Contains(text, bare(want)) {
				t.Errorf("%s: field %s is not in the paper as it was written", spec.Kind, name)
			}
		}
		if pages < 1 || !strings.Contains(text, "深金处〔2026〕3号") {
			t.Errorf("%s: %d pages, or no number", spec.Kind, pages)
		}
		bad := p
		bad.Fields = map[string]string{}
		for k, v := range p.Fields {
			bad.Fields[k] = v
		}
		first := spec.Fields[0].Name
		bad.Fields[first] += "😀"
		_, _, err := newPress(t).Print(t.Context(), bad)
		if models.KindOf(err) != models.KindInvalid || !strings.Contains(err.Error(), first) {
			t.Errorf("%s: a character without a glyph in %s: %v", spec.Kind, first, err)
		}
	}
}

// Two pages are held against pictures of how they should look: the first of the letter, and an order to stop.
func TestPictures(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is missing: install poppler-utils to compare the papers as pictures")
	}
	stop := samplePaper(models.PaperStopOrder)
	stop.Kind, stop.Number = models.PaperStopOrder, "深金处〔2026〕3号"
	stop.Fields = map[string]string{"facts": "你单位以每日返还百分之八为诱饵，向不特定对象吸收资金。", "measures": "立即停止吸收资金，撤下全部宣传。", "deadline": "收到本通知之日"}
	for name, p := range map[string]models.Paper{"letter": samplePaper(models.DocumentLetter), "stop_order": stop} {
		pdf, _ := printed(t, p)
		got := picture(t, pdf)
		golden := filepath.Join("testdata", name+".png")
		if *update {
			var buf bytes.Buffer
			if err := png.Encode(&buf, got); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, buf.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Open(golden)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if worst := differ(got, want); worst > 28 {
			t.Errorf("%s: a part of the page differs by %d of 255 from the picture in testdata; -update writes it anew", name, worst)
		}
	}
}

// picture renders the first page in grey at 45 dots an inch.
func picture(t *testing.T, pdf []byte) image.Image {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "45", "-gray", "-png", "-singlefile", "-f", "1", file, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v %s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "page.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// differ gives the greatest difference of mean grey in squares of 12 dots, 255 where the sizes differ: renderers smooth
// letters differently, but a line that moved shows.
func differ(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	const side = 12
	worst := 0
	for y := 0; y+side <= a.Bounds().Dy(); y += side {
		for x := 0; x+side <= a.Bounds().Dx(); x += side {
			sum := 0
			for j := range side {
				for i := range side {
					sum += shade(a, x+i, y+j) - shade(b, x+i, y+j)
				}
			}
			worst = max(worst, max(sum, -sum)/(side*side))
		}
	}
	return worst
}

func shade(img image.Image, x, y int) int {
	r, _, _, _ := img.At(x, y).RGBA()
	return int(r >> 8)
}
