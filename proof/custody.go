package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Custody is one line of the log of a piece of evidence: who did what with it and when. Lines are numbered from 1 without gaps;
// Hash is over the line and the one before it, so that a changed, missing or swapped line shows. At has microseconds, in UTC.
type Custody struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Office string    `json:"office"`
	Act    string    `json:"act"`
	Note   string    `json:"note,omitempty"`
	Prev   string    `json:"prev"`
	Hash   string    `json:"hash"`
}

// Chain gives the hash that the line must have in the log of the evidence of this reference and SHA-256.
func (c Custody) Chain(ref, content string) string {
	h := sha256.New()
	for _, part := range []string{ref, content, c.Prev, fmt.Sprint(c.Seq), fmt.Sprint(c.At.UnixMicro()), c.Actor, c.Office, c.Act, c.Note} {
		_, _ = fmt.Fprintf(h, "%d:%s;", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// CheckCustody says what is wrong with a log, empty where nothing is.
func CheckCustody(ref, content string, log []Custody) string {
	prev := ""
	for i, c := range log {
		switch {
		case c.Seq != int64(i)+1:
			return fmt.Sprintf("line %d is missing", i+1)
		case c.Prev != prev || c.Hash != c.Chain(ref, content):
			return fmt.Sprintf("line %d was changed", c.Seq)
		}
		prev = c.Hash
	}
	if len(log) == 0 {
		return "the log is empty"
	}
	return ""
}

// Statement is what the signature of a paper is over: everything that makes it this paper and no other. Number is empty for a
// paper without one; At is when it was issued.
type Statement struct {
	Object   string
	Kind     string
	Revision int
	Number   string
	Digest
	Pages int
	At    time.Time
}

// Text writes the statement, a line each; lengths keep the parts apart.
func (s Statement) Text() []byte {
	var out []byte
	for _, p := range [][2]string{{"object", s.Object}, {"kind", s.Kind}, {"revision", fmt.Sprint(s.Revision)}, {"number", s.Number}, {"sha256", s.SHA256},
		{"sm3", s.SM3}, {"pages", fmt.Sprint(s.Pages)}, {"at", s.At.UTC().Format(time.RFC3339Nano)}} {
		out = fmt.Appendf(out, "%s %d:%s\n", p[0], len(p[1]), p[1])
	}
	return out
}

// PurposeDocument and PurposeDossier are what offices sign for.
const (
	PurposeDocument = "document"
	PurposeDossier  = "dossier"
)
