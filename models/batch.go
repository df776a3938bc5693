package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Batch is one ingestion: its files, what was accepted, what was known already and what was refused.
type Batch struct {
	ID         int64 `gorm:"primaryKey"`
	Ref        string
	Source     string
	Place      `gorm:"embedded"`
	Digest     string
	Status     string
	Actor      string
	Accepted   int64
	Unchanged  int64
	Refused    int64
	StartedAt  Instant
	FinishedAt Instant
	Files      []BatchFile `gorm:"-"`

	// FirstFact to LastFact, and FirstTransfer to LastTransfer, are the keys between which its rows lie.
	FirstFact, LastFact, FirstTransfer, LastTransfer int64

	WithdrawnAt     Instant
	WithdrawnBy     string
	WithdrawnReason string
}

// BatchFile is one file of a batch, loaded into one table; Line is the last line that is safely stored.
type BatchFile struct {
	ID        int64 `gorm:"primaryKey"`
	BatchID   int64
	Position  int
	Name      string
	SHA256    string `gorm:"column:sha256"`
	Table     Table  `gorm:"column:table_name"`
	Mapping   string
	Header    string
	Size      int64
	Line      int64
	Accepted  int64
	Unchanged int64
	Refused   int64
	Status    string
	ErrorKey  string
}

// TableName keeps the column Table from confusing gorm.
func (BatchFile) TableName() string { return "batch_files" }

// Refusal is a row that was not taken: where it stood, which value was wrong and why, and the row as it came.
type Refusal struct {
	ID         int64 `gorm:"primaryKey"`
	FileID     int64
	Line       int64
	ColumnName string
	Value      string
	ReasonKey  string
	Args       string
	Raw        string
}

// BatchPlan is what a load is about to do. Two plans with the same source, division and files are the same load.
type BatchPlan struct {
	Source   string
	Division string
	Files    []BatchFile
}

func (p BatchPlan) digest() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q", p.Source, p.Division)
	for _, f := range p.Files {
		_, _ = fmt.Fprintf(h, " %q %q %q %q", f.Name, f.SHA256, f.Table, f.Mapping)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// BeginBatch starts a load, or takes up one that was killed: then each file says from which line to go on.
func (s *Store) BeginBatch(ctx context.Context, actor Actor, plan BatchPlan) (Batch, error) {
	place, ok := PlaceOf(plan.Division)
	if !ok {
		return Batch{}, Invalid(map[string]string{"division": "error.division_unknown"})
	}
	var b Batch
	err := s.change(ctx, actor, func(t *tx) error {
		err := t.forUpdate().Where("digest = ? AND status = ?", plan.digest(), "running").Take(&b).Error
		if err == nil {
			t.audit("batch.resume", "batch:"+b.Ref, place, nil)
			return t.db.Where("batch_id = ?", b.ID).Order("position").Find(&b.Files).Error
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("look for an unfinished batch: %w", err)
		}
		ref, err := t.newRef("PC", place.DivisionCode)
		if err != nil {
			return err
		}
		b = Batch{Ref: ref, Source: plan.Source, Place: place, Digest: plan.digest(), Status: "running", Actor: actor.Name, StartedAt: t.now}
		if err := t.db.Create(&b).Error; err != nil {
			return fmt.Errorf("begin batch: %w", err)
		}
		for i, f := range plan.Files {
			f.BatchID, f.Position = b.ID, i
			if f.Status == "" {
				f.Status = "waiting"
			}
			if err := t.db.Create(&f).Error; err != nil {
				return fmt.Errorf("begin batch: file %s: %w", f.Name, err)
			}
			b.Files = append(b.Files, f)
		}
		if err := t.missingSources(map[string]bool{plan.Source: true}); err != nil {
			return err
		}
		t.audit("batch.begin", "batch:"+ref, place, map[string]any{"source": plan.Source, "files": len(plan.Files)})
		return nil
	})
	return b, err
}

// FinishFile marks a file as read to its end, or as unreadable with the message key of the reason.
func (s *Store) FinishFile(ctx context.Context, actor Actor, b *Batch, f *BatchFile, errorKey string) error {
	f.Status, f.ErrorKey, f.Header = "done", errorKey, storable(f.Header)
	if errorKey != "" {
		f.Status = "unreadable"
	}
	return s.change(ctx, actor, func(t *tx) error {
		if err := t.db.Table("batch_files").Where("id = ?", f.ID).Updates(map[string]any{"status": f.Status, "error_key": errorKey, "header": f.Header}).Error; err != nil {
			return fmt.Errorf("finish file %s: %w", f.Name, err)
		}
		t.audit("batch.file", "batch:"+b.Ref, b.Place, map[string]any{"file": f.Name, "status": f.Status})
		return nil
	})
}

// largeBatch is from how many rows on a load may change what is the best way to answer a question.
const largeBatch = 5000

// FinishBatch closes a load and sums its files up. After a large one PostgreSQL counts its tables anew: until it did, it takes them for
// small and goes through all rows where an index would serve, and by itself it looks once a minute.
func (s *Store) FinishBatch(ctx context.Context, actor Actor, b *Batch) error {
	var rows int64
	for _, f := range b.Files {
		rows += f.Accepted
	}
	if rows >= largeBatch && s.dialect == "postgres" {
		if err := s.w.WithContext(ctx).Exec("ANALYZE subjects, facts, transfers").Error; err != nil {
			return fmt.Errorf("count the tables after batch %s: %w", b.Ref, err)
		}
	}
	return s.change(ctx, actor, func(t *tx) error {
		b.Accepted, b.Unchanged, b.Refused, b.Status, b.FinishedAt = 0, 0, 0, "failed", t.now
		for _, f := range b.Files {
			b.Accepted += f.Accepted
			b.Unchanged += f.Unchanged
			b.Refused += f.Refused
			if f.Status == "done" {
				b.Status = "done"
			}
		}
		if err := t.db.Table("batches").Where("id = ?", b.ID).Updates(map[string]any{"status": b.Status, "finished_at": t.now,
			"accepted": b.Accepted, "unchanged": b.Unchanged, "refused": b.Refused}).Error; err != nil {
			return fmt.Errorf("finish batch %s: %w", b.Ref, err)
		}
		t.audit("batch.finish", "batch:"+b.Ref, b.Place, map[string]any{"accepted": b.Accepted, "unchanged": b.Unchanged, "refused": b.Refused})
		return nil
	})
}

// Batches lists loads in the actor's scope, newest first, from before the given ID (0 for the newest).
func (s *Store) Batches(ctx context.Context, actor Actor, before int64, limit int) ([]Batch, bool, error) {
	q := scoped(s.read(ctx), actor.Scope(ActBatchRead), "").Order("id DESC").Limit(limit + 1)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	var list []Batch
	if err := q.Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list batches: %w", err)
	}
	more := len(list) > limit
	return list[:min(len(list), limit)], more, nil
}

// Batch gives one load with its files.
func (s *Store) Batch(ctx context.Context, actor Actor, ref string) (Batch, error) {
	var b Batch
	err := scoped(s.read(ctx), actor.Scope(ActBatchRead), "").Where("ref = ?", ref).Take(&b).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return b, NotFound("batch")
	}
	if err != nil {
		return b, fmt.Errorf("batch %s: %w", ref, err)
	}
	if err := s.read(ctx).Where("batch_id = ?", b.ID).Order("position").Find(&b.Files).Error; err != nil {
		return b, fmt.Errorf("files of batch %s: %w", ref, err)
	}
	return b, nil
}

// Refusals lists refused rows of a file in the order of their lines, from after the given ID.
func (s *Store) Refusals(ctx context.Context, fileID, after int64, limit int) ([]Refusal, error) {
	var list []Refusal
	if err := s.read(ctx).Where("file_id = ? AND id > ?", fileID, after).Order("id").Limit(limit).Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list refused rows: %w", err)
	}
	return list, nil
}

func argsJSON(args map[string]string) string {
	if len(args) == 0 {
		return "{}"
	}
	b, err := json.Marshal(args)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// storable writes the replacement character for what only one of the stores would hold: broken UTF-8 and NUL.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
