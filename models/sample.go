package models

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Sample is a file that somebody sent to point a mapping together with. It lies in quarantine, is seen by its sender alone and is gone
// after use or when its time is up. Draft is what was pointed at so far.
type Sample struct {
	ID        int64 `gorm:"primaryKey"`
	Ref       string
	UserID    int64
	Place     `gorm:"embedded"`
	Name      string
	SHA256    string `gorm:"column:sha256"`
	Size      int64
	Draft     string
	KeptAt    Instant
	ExpiresAt Instant
}

// How long a sample is kept, and how many one person may have at a time: a further one takes the place of the oldest.
const (
	SampleLife  = 2 * time.Hour
	samplesMost = 5
)

// NewSampleRef makes the number of a sample; nobody can guess it.
func NewSampleRef() (string, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make the number of a sample: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// KeepSample notes a sample and gives those that it takes the place of, whose files are to be removed.
func (s *Store) KeepSample(ctx context.Context, actor Actor, in Sample) (gone []Sample, err error) {
	err = s.change(ctx, actor, func(t *tx) error {
		if !actor.Can(ActMappingChange) || actor.UserID == 0 {
			return Forbidden(ActMappingChange)
		}
		var office Authority
		if err := t.db.Where("id = ?", actor.AuthorityID).Take(&office).Error; err != nil {
			return fmt.Errorf("office of %s: %w", actor.Name, err)
		}
		in.UserID, in.Place, in.KeptAt, in.ExpiresAt = actor.UserID, office.Place, t.now, At(t.now.Time().Add(SampleLife))
		if err := t.db.Create(&in).Error; err != nil {
			return fmt.Errorf("keep sample %s: %w", in.Name, err)
		}
		var all []Sample
		if err := t.db.Where("user_id = ?", actor.UserID).Order("id DESC").Limit(100).Find(&all).Error; err != nil {
			return fmt.Errorf("older samples of %s: %w", actor.Name, err)
		}
		gone = all[min(len(all), samplesMost):]
		for _, old := range gone {
			if err := t.db.Where("id = ?", old.ID).Delete(&Sample{}).Error; err != nil {
				return fmt.Errorf("drop sample: %w", err)
			}
		}
		t.audit("sample.keep", "sample:"+in.SHA256[:min(len(in.SHA256), 16)], office.Place, map[string]any{"file": in.Name, "size": in.Size})
		return nil
	})
	return gone, err
}

// Sample gives a sample to its sender; anybody else finds none, and nobody one whose time is up.
func (s *Store) Sample(ctx context.Context, actor Actor, ref string) (Sample, error) {
	return s.sample(s.read(ctx), actor, ref)
}

func (s *Store) sample(db *gorm.DB, actor Actor, ref string) (Sample, error) {
	var out Sample
	if !actor.Can(ActMappingChange) || actor.UserID == 0 {
		return out, NotFound("sample")
	}
	err := db.Where("ref = ? AND user_id = ? AND expires_at > ?", ref, actor.UserID, s.Now()).Take(&out).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return out, NotFound("sample")
	}
	if err != nil {
		return out, fmt.Errorf("sample: %w", err)
	}
	return out, nil
}

// DraftSample notes what was pointed at so far.
func (s *Store) DraftSample(ctx context.Context, actor Actor, ref, draft string) error {
	return s.change(ctx, actor, func(t *tx) error {
		sample, err := s.sample(t.db, actor, ref)
		if err != nil {
			return err
		}
		if err := t.db.Table("samples").Where("id = ?", sample.ID).Update("draft", draft).Error; err != nil {
			return fmt.Errorf("draft of sample: %w", err)
		}
		t.audit("sample.draft", "sample:"+sample.SHA256[:min(len(sample.SHA256), 16)], sample.Place, map[string]any{"file": sample.Name})
		return nil
	})
}

// DropSample forgets a sample of the actor; its file is to be removed.
func (s *Store) DropSample(ctx context.Context, actor Actor, ref string) error {
	return s.change(ctx, actor, func(t *tx) error {
		sample, err := s.sample(t.db, actor, ref)
		if err != nil {
			return err
		}
		if err := t.db.Where("id = ?", sample.ID).Delete(&Sample{}).Error; err != nil {
			return fmt.Errorf("drop sample: %w", err)
		}
		t.audit("sample.drop", "sample:"+sample.SHA256[:min(len(sample.SHA256), 16)], sample.Place, map[string]any{"file": sample.Name})
		return nil
	})
}

// ExpireSamples forgets the samples whose time is up and gives the numbers of those that are left: the file of any other is to be removed.
func (s *Store) ExpireSamples(ctx context.Context) (left map[string]bool, err error) {
	left = map[string]bool{}
	now := s.Now()
	var refs []string
	if err := s.read(ctx).Table("samples").Where("expires_at > ?", now).Pluck("ref", &refs).Error; err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	for _, r := range refs {
		left[r] = true
	}
	var due int64
	if err := s.read(ctx).Table("samples").Where("expires_at <= ?", now).Count(&due).Error; err != nil {
		return nil, fmt.Errorf("count samples: %w", err)
	}
	if due == 0 {
		return left, nil
	}
	return left, s.change(ctx, System("samples"), func(t *tx) error {
		if err := t.db.Where("expires_at <= ?", now).Delete(&Sample{}).Error; err != nil {
			return fmt.Errorf("expire samples: %w", err)
		}
		t.audit("sample.expire", "samples", Place{}, map[string]any{"count": due})
		return nil
	})
}
