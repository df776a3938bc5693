package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Identity is a proposal that two subjects are one or belong together, and what was decided. AID is the smaller key; Relation is the kind
// of relation that a yes makes, from A to B; Reasons is JSON of who.Reason.
type Identity struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	AID        int64 `gorm:"column:a_id"`
	BID        int64 `gorm:"column:b_id"`
	Verdict    string
	Relation   string
	Score      int64
	Reasons    string
	State      string
	Note       string
	FactID     *int64
	DecidedBy  *int64
	DecidedAt  Instant
	ProposedAt Instant
	Version    int64
}

// The states of a proposal.
const (
	IdentityOpen   = "open"
	IdentityYes    = "yes"
	IdentityNo     = "no"
	IdentityUnsure = "unsure"
)

// SourceIdentity is the source of the relations that decisions make.
const SourceIdentity = "IDENTITY"

// IdentityLine is a proposal with its two subjects and who decided.
type IdentityLine struct {
	Identity  `gorm:"embedded"`
	A         Subject `gorm:"-"`
	B         Subject `gorm:"-"`
	Decider   string
	DeciderEn string
}

// IdentityFilter narrows the list; empty fields do not. After is where the next page begins.
type IdentityFilter struct {
	State   string
	Verdict string
	After   *IdentityKey
	Limit   int
}

// IdentityKey is a place in the list, which is ordered by score, then newest first.
type IdentityKey struct {
	Score, ID int64
}

// seenIdentities keeps proposals whose subjects both lie in a scope.
func seenIdentities(db, from *gorm.DB, scope Scope) *gorm.DB {
	within := func(end string) *gorm.DB {
		return scoped(from.Table("subjects s").Select("1").Where("s.id = identities."+end), scope, "s")
	}
	return db.Where("EXISTS (?) AND EXISTS (?)", within("a_id"), within("b_id"))
}

func (s *Store) identityLines(ctx context.Context, actor Actor) *gorm.DB {
	return seenIdentities(s.read(ctx).Table("identities"), s.read(ctx), actor.Scope(ActIdentityRead)).
		Select("identities.*, u.display_name AS decider, u.display_name_en AS decider_en").Joins("LEFT JOIN users u ON u.id = identities.decided_by")
}

// Identities lists proposals whose subjects the actor may both see, the likeliest first, and says whether there are more.
func (s *Store) Identities(ctx context.Context, actor Actor, f IdentityFilter) ([]IdentityLine, bool, error) {
	q := s.identityLines(ctx, actor)
	if f.State != "" {
		q = q.Where("identities.state = ?", f.State)
	}
	if f.Verdict != "" {
		q = q.Where("identities.verdict = ?", f.Verdict)
	}
	if f.After != nil {
		q = q.Where("(identities.score, identities.id) < (?, ?)", f.After.Score, f.After.ID)
	}
	var list []IdentityLine
	if err := q.Order("identities.score DESC, identities.id DESC").Limit(f.Limit + 1).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list identities: %w", err)
	}
	more := len(list) > f.Limit
	list = list[:min(len(list), f.Limit)]
	return list, more, s.nameIdentities(ctx, actor, list)
}

// Identity gives one proposal; NotFound where one of its subjects lies outside the actor's scope.
func (s *Store) Identity(ctx context.Context, actor Actor, ref string) (IdentityLine, error) {
	list := make([]IdentityLine, 1)
	err := s.identityLines(ctx, actor).Where("identities.ref = ?", ref).Take(&list[0]).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return list[0], NotFound("identity")
	}
	if err != nil {
		return list[0], fmt.Errorf("identity %s: %w", ref, err)
	}
	return list[0], s.nameIdentities(ctx, actor, list)
}

// NextIdentity gives the number of the likeliest open proposal in the actor's scope, or "".
func (s *Store) NextIdentity(ctx context.Context, actor Actor) (string, error) {
	list, _, err := s.Identities(ctx, actor, IdentityFilter{State: IdentityOpen, Limit: 1})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Ref, nil
}

func (s *Store) nameIdentities(ctx context.Context, actor Actor, list []IdentityLine) error {
	ids := make([]int64, 0, 2*len(list))
	for _, l := range list {
		ids = append(ids, l.AID, l.BID)
	}
	subjects, err := s.SubjectsByID(ctx, Within(actor.Scope(ActIdentityRead)), ids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].A, list[i].B = subjects[list[i].AID], subjects[list[i].BID]
	}
	return nil
}

// IdentityRecord is what is recorded of a subject that tells who it is: the newest row that names it and the names before.
type IdentityRecord struct {
	ID        int64
	Kind      SubjectKind
	Name      string
	Division  string
	Olds      []string
	Phone     string
	Address   string
	Website   string
	BirthYear int64
}

// IdentityRecords gives all named companies, persons and institutions by key, from facts of general purpose that stand.
func (s *Store) IdentityRecords(ctx context.Context, see func(IdentityRecord)) (err error) {
	q := bounded(s.read(ctx).Table("facts f"), AsOf{}).Where("f.tbl IN ?", []Table{TableCompanies, TablePersons, TableInstitutions})
	rows, err := q.Joins("JOIN subjects s ON s.id = f.subject_id").Select("f.subject_id, s.kind, s.name, s.division_code, f.payload").Order("f.subject_id, f.observed_at, f.id").Rows()
	if err != nil {
		return fmt.Errorf("read who is who: %w", err)
	}
	defer rows.Close()
	var now IdentityRecord
	flush := func() {
		if now.ID != 0 && now.Name != "" {
			see(now)
		}
	}
	for rows.Next() {
		var r IdentityRecord
		var payload []byte
		if err := rows.Scan(&r.ID, &r.Kind, &r.Name, &r.Division, &payload); err != nil {
			return fmt.Errorf("read who is who: %w", err)
		}
		if r.ID != now.ID {
			flush()
			now = r
		}
		if err := now.learn(payload); err != nil {
			return err
		}
	}
	flush()
	return rows.Err()
}

// learn takes what a row says: the newest counts, names other than the present one are former ones.
func (r *IdentityRecord) learn(payload []byte) error {
	var row struct {
		Name, Phone, Address, Website string
		BirthYear                     int64 `json:"birth_year"`
	}
	if err := json.Unmarshal(payload, &row); err != nil {
		return fmt.Errorf("read what names subject %d: %w", r.ID, err)
	}
	if row.Name != "" && row.Name != r.Name {
		r.Olds = append(r.Olds, row.Name)
	}
	r.Phone, r.Address, r.Website, r.BirthYear = row.Phone, row.Address, row.Website, row.BirthYear
	return nil
}
