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
	"gorm.io/gorm/clause"
)

// AuditEntry is the proof that an act happened. Entries are numbered without gaps and chained: Hash is the SHA-256 of
// PrevHash and the entry's own content, so a change, a deletion or a swap shows. Detail is JSON.
type AuditEntry struct {
	Seq          int64 `gorm:"primaryKey"`
	At           Instant
	Actor        string
	Action       string
	Object       string
	DivisionCode string
	Outcome      string
	RequestID    string
	IP           string
	Detail       string
	PrevHash     string
	Hash         string
}

// The outcomes of an audited act.
const (
	OutcomeDone    = "done"
	OutcomeRefused = "refused"
)

// chain gives the entry's hash over the one before it.
func (e AuditEntry) chain() string {
	h := sha256.New()
	for _, part := range []string{e.PrevHash, fmt.Sprint(e.Seq), fmt.Sprint(e.At.Micro()), e.Actor, e.Action, e.Object,
		e.DivisionCode, e.Outcome, e.RequestID, e.IP, e.Detail} {
		_, _ = fmt.Fprintf(h, "%d:%s;", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// audit notes an act for the entry that is written when the transaction ends.
func (t *tx) audit(action, object string, place Place, detail map[string]any) {
	t.entries = append(t.entries, t.actor.entry(t.now, action, object, place.DivisionCode, OutcomeDone, detail))
}

func (a Actor) entry(at Instant, action, object, division, outcome string, detail map[string]any) AuditEntry {
	text := "{}"
	if len(detail) > 0 {
		b, err := json.Marshal(detail)
		if err != nil {
			b = []byte(`{"error":"detail cannot be written"}`)
		}
		text = string(b)
	}
	return AuditEntry{At: at, Actor: a.Name, Action: action, Object: object, DivisionCode: division, Outcome: outcome,
		RequestID: a.RequestID, IP: a.IP, Detail: text}
}

type auditHead struct {
	One  int64
	Seq  int64
	Hash string
}

// flushAudit appends the noted entries to the chain; the head row's lock makes the numbering gapless.
func (t *tx) flushAudit() error {
	if len(t.entries) == 0 {
		return fmt.Errorf("a change without an audit entry is refused")
	}
	return appendAudit(t.forUpdate(), t.db, t.entries)
}

func appendAudit(locked, db *gorm.DB, entries []AuditEntry) error {
	var head auditHead
	if err := locked.Table("audit_head").Where("one = 1").Take(&head).Error; err != nil {
		return unavailable("read the audit head", err)
	}
	for i := range entries {
		entries[i].Seq = head.Seq + 1
		entries[i].PrevHash = head.Hash
		entries[i].Hash = entries[i].chain()
		head.Seq, head.Hash = entries[i].Seq, entries[i].Hash
	}
	if err := db.Clauses(clause.Insert{}).CreateInBatches(&entries, 200).Error; err != nil {
		return unavailable("append to the audit trail", err)
	}
	res := db.Table("audit_head").Where("one = 1").Updates(map[string]any{"seq": head.Seq, "hash": head.Hash})
	if res.Error != nil || res.RowsAffected != 1 {
		return unavailable("move the audit head", res.Error)
	}
	return nil
}

func unavailable(what string, err error) error {
	return &Error{Kind: KindUnavailable, Key: "error.unavailable", Err: fmt.Errorf("%s: %w", what, err)}
}

// NoteRefusal audits an act that was refused, in a transaction of its own.
func (s *Store) NoteRefusal(ctx context.Context, actor Actor, action, object string, detail map[string]any) error {
	return s.transact(ctx, func(db *gorm.DB) error {
		t := &tx{db: db, store: s, actor: actor, now: s.Now()}
		e := actor.entry(t.now, action, object, "", OutcomeRefused, detail)
		return appendAudit(t.forUpdate(), db, []AuditEntry{e})
	})
}

// NoteRead audits the reading of personal data or of the audit trail itself.
func (s *Store) NoteRead(ctx context.Context, actor Actor, action, object string, place Place, detail map[string]any) error {
	return s.change(ctx, actor, func(t *tx) error {
		t.audit(action, object, place, detail)
		return nil
	})
}

// AuditFilter narrows the audit list; empty fields do not.
type AuditFilter struct {
	Actor  string
	Object string
	Action string
	Before int64 // entries with a smaller number
	Limit  int
}

// AuditEntries lists entries, newest first, and says whether there are more.
func (s *Store) AuditEntries(ctx context.Context, actor Actor, f AuditFilter) ([]AuditEntry, bool, error) {
	if !actor.Can(ActAuditRead) {
		return nil, false, Forbidden(ActAuditRead)
	}
	q := s.read(ctx).Order("seq DESC").Limit(f.Limit + 1)
	if f.Before > 0 {
		q = q.Where("seq < ?", f.Before)
	}
	if f.Actor != "" {
		q = q.Where("actor = ?", f.Actor)
	}
	if f.Object != "" {
		q = q.Where("object = ?", f.Object)
	}
	if f.Action != "" {
		q = q.Where("action = ?", f.Action)
	}
	var list []AuditEntry
	if err := q.Find(&list).Error; err != nil {
		return nil, false, fmt.Errorf("list audit entries: %w", err)
	}
	more := len(list) > f.Limit
	return list[:min(len(list), f.Limit)], more, nil
}

// AuditWritable appends an entry and takes it back, so that it fails where an act could not be audited, and changes nothing.
func (s *Store) AuditWritable(ctx context.Context) error {
	takeBack := errors.New("take back")
	err := s.transact(ctx, func(db *gorm.DB) error {
		t := &tx{db: db, store: s, actor: System("check"), now: s.Now()}
		e := t.actor.entry(t.now, "audit.check", "audit", "", OutcomeDone, nil)
		if err := appendAudit(t.forUpdate(), db, []AuditEntry{e}); err != nil {
			return err
		}
		return takeBack
	})
	if !errors.Is(err, takeBack) {
		return unavailable("write the audit head", err)
	}
	return nil
}

// AuditReport is what a verification found: the number of entries, the last one, and each place where the trail is broken.
type AuditReport struct {
	Entries int64    `json:"entries"`
	LastSeq int64    `json:"last_seq"`
	Heads   int      `json:"heads"`
	Broken  []string `json:"broken"`
}

// VerifyAudit recomputes the whole chain and holds it against the signed heads that were written outside the database.
func (s *Store) VerifyAudit(ctx context.Context, heads []AuditHead) (AuditReport, error) {
	var rep AuditReport
	rep.Heads = len(heads)
	at := map[int64]string{}
	for _, h := range heads {
		at[h.Seq] = h.Hash
	}
	prev := ""
	for {
		var list []AuditEntry
		if err := s.read(ctx).Where("seq > ?", rep.LastSeq).Order("seq").Limit(5000).Find(&list).Error; err != nil {
			return rep, fmt.Errorf("read audit entries: %w", err)
		}
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			rep.Entries++
			if e.Seq != rep.LastSeq+1 {
				rep.Broken = append(rep.Broken, fmt.Sprintf("entry %d is missing", rep.LastSeq+1))
			}
			if e.PrevHash != prev || e.Hash != e.chain() {
				rep.Broken = append(rep.Broken, fmt.Sprintf("entry %d was changed", e.Seq))
			}
			if h, ok := at[e.Seq]; ok && h != e.Hash {
				rep.Broken = append(rep.Broken, fmt.Sprintf("entry %d differs from the signed head", e.Seq))
			}
			prev, rep.LastSeq = e.Hash, e.Seq
		}
	}
	rep.Broken = append(rep.Broken, s.headBreaks(ctx, heads, rep.LastSeq, prev)...)
	return rep, nil
}

func (s *Store) headBreaks(ctx context.Context, heads []AuditHead, last int64, hash string) []string {
	var broken []string
	for _, h := range heads {
		if h.Seq > last {
			broken = append(broken, fmt.Sprintf("the trail ends at %d, a signed head knows %d: the tail was cut", last, h.Seq))
			break
		}
	}
	var head auditHead
	if err := s.read(ctx).Table("audit_head").Where("one = 1").Take(&head).Error; err != nil {
		return append(broken, "the audit head cannot be read: "+strings.TrimSpace(err.Error()))
	}
	if head.Seq != last || head.Hash != hash {
		broken = append(broken, fmt.Sprintf("the head says %d, the trail ends at %d", head.Seq, last))
	}
	return broken
}
