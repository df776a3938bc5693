package who

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Pair is two names with what is true of them.
type Pair struct {
	A, B   string
	Schema string // as the file has it
	Sort   Sort
	True   bool
}

// Tally counts answers against the truth.
type Tally struct{ TP, FP, TN, FN int }

// Note counts one answer.
func (t *Tally) Note(said, is bool) {
	switch {
	case said && is:
		t.TP++
	case said:
		t.FP++
	case is:
		t.FN++
	default:
		t.TN++
	}
}

// Precision is the part of what was said that is true, Recall that of what is true that was said, F1 their harmonic mean; 0 over nothing.
func (t Tally) Precision() float64 { return part(t.TP, t.TP+t.FP) }

// Recall is described at Precision.
func (t Tally) Recall() float64 { return part(t.TP, t.TP+t.FN) }

// F1 is described at Precision.
func (t Tally) F1() float64 { return part(2*t.TP, 2*t.TP+t.FP+t.FN) }

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Screening is the question of a list check: is this name worth looking at beside that one? It takes Same and Alike.
func Screening(p Pair) bool {
	v := Names(p.A, p.B, p.Sort).Verdict
	return v == Same || v == Alike
}

// Identity is the question of a register: do both names name one body? It takes Same alone.
func Identity(p Pair) bool { return Names(p.A, p.B, p.Sort).Verdict == Same }

// ReadPairs reads pairs from CSV with the columns name1, name2, is_match, schema or left, right, match; a schema of Person is one.
func ReadPairs(r io.Reader) ([]Pair, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read pairs of names: %w", err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read pairs of names: no header")
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	column := func(names ...string) int {
		for _, n := range names {
			if i, ok := at[n]; ok {
				return i
			}
		}
		return -1
	}
	a, b, is, schema := column("name1", "left"), column("name2", "right"), column("is_match", "match"), column("schema")
	if a < 0 || b < 0 || is < 0 {
		return nil, fmt.Errorf("read pairs of names: the columns name1, name2, is_match or left, right, match are wanted")
	}
	list := make([]Pair, 0, len(rows)-1)
	for _, row := range rows[1:] {
		p := Pair{A: row[a], B: row[b], True: row[is] == "true" || row[is] == "yes" || row[is] == "1"}
		if schema >= 0 {
			p.Schema = row[schema]
		}
		if p.Schema == "Person" {
			p.Sort = OfPerson
		}
		list = append(list, p)
	}
	return list, nil
}

// Held says whether a pair belongs to the half that is kept from whoever tunes: by a digest of its names, so that it never moves.
func (p Pair) Held() bool {
	return sha256.Sum256([]byte(strings.Join([]string{p.Schema, p.A, p.B}, "|")))[0]%2 == 1
}
