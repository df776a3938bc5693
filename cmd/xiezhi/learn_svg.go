package main

import (
	"fmt"
	"strings"

	"xiezhi/detect/outcome"
	"xiezhi/work"
)

// heldSVG draws the curves of the three ways to foretell, and how what was predicted compares with what happened.
func heldSVG(rep work.PlatformReport) string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 390" font-family="sans-serif" font-size="12">` + "\n" + `<rect width="760" height="390" fill="#fff"/>` + "\n")
	b.WriteString(frameSVG(40, "Flagged of those that did not fail", "Found of those that failed"))
	b.WriteString(frameSVG(420, "Predicted probability", "Failed within 12 months"))
	for i, c := range []struct {
		name, colour string
		held         outcome.Held
	}{{"chosen inside the folds", "#1a5fb4", rep.Chosen.Held}, {"without the calendar", "#26764d", rep.Own.Held}, {"fixed by their meaning", "#b35900", rep.Stated}, {"advertised rate alone", "#555", rep.Yield}} {
		points := []string{"40,340"}
		for _, p := range c.held.Curve {
			points = append(points, fmt.Sprintf("%.1f,%.1f", 40+300*p.False, 340-300*p.True))
		}
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="2" points="%s"/>`+"\n", c.colour, strings.Join(append(points, "340,40"), " "))
		fmt.Fprintf(&b, `<text x="150" y="%d" fill="%s">%s: AUC %.3f (%.3f-%.3f)</text>`+"\n", 270+16*i, c.colour, c.name, c.held.AUC, c.held.AUCLow, c.held.AUCHigh)
	}
	top := 0.05
	for _, bin := range rep.Chosen.Bins {
		top = max(top, bin.Predicted, bin.Happened)
	}
	for _, bin := range rep.Chosen.Bins {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="5" fill="#1a5fb4"/><text x="%.1f" y="%.1f">%d</text>`+"\n", 420+300*bin.Predicted/top, 340-300*bin.Happened/top, 428+300*bin.Predicted/top, 336-300*bin.Happened/top, bin.Samples)
	}
	fmt.Fprintf(&b, `<text x="700" y="356" text-anchor="end">%.0f %%</text><text x="424" y="36">%.0f %%; fifths of the ratings, their number beside</text>`+"\n</svg>\n", 100*top, 100*top)
	return b.String()
}

func frameSVG(x int, across, up string) string {
	return fmt.Sprintf(`<path d="M%d 40V340H%d" fill="none" stroke="#000"/><path d="M%d 340L%d 40" stroke="#bbb" stroke-dasharray="4"/><text x="%d" y="372">%s</text><text x="%d" y="20">%s</text>`+"\n", x, x+300, x, x+300, x, across, x, up)
}
