package simulate

import (
	"fmt"
	"io"
)

// Print writes the figures as Markdown tables.
func (s Stats) Print(out io.Writer) error {
	p := printer{out: out}
	p.line("| format | companies | share | near misses | bad |\n|---|---|---|---|---|")
	for _, f := range s.Formats {
		p.line("| %s | %d | %.1f %% | %d | %d |", f.Kind, f.Count, 100*float64(f.Count)/float64(max(1, s.Companies)), f.Near, f.Bad)
	}
	p.line("\n| figure (10 %% - half - 90 %%) | bad | near miss | others | bad above near | bad above all |\n|---|---|---|---|---|---|")
	for _, m := range s.Measures {
		p.line("| %s | %s | %s | %s | %.2f | %.2f |", m.Name, m.Bad, m.Near, m.Other, m.AgainstNear, m.All)
	}
	p.line("\n| month | transfers | complaints | adverts |\n|---|---|---|---|")
	for _, m := range s.ByMonth {
		p.line("| %s | %d | %d | %d |", m.Month, m.Transfers, m.Complaints, m.Adverts)
	}
	p.line("\nDays from the first incriminating fact to the end (10 %% - half - 90 %%): %s", quantiles(s.FirstFacts))
	return p.err
}

func (q Quantiles) String() string {
	if q.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%.3g - %.3g - %.3g (%d)", q.Tenth, q.Half, q.Ninetie, q.Count)
}

// printer keeps the first error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}
