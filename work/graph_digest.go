package work

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Digest is the SHA-256, in hexadecimal, of what a picture shows: its subjects by internal key, its relations and its chain, whatever
// their order and places on the page.
func (p Picture) Digest() string {
	var lines []string
	for _, n := range p.Nodes {
		lines = append(lines, fmt.Sprintf("subject %d %d", n.ID, n.Depth))
	}
	for _, e := range p.Edges {
		lines = append(lines, "relation "+e.Step.facts())
	}
	slices.Sort(lines)
	for _, s := range p.Chain {
		lines = append(lines, "chain "+s.facts())
	}
	lines = append(lines, fmt.Sprintf("cut %v length %d", p.Truncated, p.Length))
	return digestOf(lines)
}

// facts writes a relation by internal keys.
func (s GraphStep) facts() string {
	from, to := s.FromID, s.ToID
	if s.Reverse {
		from, to = to, from
	}
	ratio, since := "-", "-"
	if s.Ratio != nil {
		ratio = fmt.Sprintf("%.12g", *s.Ratio)
	}
	if s.SinceOn != nil {
		since = string(*s.SinceOn)
	}
	return fmt.Sprintf("%d %d %s %s %s %s", from, to, s.Kind, ratio, since, s.Source)
}

// Digest is the SHA-256, in hexadecimal, of a trace: its payments with what they carry, and its accounts by internal key.
func (t TraceAnswer) Digest() string {
	lines := []string{fmt.Sprintf("%s %s %s %s cut %v", t.Direction, t.Method, t.Window.From, t.Window.To, t.Truncated)}
	for _, h := range t.Hops {
		lines = append(lines, fmt.Sprintf("payment %d %d %d %s %s %s %s %s", h.Depth, h.FromID, h.ToID, h.Transfer, h.At, h.Amount, h.Carried, h.Currency))
	}
	for _, l := range t.Accounts {
		lines = append(lines, fmt.Sprintf("account %d %d %s %s %s %s", l.Depth, l.ID, l.In, l.Out, l.Remaining, l.Currency))
	}
	slices.Sort(lines)
	return digestOf(lines)
}

func digestOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
