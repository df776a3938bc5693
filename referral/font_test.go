package referral

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestFontsAreTheirSources keeps the embedded fonts what fonts/SOURCES says, with the licence beside them.
func TestFontsAreTheirSources(t *testing.T) {
	sources, err := os.ReadFile("fonts/SOURCES")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"NotoSerifSC_400Regular.ttf": regularFont, "NotoSerifSC_700Bold.ttf": boldFont} {
		if !strings.Contains(string(sources), fmt.Sprintf("%x", sha256.Sum256(data))) {
			t.Errorf("%s is not the file that SOURCES names", name)
		}
	}
	if licence, err := os.ReadFile("fonts/OFL.txt"); err != nil || !strings.Contains(string(licence), "SIL OPEN FONT LICENSE") {
		t.Errorf("the licence is missing: %v", err)
	}
	if len(regularFont)+len(boldFont) > 25<<20 {
		t.Error("the fonts are larger than agreed")
	}
}

func TestRegularHasTheBasicHan(t *testing.T) {
	f := newPress(t).regular
	for _, span := range [][2]rune{{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}} {
		for r := span[0]; r <= span[1]; r++ {
			if f.glyph(r) == 0 {
				t.Errorf("no glyph for U+%04X", r)
			}
		}
	}
	for _, r := range []rune{0, 0x1F600, 0x10FFFF, -1} {
		if f.glyph(r) != 0 {
			t.Errorf("a glyph for U+%04X", r)
		}
	}
}

// TestBrokenFont refuses what is no font instead of reading past its end.
func TestBrokenFont(t *testing.T) {
	for _, n := range []int{0, 4, 11, 12, 40, 200, 5000} {
		if _, err := readFont("broken", regularFont[:n]); !errors.Is(err, errFont) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}
