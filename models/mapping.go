package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
	"xiezhi/reference"
)

// Mapping is a saved way to read foreign files into a table. It belongs to an office; its versions are never changed.
type Mapping struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	Name        string
	AuthorityID int64
	Place       `gorm:"embedded"`
	Sharing     Sharing
	Table       Table `gorm:"column:table_name"`
	Latest      int   // the number of the newest version
	CreatedBy   string
	CreatedAt   Instant `gorm:"autoCreateTime:false"`
	ChangedAt   Instant
	Versions    []MappingVersion `gorm:"-"` // the newest first
}

// TableName keeps the column Table from confusing gorm.
func (Mapping) TableName() string { return "mappings" }

// MappingVersion is a mapping as it was saved once: Body is its YAML.
type MappingVersion struct {
	ID        int64 `gorm:"primaryKey"`
	MappingID int64
	Number    int
	Table     Table `gorm:"column:table_name"`
	Body      string
	SHA256    string `gorm:"column:sha256"`
	Note      string
	SavedBy   string
	SavedAt   Instant
}

// TableName keeps the column Table from confusing gorm.
func (MappingVersion) TableName() string { return "mapping_versions" }

// Sharing says who may read a mapping.
type Sharing string

// A mapping is read by those whose scope covers its office, or by every data steward.
const (
	SharedOwn Sharing = "own"
	SharedAll Sharing = "all"
)

// NewMapping is what somebody saves: under Ref a further version, without Ref a mapping of its own. Body is checked by the caller.
type NewMapping struct {
	Ref     string
	Name    string
	Note    string
	Sharing Sharing
	Table   Table
	Body    string
}

const (
	mappingBodyMost = 1 << 20
	mappingNoteMost = 500
)

func (n *NewMapping) check() map[string]string {
	wrong := map[string]string{}
	var err error
	if n.Name, err = reference.CleanName(n.Name); err != nil || n.Name == "" || utf8.RuneCountInString(n.Name) > 80 {
		wrong["name"] = "mapping.wrong.name"
	}
	if n.Note, err = reference.CleanText(n.Note); err != nil || utf8.RuneCountInString(n.Note) > mappingNoteMost {
		wrong["note"] = "mapping.wrong.note"
	}
	if n.Sharing != SharedAll {
		n.Sharing = SharedOwn
	}
	if n.Body == "" || len(n.Body) > mappingBodyMost || n.Table == "" {
		wrong["text"] = "mapping.wrong.text"
	}
	return wrong
}

// SaveMapping records a mapping of the actor's office, or a further version of one that belongs to it. A body that is equal to that of
// the newest version adds none.
func (s *Store) SaveMapping(ctx context.Context, actor Actor, in NewMapping) (Mapping, error) {
	if wrong := in.check(); len(wrong) > 0 {
		return Mapping{}, Invalid(wrong)
	}
	var m Mapping
	err := s.change(ctx, actor, func(t *tx) error {
		var office Authority
		if err := t.db.Where("id = ?", actor.AuthorityID).Take(&office).Error; err != nil {
			return fmt.Errorf("office of %s: %w", actor.Name, err)
		}
		if !actor.Can(ActMappingChange) {
			return Forbidden(ActMappingChange)
		}
		if in.Ref == "" {
			return t.firstMapping(&m, office, in)
		}
		if err := t.ownMapping(&m, in.Ref); err != nil {
			return err
		}
		return t.nextMapping(&m, in)
	})
	return m, err
}

func (t *tx) firstMapping(m *Mapping, office Authority, in NewMapping) error {
	ref, err := t.newRef("DY", office.DivisionCode)
	if err != nil {
		return err
	}
	*m = Mapping{Ref: ref, Name: in.Name, AuthorityID: office.ID, Place: office.Place, Sharing: in.Sharing, Table: in.Table, Latest: 1, CreatedBy: t.actor.Name, CreatedAt: t.now, ChangedAt: t.now}
	if err := t.nameFree(m.AuthorityID, 0, in.Name); err != nil {
		return err
	}
	if err := t.db.Create(m).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
		return Invalid(map[string]string{"name": "mapping.wrong.taken"}) // somebody was first by a moment
	} else if err != nil {
		return fmt.Errorf("save mapping %s: %w", in.Name, err)
	}
	return t.putVersion(m, in)
}

// nameFree refuses a name that another mapping of the office bears.
func (t *tx) nameFree(authority, except int64, name string) error {
	var n int64
	if err := t.db.Table("mappings").Where("authority_id = ? AND name = ? AND id <> ?", authority, name, except).Count(&n).Error; err != nil {
		return fmt.Errorf("look for mappings named %s: %w", name, err)
	}
	if n > 0 {
		return Invalid(map[string]string{"name": "mapping.wrong.taken"})
	}
	return nil
}

func (t *tx) nextMapping(m *Mapping, in NewMapping) error {
	if err := t.nameFree(m.AuthorityID, m.ID, in.Name); err != nil {
		return err
	}
	var last MappingVersion
	if err := t.db.Where("mapping_id = ? AND number = ?", m.ID, m.Latest).Take(&last).Error; err != nil {
		return fmt.Errorf("newest version of mapping %s: %w", m.Ref, err)
	}
	fresh := last.SHA256 != bodyDigest(in.Body)
	if fresh {
		m.Latest++
	}
	m.Name, m.Sharing, m.Table, m.ChangedAt = in.Name, in.Sharing, in.Table, t.now
	if err := t.db.Table("mappings").Where("id = ?", m.ID).Updates(map[string]any{"name": m.Name, "sharing": m.Sharing, "table_name": m.Table, "latest": m.Latest, "changed_at": t.now}).Error; err != nil {
		return fmt.Errorf("save mapping %s: %w", m.Ref, err)
	}
	if fresh {
		return t.putVersion(m, in)
	}
	t.audit("mapping.rename", "mapping:"+m.Ref, m.Place, map[string]any{"name": m.Name, "sharing": m.Sharing})
	return nil
}

func (t *tx) putVersion(m *Mapping, in NewMapping) error {
	v := MappingVersion{MappingID: m.ID, Number: m.Latest, Table: in.Table, Body: in.Body, SHA256: bodyDigest(in.Body), Note: in.Note, SavedBy: t.actor.Name, SavedAt: t.now}
	if err := t.db.Create(&v).Error; err != nil {
		return fmt.Errorf("save version %d of mapping %s: %w", v.Number, m.Ref, err)
	}
	t.audit("mapping.save", "mapping:"+m.Ref, m.Place, map[string]any{"name": m.Name, "version": v.Number, "sha256": v.SHA256, "sharing": m.Sharing})
	return nil
}

func bodyDigest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// ownMapping reads a mapping that the actor may change: one of his own office. One that he may only read is not his to change.
func (t *tx) ownMapping(m *Mapping, ref string) error {
	err := visibleMappings(t.forUpdate(), t.actor).Where("ref = ?", ref).Take(m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return NotFound("mapping")
	}
	if err != nil {
		return fmt.Errorf("mapping %s: %w", ref, err)
	}
	if m.AuthorityID != t.actor.AuthorityID || !t.actor.Can(ActMappingChange) {
		return Forbidden(ActMappingChange)
	}
	return nil
}

// AllowMapping says whether the actor may change a mapping, as SaveMapping and ShareMapping ask; without a number, whether he may save one.
func (s *Store) AllowMapping(ctx context.Context, actor Actor, ref string) error {
	if ref == "" {
		if !actor.Can(ActMappingChange) {
			return Forbidden(ActMappingChange)
		}
		return nil
	}
	var m Mapping
	return s.look(ctx, actor).ownMapping(&m, ref)
}

// ShareMapping says who may read a mapping of the actor's office.
func (s *Store) ShareMapping(ctx context.Context, actor Actor, ref string, sharing Sharing) error {
	if sharing != SharedOwn && sharing != SharedAll {
		return Invalid(map[string]string{"sharing": "mapping.wrong.sharing"})
	}
	return s.change(ctx, actor, func(t *tx) error {
		var m Mapping
		if err := t.ownMapping(&m, ref); err != nil {
			return err
		}
		if err := t.db.Table("mappings").Where("id = ?", m.ID).Updates(map[string]any{"sharing": sharing, "changed_at": t.now}).Error; err != nil {
			return fmt.Errorf("share mapping %s: %w", ref, err)
		}
		t.audit("mapping.share", "mapping:"+ref, m.Place, map[string]any{"sharing": sharing})
		return nil
	})
}

// visibleMappings keeps the mappings whose office lies in the actor's scope, and for whoever may read mappings at all the shared ones.
func visibleMappings(db *gorm.DB, actor Actor) *gorm.DB {
	scope := actor.Scope(ActMappingRead)
	if scope.Empty() {
		return db.Where("1 = 0")
	}
	cond, args := scope.sql("")
	return db.Where("("+cond+" OR sharing = ?)", append(args, SharedAll)...)
}

// Mappings lists the mappings that the actor may read, the last changed first; at most limit.
func (s *Store) Mappings(ctx context.Context, actor Actor, limit int) ([]Mapping, error) {
	var list []Mapping
	if err := visibleMappings(s.read(ctx), actor).Order("changed_at DESC, id DESC").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list mappings: %w", err)
	}
	return list, nil
}

// Mapping gives a mapping that the actor may read, with its versions.
func (s *Store) Mapping(ctx context.Context, actor Actor, ref string) (Mapping, error) {
	return s.mapping(ctx, visibleMappings(s.read(ctx), actor).Where("ref = ?", ref))
}

// MappingForLoad gives a mapping by its number or its name, for commands and connectors: whoever set those up saw it. Of several of one
// name it is the last changed.
func (s *Store) MappingForLoad(ctx context.Context, refOrName string) (Mapping, error) {
	q := s.read(ctx).Where("name = ?", refOrName)
	if strings.HasPrefix(refOrName, "DY-") {
		q = s.read(ctx).Where("ref = ?", refOrName)
	}
	return s.mapping(ctx, q.Order("changed_at DESC, id DESC"))
}

func (s *Store) mapping(ctx context.Context, q *gorm.DB) (Mapping, error) {
	var m Mapping
	err := q.Take(&m).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return m, NotFound("mapping")
	}
	if err != nil {
		return m, fmt.Errorf("mapping: %w", err)
	}
	if err := s.read(ctx).Where("mapping_id = ?", m.ID).Order("number DESC").Find(&m.Versions).Error; err != nil {
		return m, fmt.Errorf("versions of mapping %s: %w", m.Ref, err)
	}
	return m, nil
}

// Version gives a version by its number; ok is false where there is none.
func (m *Mapping) Version(number int) (MappingVersion, bool) {
	for _, v := range m.Versions {
		if v.Number == number {
			return v, true
		}
	}
	return MappingVersion{}, false
}
