package models

import (
	"slices"
	"strings"
)

// Subject is what facts are about, with the name, place, level and index that lists show. Stub says that it is known only
// from references of others. OwnerID is a product's company or an account's holder.
type Subject struct {
	ID             int64 `gorm:"primaryKey"`
	Kind           SubjectKind
	Key            string
	Ref            *string // a random public number for persons and accounts, whose keys are personal
	Name           string
	NameFold       string
	OwnerID        *int64
	Place          `gorm:"embedded"`
	Stub           bool
	NamedAt        Instant
	Area           string
	Level          string
	LevelRank      int
	Idx            float64
	AssessmentID   *int64
	AssessedFactID int64
	NewestFactID   int64
	FirstAt        Instant
	Listed         bool   // it was looked at: lists order it by its level
	Reach          string // JSON of what it brought to those tied to it when it was last assessed
}

// Written gives the kind and ID of the subject.
func (s Subject) Written() SubjectRef { return SubjectRef{Kind: s.Kind, ID: s.Key} }

// parseSubject reads kind:ID; a form that was not checked before gives false.
func parseSubject(text string) (SubjectRef, bool) {
	kind, id, ok := strings.Cut(text, ":")
	if !ok || id == "" {
		return SubjectRef{}, false
	}
	return SubjectRef{Kind: SubjectKind(kind), ID: id}, true
}

// ParseSubject reads a subject as people and programs write it, kind:ID; false for an unknown kind or an ID of other characters than
// the contract's.
func ParseSubject(text string) (SubjectRef, bool) {
	r, ok := parseSubject(text)
	kinds := []SubjectKind{KindCompany, KindPerson, KindAccount, KindInstitution, KindProduct}
	if !ok || len(r.ID) > 64 || !slices.Contains(kinds, r.Kind) {
		return SubjectRef{}, false
	}
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
	}
	return r, !strings.ContainsFunc(r.ID, func(c rune) bool { return !plain(c) })
}

// naming is what a row says about the subject it describes.
type naming struct {
	ref      SubjectRef
	name     string
	fold     string // the name's normal form
	place    Place
	owner    SubjectRef
	hasOwner bool
	at       Instant
	named    bool
	placed   bool // the row itself says where the subject is
	standing int64
}

// join gives what two rows of one load say of a subject: the source of lower standing number wins, then the newer row; a row
// without a place keeps that of the other.
func (n naming) join(was naming) naming {
	if n.standing > was.standing || n.standing == was.standing && n.at.Before(was.at) {
		n, was = was, n
	}
	if !n.placed && was.placed {
		n.place, n.placed = was.place, true
	}
	return n
}
