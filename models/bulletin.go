package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"xiezhi/law"
)

// Bulletin is what the public may read about a case that was determined. Its state is a word of law/bulletin.csv; each text that was
// ever written is kept.
type Bulletin struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	CaseID      int64
	AuthorityID int64
	Place       `gorm:"embedded"`
	State       law.State
	Title       string
	Body        string
	Consent     string // number of the police's consent, where they filed
	Review      string
	ReviewedBy  *int64
	PublishedAt Instant
	WithdrawnAt Instant
	Withdrawal  string
	ChangedBy   int64
	ChangedAt   Instant
	Version     int64
}

// BulletinLine is a row of a list of bulletins.
type BulletinLine struct {
	Bulletin `gorm:"embedded"`
	CaseRef  string
	Office   string
	OfficeEn string
	Phone    string
}

// BulletinFile is a bulletin as those who work on it see it.
type BulletinFile struct {
	BulletinLine
	Moves    []law.Event
	Barred   map[law.Event]string
	Versions []BulletinVersion
	Events   []Event
}

// BulletinVersion is one text of a bulletin.
type BulletinVersion struct {
	BulletinID int64
	Version    int64
	Title      string
	Body       string
	ChangedBy  int64
	ChangedAt  Instant
	Writer     string
	WriterEn   string
}

const objectBulletin = "bulletin"

// bulletin is one on its way through a verb.
type bulletin struct {
	b       Bulletin
	cs      Case
	authors []int64
	onTeam  bool
	head    bool
	filed   bool // the police filed the case
}

// PublicBulletin is what everybody may read: of one that was withdrawn, its title and why.
type PublicBulletin struct {
	Ref         string
	Title       string
	Body        string
	Office      string
	OfficeEn    string
	Phone       string
	PublishedAt Instant
	WithdrawnAt Instant
	Withdrawal  string
}

// maxBulletins bounds the public list and that of a case.
const maxBulletins = 200

func publicBulletins(db *gorm.DB) *gorm.DB {
	return db.Table("bulletins b").Select("b.ref, b.title, CASE WHEN b.withdrawn_at IS NULL THEN b.body ELSE '' END AS body, a.name AS office, a.name_en AS office_en, a.phone AS phone, b.published_at, b.withdrawn_at, b.withdrawal").
		Joins("JOIN authorities a ON a.id = b.authority_id").Where("b.published_at IS NOT NULL AND b.state IN ?", []law.State{law.BulletinPublished, law.BulletinWithdrawn})
}

// PublicBulletins lists what was published, newest first, to anybody.
func (s *Store) PublicBulletins(ctx context.Context) ([]PublicBulletin, error) {
	var list []PublicBulletin
	if err := publicBulletins(s.read(ctx)).Order("b.published_at DESC, b.id DESC").Limit(maxBulletins).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list bulletins: %w", err)
	}
	return list, nil
}

// PublicBulletin gives one that was published, to anybody.
func (s *Store) PublicBulletin(ctx context.Context, ref string) (PublicBulletin, error) {
	var b PublicBulletin
	err := publicBulletins(s.read(ctx)).Where("b.ref = ?", ref).Take(&b).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return b, NotFound("bulletin")
	}
	if err != nil {
		return b, fmt.Errorf("bulletin %s: %w", ref, err)
	}
	return b, nil
}

// CaseBulletins lists the bulletins of a case that the actor reads, newest first, and says whether he may draft one now.
func (s *Store) CaseBulletins(ctx context.Context, actor Actor, caseRef string) ([]BulletinLine, bool, error) {
	t := s.look(ctx, actor)
	cs, err := t.lockCase(caseRef)
	if err != nil {
		return nil, false, err
	}
	var list []BulletinLine
	if err := t.bulletinLines().Where("b.case_id = ?", cs.ID).Order("b.id DESC").Limit(maxBulletins).Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("bulletins of case %s: %w", caseRef, err)
	}
	_, err = t.allowBulletin(caseRef)
	return list, err == nil, nil
}

func (t *tx) bulletinLines() *gorm.DB {
	q := t.db.Table("bulletins b").Select("b.*, cs.ref AS case_ref, a.name AS office, a.name_en AS office_en, a.phone AS phone").
		Joins("JOIN cases cs ON cs.id = b.case_id").Joins("JOIN authorities a ON a.id = b.authority_id")
	return seenCases(q, t.actor, "cs")
}

// BulletinFile gives one bulletin of a case that the actor reads, with its texts and what he may do now.
func (s *Store) BulletinFile(ctx context.Context, actor Actor, caseRef, ref string) (BulletinFile, error) {
	t := s.look(ctx, actor)
	var f BulletinFile
	x, err := t.loadBulletin(caseRef, ref)
	if err != nil {
		return f, err
	}
	if err := t.bulletinLines().Where("b.id = ?", x.b.ID).Take(&f.BulletinLine).Error; err != nil {
		return f, fmt.Errorf("bulletin %s: %w", ref, err)
	}
	err = t.db.Table("bulletin_versions v").Select("v.*, u.display_name AS writer, u.display_name_en AS writer_en").Joins("JOIN users u ON u.id = v.changed_by").
		Where("v.bulletin_id = ?", x.b.ID).Order("v.version DESC").Find(&f.Versions).Error
	if err != nil {
		return f, fmt.Errorf("texts of bulletin %s: %w", ref, err)
	}
	if f.Events, err = s.events(ctx, objectBulletin, x.b.ID); err != nil {
		return f, err
	}
	f.Moves, f.Barred = x.lawful(actor)
	return f, nil
}

func (t *tx) loadBulletin(caseRef, ref string) (*bulletin, error) {
	x := &bulletin{}
	var err error
	if x.cs, err = t.lockCase(caseRef); err != nil {
		return nil, err
	}
	err = t.forUpdate().Where("ref = ? AND case_id = ?", ref, x.cs.ID).Take(&x.b).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, NotFound("bulletin")
	}
	if err != nil {
		return nil, fmt.Errorf("bulletin %s: %w", ref, err)
	}
	if err := t.db.Table("bulletin_versions").Select("DISTINCT changed_by").Where("bulletin_id = ?", x.b.ID).Scan(&x.authors).Error; err != nil {
		return nil, fmt.Errorf("authors of bulletin %s: %w", ref, err)
	}
	var n int64
	if err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ?", x.cs.ID, t.actor.UserID).Count(&n).Error; err != nil {
		return nil, fmt.Errorf("team of case %s: %w", caseRef, err)
	}
	x.onTeam = n > 0
	if x.head, err = t.appointed(t.actor.UserID, x.cs.AuthorityID); err != nil {
		return nil, err
	}
	x.filed, err = t.policeFiled(x.cs.ID)
	return x, err
}

// policeFiled says whether the police filed the case and have it still: then what is published needs their consent.
func (t *tx) policeFiled(caseID int64) (bool, error) {
	var n int64
	err := t.db.Table("referrals").Where("case_id = ? AND state IN ?", caseID, []law.State{law.StateCaseFiled, law.StateHandedOver, law.StateProsecuted}).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("read the referral of case %d: %w", caseID, err)
	}
	return n > 0, nil
}

// may says whether the actor acts in the role of a row. Who reviews or publishes has no hand in the text.
func (x *bulletin) may(actor Actor, role string) bool {
	p := x.cs.Place
	switch Role(role) {
	case RoleSupervisor:
		return actor.CanAt(ActCaseOpen, p)
	case RoleLegalReviewer:
		return !x.onTeam && actor.CanAt(ActCaseReview, p)
	case RolePrincipal:
		return x.head && !x.onTeam && actor.CanAt(ActCaseDecide, p)
	default:
		return false
	}
}

// barred gives what stands against a move that role and state allow.
func (x *bulletin) barred(actor Actor, event law.Event) string {
	switch event {
	case law.BulletinClear, law.BulletinReturn, law.BulletinPublish:
		if slices.Contains(x.authors, actor.UserID) {
			return "error.author_is_issuer"
		}
	}
	if event == law.BulletinPublish && x.b.ReviewedBy != nil && *x.b.ReviewedBy == actor.UserID {
		return "error.reviewer_is_issuer"
	}
	return ""
}

func (x *bulletin) lawful(actor Actor) ([]law.Event, map[law.Event]string) {
	var list []law.Event
	not := map[law.Event]string{}
	for _, row := range law.MachineOf(law.MachineBulletin).From(x.b.State) {
		if !x.may(actor, row.Actor) {
			continue
		}
		if key := x.barred(actor, row.Event); key != "" {
			not[row.Event] = key
			continue
		}
		list = append(list, row.Event)
	}
	return list, not
}
