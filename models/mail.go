package models

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"gorm.io/gorm"
)

// The bounds of mailing: how many notices one letter holds, how often one is tried, and for how long a notice is worth a letter.
const (
	mailBatch    = 20
	mailTries    = 8
	mailKeepsFor = 72 * time.Hour
)

// MailParcel is what one person is to be mailed: notices told since he wanted mail, not read and not mailed yet, oldest first.
type MailParcel struct {
	UserID  int64
	Name    string
	Email   string
	Locale  string
	Notices []Notice
}

// Path gives the page that a notice is about, as a path of the portal.
func (n Notice) Path() string {
	kind, ref, _ := strings.Cut(n.Object, ":")
	switch kind {
	case "alert", "case", "referral", "objection", "source", "handoff", "bulletin":
		return "/" + kind + "s/" + ref
	default:
		return "/notices"
	}
}

// mailPause is how long a notice rests after a number of tries: one minute, two, four, up to two hours.
func mailPause(tries int64) time.Duration {
	return min(time.Minute<<min(max(tries-1, 0), 10), 2*time.Hour)
}

// ClaimMail takes what one person is to be mailed, so that no other process takes the same within the pause that grows with each
// try; false when nobody is to be mailed now. A parcel is then marked by MailSent, or tried again.
func (s *Store) ClaimMail(ctx context.Context) (MailParcel, bool, error) {
	var users []int64
	if err := s.mailable(ctx).Select("DISTINCT n.user_id").Order("n.user_id").Limit(mailUsers).Scan(&users).Error; err != nil {
		return MailParcel{}, false, fmt.Errorf("look for mail: %w", err)
	}
	for _, id := range users {
		p, ok, err := s.claimMailOf(ctx, id)
		if ok || err != nil {
			return p, ok, err
		}
	}
	return MailParcel{}, false, nil
}

// mailUsers is how many people one look for mail considers.
const mailUsers = 200

// mailable joins the notices that may still be mailed with those who want them, whether or not they rest now.
func (s *Store) mailable(ctx context.Context) *gorm.DB {
	now := s.Now()
	return s.read(ctx).Table("notices n").Joins("JOIN users u ON u.id = n.user_id").
		Where("n.mailed_at IS NULL AND n.read_at IS NULL AND n.mail_tries < ? AND n.at > ?", mailTries, now.Add(-mailKeepsFor)).
		Where("u.disabled = ? AND u.email <> '' AND u.mail_since IS NOT NULL AND n.at >= u.mail_since", false).
		Where("(n.mail_tried_at IS NULL OR n.mail_tried_at < ?)", now.Add(-time.Minute))
}

func (s *Store) claimMailOf(ctx context.Context, user int64) (MailParcel, bool, error) {
	var list []Notice
	if err := s.mailable(ctx).Select("n.*").Where("n.user_id = ?", user).Order("n.id").Limit(mailBatch).Find(&list).Error; err != nil {
		return MailParcel{}, false, fmt.Errorf("read the mail of user %d: %w", user, err)
	}
	u, err := s.UserByID(ctx, user)
	if err != nil {
		return MailParcel{}, false, err
	}
	p := MailParcel{UserID: user, Name: u.Name, Email: u.Email, Locale: u.Locale}
	reader, err := s.look(ctx, Actor{}).actorOf(user)
	if err != nil {
		return p, false, err
	}
	err = s.transact(ctx, func(db *gorm.DB) error {
		p.Notices = p.Notices[:0]
		for _, n := range list {
			if !n.MailTriedAt.IsZero() && s.Now().Sub(n.MailTriedAt) < mailPause(n.MailTries) {
				continue
			}
			t := &tx{db: db, store: s, actor: reader, now: s.Now()}
			sees, err := t.seesObject(n)
			if err != nil {
				return err
			}
			tries := n.MailTries + 1
			if !sees { // he lost sight of it since he was told
				tries = mailTries
			}
			res := db.Table("notices").Where("id = ? AND mail_tries = ? AND mailed_at IS NULL AND read_at IS NULL", n.ID, n.MailTries).
				Updates(map[string]any{"mail_tries": tries, "mail_tried_at": s.Now()})
			if res.Error != nil {
				return fmt.Errorf("claim notice %d for mail: %w", n.ID, res.Error)
			}
			if res.RowsAffected == 1 && sees {
				p.Notices = append(p.Notices, n)
			}
		}
		return nil
	})
	return p, len(p.Notices) > 0, err
}

// seesObject says whether the actor may still see what a notice is about. Who received a finding that was revoked is told whatever else
// he sees; sources and what has no page of its own are no secret of a case.
func (t *tx) seesObject(n Notice) (bool, error) {
	kind, ref, _ := strings.Cut(n.Object, ":")
	q := t.db
	switch {
	case n.Kind == "finding_revoked":
		return true, nil
	case kind == objectCase:
		cond, args := caseSight(t.actor, "cases")
		q = q.Table("cases").Where(cond, args...)
	case kind == objectReferral:
		q = seenReferrals(q.Table("referrals"), t.actor, t.now, "referrals")
	case kind == objectAlert:
		q = sighted(q.Table("alerts"), t.actor.Sight(ActAlertRead), "alerts", "alerts.subject_id")
	case kind == objectObjection:
		q = scoped(q.Table("objections"), t.actor.Scope(ActObjectionRead), "")
	case kind == objectHandoff:
		h, err := t.loadHandoff(ref)
		if KindOf(err) == KindNotFound {
			return false, nil
		}
		return h != nil, err
	default:
		return true, nil
	}
	var count int64
	if err := q.Where("ref = ?", ref).Count(&count).Error; err != nil {
		return false, fmt.Errorf("ask whether %s sees %s: %w", t.actor.Name, n.Object, err)
	}
	return count > 0, nil
}

// MailSent records that a parcel was handed over to the mail server. The audit trail holds to whom and how many, not the address.
func (s *Store) MailSent(ctx context.Context, actor Actor, p MailParcel) error {
	return s.settleMail(ctx, actor, p, map[string]any{"mailed_at": s.Now()}, "notice.mail")
}

// MailRefused records that the mail server will never take a parcel, so that it is not tried again; the notices stay in the portal.
func (s *Store) MailRefused(ctx context.Context, actor Actor, p MailParcel) error {
	return s.settleMail(ctx, actor, p, map[string]any{"mail_tries": mailTries}, "notice.mail_refused")
}

func (s *Store) settleMail(ctx context.Context, actor Actor, p MailParcel, set map[string]any, action string) error {
	ids := make([]int64, len(p.Notices))
	for i, n := range p.Notices {
		ids[i] = n.ID
	}
	return s.change(ctx, actor, func(t *tx) error {
		if err := t.db.Table("notices").Where("id IN ? AND user_id = ? AND mailed_at IS NULL", ids, p.UserID).Updates(set).Error; err != nil {
			return fmt.Errorf("mark the mail of %s: %w", p.Name, err)
		}
		t.audit(action, "user:"+p.Name, Place{}, map[string]any{"notices": len(ids)})
		return nil
	})
}

// maxEmail is the length of the longest address that mail servers take (RFC 5321 4.5.3.1).
const maxEmail = 254

// checkEmail says what is wrong with an address, as a message key: it must be one plain address in ASCII, without a name.
func checkEmail(address string) string {
	if address == "" {
		return ""
	}
	parsed, err := mail.ParseAddress(address)
	ascii := !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f })
	if err != nil || parsed.Address != address || !ascii || len(address) > maxEmail || strings.ContainsAny(address, `"\()<>,;:[]`) {
		return "error.email"
	}
	return ""
}

// Mailing says whether a person's notices are mailed.
type Mailing string

// Mail goes out, or not.
const (
	MailOn  Mailing = "on"
	MailOff Mailing = "off"
)

// SetMail stores where the actor's own notices are mailed to and whether they are. What was told before mail was turned on is not
// mailed afterwards.
func (s *Store) SetMail(ctx context.Context, actor Actor, address string, m Mailing) error {
	address = strings.TrimSpace(address)
	key := checkEmail(address)
	if key == "" && m == MailOn && address == "" {
		key = "error.required"
	}
	if key != "" {
		return Invalid(map[string]string{"email": key})
	}
	return s.change(ctx, actor, func(t *tx) error {
		var u User
		if err := t.forUpdate().Where("id = ?", actor.UserID).Take(&u).Error; err != nil {
			return fmt.Errorf("read user %s: %w", actor.Name, err)
		}
		set := map[string]any{"email": address, "mail_since": nil}
		if m == MailOn {
			set["mail_since"] = t.now
			if !u.MailSince.IsZero() && u.Email == address {
				set["mail_since"] = u.MailSince
			}
		}
		if err := t.db.Table("users").Where("id = ?", actor.UserID).Updates(set).Error; err != nil {
			return fmt.Errorf("store the mail address of %s: %w", actor.Name, err)
		}
		t.audit("user.mail", "user:"+actor.Name, Place{}, map[string]any{"mail": m, "changed": u.Email != address})
		return nil
	})
}
