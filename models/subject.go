package models

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"xiezhi/reference"
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

// subjectIndex remembers the internal keys of subjects during a load.
type subjectIndex map[SubjectRef]int64

// maxIndexed bounds the memory of a subjectIndex.
const maxIndexed = 1_000_000

var subjectColumns = []column{{"kind", textColumn}, {"key", textColumn}, {"ref", textColumn}, {"name", textColumn}, {"name_fold", textColumn},
	{"division_code", textColumn}, {"p2", textColumn}, {"c4", textColumn}, {"c6", textColumn}, {"stub", boolColumn},
	{"named_at", instantColumn}, {"first_at", instantColumn}, {"named_standing", intColumn}, {"newest_fact_id", intColumn}}

// whenNaming lets the name of a source of better standing win, among equals the newer one: an older one, arriving late, changes
// nothing.
const whenNaming = ` WHERE subjects.stub OR subjects.named_at IS NULL OR subjects.named_standing > excluded.named_standing
	OR (subjects.named_standing = excluded.named_standing AND subjects.named_at <= excluded.named_at)`

var putNamed = bulk{table: "subjects", columns: subjectColumns, after: `ON CONFLICT (kind, key) DO UPDATE SET
	name = excluded.name, name_fold = excluded.name_fold, division_code = excluded.division_code, p2 = excluded.p2,
	c4 = excluded.c4, c6 = excluded.c6, stub = excluded.stub, named_at = excluded.named_at, named_standing = excluded.named_standing` + marking + whenNaming}

// marking says that the subject has newer facts than its last assessment; the mark always rises.
const marking = `, newest_fact_id = CASE WHEN subjects.newest_fact_id >= excluded.newest_fact_id THEN subjects.newest_fact_id + 1 ELSE excluded.newest_fact_id END`

// A newer name without a place keeps the place that is known; a stub takes that of the batch.
var putRenamed = bulk{table: "subjects", columns: subjectColumns, after: `ON CONFLICT (kind, key) DO UPDATE SET
	name = excluded.name, name_fold = excluded.name_fold,
	division_code = CASE WHEN subjects.stub THEN excluded.division_code ELSE subjects.division_code END,
	p2 = CASE WHEN subjects.stub THEN excluded.p2 ELSE subjects.p2 END,
	c4 = CASE WHEN subjects.stub THEN excluded.c4 ELSE subjects.c4 END,
	c6 = CASE WHEN subjects.stub THEN excluded.c6 ELSE subjects.c6 END,
	stub = excluded.stub, named_at = excluded.named_at, named_standing = excluded.named_standing` + marking + whenNaming}

var putStub = bulk{table: "subjects", columns: subjectColumns, after: "ON CONFLICT (kind, key) DO NOTHING"}

// putSubjects makes or names the subjects that rows describe or mention, and gives their internal keys. place is that of the
// batch, for subjects nobody placed yet. Subjects that are made get the mark as their newest fact, which spares writing them
// twice; those are given back.
func (t *tx) putSubjects(ctx context.Context, known subjectIndex, named map[SubjectRef]naming, mentioned map[SubjectRef]bool, place Place, mark int64) (map[int64]bool, error) {
	if len(known) > maxIndexed {
		clear(known)
	}
	var lookup []SubjectRef
	for ref := range mentioned {
		if _, ok := known[ref]; !ok {
			lookup = append(lookup, ref)
		}
	}
	if err := lookupSubjects(t.db, known, lookup); err != nil {
		return nil, err
	}
	var placed, unplaced, stubs []naming
	for _, n := range named {
		if n.placed {
			placed = append(placed, n)
		} else {
			unplaced = append(unplaced, n)
		}
	}
	var fresh []SubjectRef
	for _, ref := range lookup {
		if _, ok := known[ref]; ok {
			continue
		}
		fresh = append(fresh, ref)
		if _, ok := named[ref]; !ok {
			stubs = append(stubs, naming{ref: ref, place: place})
		}
	}
	whole := true
	for _, part := range []struct {
		bulk
		list []naming
	}{{putNamed, placed}, {putRenamed, unplaced}, {putStub, stubs}} {
		n, err := t.writeSubjects(ctx, part.bulk, part.list, mark)
		if err != nil {
			return nil, err
		}
		whole = whole && n == int64(len(part.list))
	}
	if err := lookupSubjects(t.db, known, fresh); err != nil {
		return nil, err
	}
	if !whole {
		return nil, nil // some were made by another load meanwhile, and which ones is not known: none is spared
	}
	made := make(map[int64]bool, len(fresh))
	for _, ref := range fresh {
		made[known[ref]] = true
	}
	return made, nil
}

// writeSubjects writes in the order of the keys: equal loads give equal numbers, and loads at the same time lock in one order.
func (t *tx) writeSubjects(ctx context.Context, b bulk, list []naming, mark int64) (int64, error) {
	slices.SortFunc(list, func(a, b naming) int {
		return cmp.Or(cmp.Compare(a.ref.Kind, b.ref.Kind), cmp.Compare(a.ref.ID, b.ref.ID))
	})
	return b.insert(ctx, t.db, len(list), func(row, col int) any {
		n := list[row]
		switch subjectColumns[col].name {
		case "kind":
			return string(n.ref.Kind)
		case "key":
			return n.ref.ID
		case "ref":
			return publicRef(n.ref.Kind)
		case "name":
			return n.name
		case "name_fold":
			return reference.Fold(n.name)
		case "division_code":
			return n.place.DivisionCode
		case "p2":
			return n.place.P2
		case "c4":
			return n.place.C4
		case "c6":
			return n.place.C6
		case "stub":
			return !n.named
		case "named_at":
			if !n.named {
				return nil
			}
			return n.at
		case "named_standing":
			if n.standing == 0 {
				return int64(CommonStanding)
			}
			return n.standing
		case "newest_fact_id":
			return mark
		default:
			return t.now
		}
	})
}

// publicRef makes the random number under which a person or an account stands in addresses; others have none.
func publicRef(kind SubjectKind) any {
	if kind != KindPerson && kind != KindAccount {
		return nil
	}
	return rand.Text()
}

func lookupSubjects(db *gorm.DB, known subjectIndex, refs []SubjectRef) error {
	by := map[SubjectKind][]string{}
	for _, r := range refs {
		by[r.Kind] = append(by[r.Kind], r.ID)
	}
	for kind, keys := range by {
		for from := 0; from < len(keys); from += 5000 {
			part := keys[from:min(from+5000, len(keys))]
			var rows []struct {
				ID  int64
				Key string
			}
			if err := db.Table("subjects").Select("id, key").Where("kind = ? AND key IN ?", kind, part).Find(&rows).Error; err != nil {
				return fmt.Errorf("look up %d subjects of kind %s: %w", len(part), kind, err)
			}
			for _, r := range rows {
				known[SubjectRef{kind, r.Key}] = r.ID
			}
		}
	}
	return nil
}
