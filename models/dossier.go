package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"xiezhi/proof"
)

// Dossier is an archive of a case, or of a referral as it was handed over: asked for by a verb, made in the background, sealed by
// the lead department, and kept beside the evidence. Total and Done count its items.
type Dossier struct {
	ID          int64 `gorm:"primaryKey"`
	Ref         string
	CaseID      int64
	ReferralID  *int64
	AuthorityID int64
	State       DossierState
	Total       int64
	Done        int64
	Tries       int64
	ErrorKey    string
	Size        int64
	SHA256      string `gorm:"column:sha256"`
	SM3         string `gorm:"column:sm3"`
	AskedBy     string
	AskedAt     Instant
	StartedAt   Instant
	FinishedAt  Instant
}

// DossierState says how far a dossier is.
type DossierState string

// The states of a dossier.
const (
	DossierQueued  DossierState = "queued"
	DossierRunning DossierState = "running"
	DossierDone    DossierState = "done"
	DossierFailed  DossierState = "failed"
)

// DossierLine is a dossier with what it is of.
type DossierLine struct {
	Dossier
	CaseRef     string
	ReferralRef string
}

// askDossier notes that an archive is wanted: of the referral where one is given, else of the whole case.
func (t *tx) askDossier(cs Case, r *Referral) (string, error) {
	d := Dossier{CaseID: cs.ID, AuthorityID: cs.AuthorityID, State: DossierQueued, AskedBy: t.actor.Name, AskedAt: t.now}
	if r != nil {
		d.ReferralID, d.AuthorityID = &r.ID, r.AuthorityID
	}
	var err error
	if d.Ref, err = t.newRef("JZ", cs.DivisionCode); err != nil {
		return "", err
	}
	if err := t.db.Create(&d).Error; err != nil {
		return "", fmt.Errorf("ask for a dossier of case %s: %w", cs.Ref, err)
	}
	return d.Ref, nil
}

// pendingDossier gives the dossier of the same that is still being made, empty where none is: asking twice makes one archive.
func (t *tx) pendingDossier(cs Case, r *Referral) (string, error) {
	q := t.forUpdate().Table("dossiers").Select("ref").Where("case_id = ? AND state IN ?", cs.ID, []string{string(DossierQueued), string(DossierRunning)})
	if r != nil {
		q = q.Where("referral_id = ?", r.ID)
	} else {
		q = q.Where("referral_id IS NULL")
	}
	var refs []string
	if err := q.Order("id DESC").Limit(1).Scan(&refs).Error; err != nil {
		return "", fmt.Errorf("look for a dossier of case %s: %w", cs.Ref, err)
	}
	if len(refs) == 0 {
		return "", nil
	}
	return refs[0], nil
}

// AskCaseDossier asks for an archive of everything that a case holds.
func (s *Store) AskCaseDossier(ctx context.Context, actor Actor, caseRef string) (string, error) {
	return s.askDossierOf(ctx, actor, func(t *tx) (Case, *Referral, error) {
		cs, err := t.lockCase(caseRef)
		return cs, nil, err
	})
}

// AskReferralDossier asks for an archive of what a referral hands over.
func (s *Store) AskReferralDossier(ctx context.Context, actor Actor, ref string) (string, error) {
	return s.askDossierOf(ctx, actor, func(t *tx) (Case, *Referral, error) {
		m, err := t.lockReferral(ref)
		if err != nil {
			return Case{}, nil, err
		}
		return m.cs, &m.r, nil
	})
}

func (s *Store) askDossierOf(ctx context.Context, actor Actor, find func(t *tx) (Case, *Referral, error)) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, r, err := find(t)
		if err != nil {
			return err
		}
		if !actor.CanAt(ActDossierMake, cs.Place) || cs.Seal == SealPoliceHold {
			return Forbidden(ActDossierMake)
		}
		mine, args := sight(actor, t.now, "q")
		var hidden int64
		if err := t.db.Table("referrals q").Where("q.case_id = ? AND NOT "+mine, append([]any{cs.ID}, args...)...).Count(&hidden).Error; err != nil {
			return fmt.Errorf("read the referral of case %s: %w", cs.Ref, err)
		}
		if hidden > 0 {
			return Forbidden(ActDossierMake)
		}
		if ref, err = t.pendingDossier(cs, r); err != nil || ref != "" {
			t.audit("dossier.ask", "dossier:"+ref, cs.Place, map[string]any{"case": cs.Ref, "again": true})
			return err
		}
		if ref, err = t.askDossier(cs, r); err != nil {
			return err
		}
		t.audit("dossier.ask", "dossier:"+ref, cs.Place, map[string]any{"case": cs.Ref})
		return nil
	})
	return ref, err
}

// dossiers gives those that the actor may read: of cases in sight for those who may make one, where none is on police hold; of
// referrals also for the police unit it was addressed to and, once supervision was asked for, the procuratorate.
func (t *tx) dossiers() *gorm.DB {
	seen := seenCases(t.db.Table("cases").Select("cases.id").Where("cases.seal <> ?", SealPoliceHold), t.actor, "cases")
	seen = scoped(seen, t.actor.Scope(ActDossierMake), "cases")
	mine, more := sight(t.actor, t.now, "q")
	cond := "d.case_id IN (?) AND NOT EXISTS (SELECT 1 FROM referrals q WHERE q.case_id = d.case_id AND NOT " + mine + ")" // what holds a referral opens to its readers
	args := append([]any{seen}, more...)
	cond = "(" + cond + ")"
	if t.actor.Can(ActReferralPolice) {
		cond += " OR EXISTS (SELECT 1 FROM referral_units u WHERE u.referral_id = d.referral_id AND u.authority_id = ?)"
		args = append(args, t.actor.AuthorityID)
	}
	if t.actor.Can(ActReferralSupervise) {
		cond += " OR EXISTS (SELECT 1 FROM referrals p WHERE p.id = d.referral_id AND p.procuratorate_id = ? AND EXISTS (SELECT 1 FROM events e" +
			" WHERE e.object_kind = 'referral' AND e.object_id = p.id AND e.event = 'request_supervision'))"
		args = append(args, t.actor.AuthorityID)
	}
	return t.db.Table("dossiers d").Select("d.*, cs.ref AS case_ref, COALESCE(r.ref, '') AS referral_ref").Joins("JOIN cases cs ON cs.id = d.case_id").
		Joins("LEFT JOIN referrals r ON r.id = d.referral_id").Where("("+cond+")", args...)
}

// maxDossiers bounds the list of a case's or referral's dossiers.
const maxDossiers = 100

// CaseDossiers lists the dossiers of a case that the actor may read, newest first.
func (s *Store) CaseDossiers(ctx context.Context, actor Actor, caseRef string) ([]DossierLine, error) {
	return s.dossierList(ctx, actor, "cs.ref = ?", caseRef)
}

// ReferralDossiers lists the dossiers of a referral that the actor may read, newest first.
func (s *Store) ReferralDossiers(ctx context.Context, actor Actor, ref string) ([]DossierLine, error) {
	return s.dossierList(ctx, actor, "r.ref = ?", ref)
}

func (s *Store) dossierList(ctx context.Context, actor Actor, cond, ref string) ([]DossierLine, error) {
	var list []DossierLine
	if err := s.look(ctx, actor).dossiers().Where(cond, ref).Order("d.id DESC").Limit(maxDossiers).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list dossiers of %s: %w", ref, err)
	}
	return list, nil
}

// Dossier gives one that the actor may read.
func (s *Store) Dossier(ctx context.Context, actor Actor, ref string) (DossierLine, error) {
	var d DossierLine
	err := s.look(ctx, actor).dossiers().Where("d.ref = ?", ref).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, NotFound("dossier")
	}
	if err != nil {
		return d, fmt.Errorf("dossier %s: %w", ref, err)
	}
	return d, nil
}

// DownloadDossier notes that a finished dossier is handed out to the actor, and gives it.
func (s *Store) DownloadDossier(ctx context.Context, actor Actor, ref string) (DossierLine, error) {
	d, err := s.Dossier(ctx, actor, ref)
	if err != nil {
		return d, err
	}
	if d.State != DossierDone {
		return d, &Error{Kind: KindNotAMove, Key: "error.dossier_not_done"}
	}
	place, err := s.look(ctx, actor).placeOfCase(d.CaseID)
	if err != nil {
		return d, err
	}
	return d, s.NoteRead(ctx, actor, "dossier.download", "dossier:"+ref, place, map[string]any{"sha256": d.SHA256})
}

// dossierPatience is how long a maker may be silent before another takes its dossier up; dossierTries how often it is tried.
const (
	dossierPatience = 5 * time.Minute
	dossierTries    = 5
)

// ClaimDossier takes the oldest dossier that waits, or whose maker fell silent; false where there is none. One that failed too
// often is given up.
func (s *Store) ClaimDossier(ctx context.Context, actor Actor) (DossierLine, bool, error) {
	var d DossierLine
	found := false
	err := s.transact(ctx, func(db *gorm.DB) error {
		now := s.Now()
		q := db.Table("dossiers d").Select("d.*, cs.ref AS case_ref, COALESCE(r.ref, '') AS referral_ref").Joins("JOIN cases cs ON cs.id = d.case_id").
			Joins("LEFT JOIN referrals r ON r.id = d.referral_id").Where("d.state = ? OR d.state = ? AND d.started_at < ?", DossierQueued, DossierRunning, now.Add(-dossierPatience))
		err := q.Order("d.id").Take(&d).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for a dossier to make: %w", err)
		}
		set := map[string]any{"state": DossierRunning, "started_at": now, "tries": d.Tries + 1, "done": 0}
		if d.Tries >= dossierTries {
			set = map[string]any{"state": DossierFailed, "error_key": "dossier.failed", "finished_at": now}
		}
		res := db.Table("dossiers").Where("id = ? AND state = ? AND tries = ?", d.ID, d.State, d.Tries).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("claim dossier %s: %w", d.Ref, res.Error)
		}
		found = res.RowsAffected == 1 && d.Tries < dossierTries
		d.Tries++
		return nil
	})
	return d, found, err
}

// NoteDossier tells how many items of how many are written, and that the maker lives.
func (s *Store) NoteDossier(ctx context.Context, id, done, total int64) error {
	return s.transact(ctx, func(db *gorm.DB) error {
		set := map[string]any{"done": done, "total": total, "started_at": s.Now()}
		if err := db.Table("dossiers").Where("id = ? AND state = ?", id, DossierRunning).Updates(set).Error; err != nil {
			return fmt.Errorf("note a dossier: %w", err)
		}
		return nil
	})
}

// ReleaseDossier puts a dossier back that could not be made now.
func (s *Store) ReleaseDossier(ctx context.Context, id int64) error {
	return s.transact(ctx, func(db *gorm.DB) error {
		err := db.Table("dossiers").Where("id = ? AND state = ?", id, DossierRunning).Update("state", DossierQueued).Error
		if err != nil {
			return fmt.Errorf("release a dossier: %w", err)
		}
		return nil
	})
}

// FinishDossier keeps the digests of a made dossier, whose file lies in the vault. A second maker's is a Conflict.
func (s *Store) FinishDossier(ctx context.Context, actor Actor, d DossierLine, sum proof.Digest, size int64) error {
	return s.change(ctx, actor, func(t *tx) error {
		set := map[string]any{"state": DossierDone, "sha256": sum.SHA256, "sm3": sum.SM3, "size": size, "finished_at": t.now}
		res := t.db.Table("dossiers").Where("id = ? AND state = ? AND tries = ?", d.ID, DossierRunning, d.Tries).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("finish dossier %s: %w", d.Ref, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		place, err := t.placeOfCase(d.CaseID)
		if err != nil {
			return err
		}
		t.audit("dossier.finish", "dossier:"+d.Ref, place, map[string]any{"sha256": sum.SHA256, "sm3": sum.SM3, "size": size})
		return nil
	})
}
