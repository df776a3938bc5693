package models

import (
	"context"
	"fmt"
	"regexp"
	"slices"
)

// Policy tells what a user's grants allow; the policy of authz is one.
type Policy interface {
	Actor(u User, grants []Grant) Actor
}

// FollowPolicy gives the store the policy by which it asks whether somebody else may see what he is to be told of. Without one
// nobody is told of case work.
func (s *Store) FollowPolicy(p Policy) { s.policy = p }

// worksOn says whether the actor has a hand in the work on a case: an officer of its team, or its supervisor, legal reviewer or
// principal there.
func (t *tx) worksOn(cs Case, a Actor) (bool, error) {
	if a.CanAt(ActCaseOpen, cs.Place) || a.CanAt(ActCaseReview, cs.Place) || a.CanAt(ActCaseDecide, cs.Place) {
		return true, nil
	}
	var n int64
	err := t.db.Table("case_officers").Where("case_id = ? AND user_id = ? AND recused_at IS NULL", cs.ID, a.UserID).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("read the team of %s: %w", cs.Ref, err)
	}
	return n > 0 && a.CanAt(ActCaseWork, cs.Place), nil
}

// workedCase loads a case for a change of the work on it, by one who works on it.
func (t *tx) workedCase(ref string) (Case, error) {
	cs, err := t.lockCase(ref)
	if err != nil {
		return cs, err
	}
	may, err := t.worksOn(cs, t.actor)
	if err != nil {
		return cs, err
	}
	if !may || cs.Seal == SealPoliceHold {
		return cs, Forbidden(ActCaseWork)
	}
	return cs, nil
}

// actorOf gives somebody else as the portal would see him now, the zero actor where there is no policy or he is disabled.
func (t *tx) actorOf(userID int64) (Actor, error) {
	if t.store.policy == nil {
		return Actor{}, nil
	}
	var u User
	if err := t.db.Where("id = ?", userID).Take(&u).Error; err != nil {
		return Actor{}, fmt.Errorf("read user %d: %w", userID, err)
	}
	if u.Disabled {
		return Actor{}, nil
	}
	var grants []Grant
	if err := t.db.Where("user_id = ? AND revoked_at IS NULL", userID).Order("id").Find(&grants).Error; err != nil {
		return Actor{}, fmt.Errorf("read the grants of %s: %w", u.Name, err)
	}
	return t.store.policy.Actor(u, grants), nil
}

// readersOf keeps those of some users who may see a case now, without the one who acts.
func (t *tx) readersOf(caseID int64, users []int64) ([]int64, error) {
	var kept []int64
	for _, id := range slices.Compact(slices.Sorted(slices.Values(users))) {
		if id == t.actor.UserID {
			continue
		}
		a, err := t.actorOf(id)
		if err != nil {
			return nil, err
		}
		var n int64
		if err := seenCases(t.db.Table("cases"), a, "cases").Where("id = ?", caseID).Count(&n).Error; err != nil {
			return nil, fmt.Errorf("ask whether user %d sees a case: %w", id, err)
		}
		if n > 0 {
			kept = append(kept, id)
		}
	}
	return kept, nil
}

var mention = regexp.MustCompile(`@([a-z][a-z0-9._-]{0,62}[a-z0-9])`)

// maxMentions is how many people one note may call.
const maxMentions = 20

// tellMentioned tells those whom a note names and who may see the case. Whom it names in vain it does not say: that would tell
// who exists, and who may see what.
func (t *tx) tellMentioned(cs Case, text, mark string) error {
	var names []string
	for _, m := range mention.FindAllStringSubmatch(text, maxMentions) {
		names = append(names, m[1])
	}
	if len(names) == 0 {
		return nil
	}
	var ids []int64
	if err := t.db.Table("users").Select("id").Where("name IN ? AND disabled = ?", names, false).Scan(&ids).Error; err != nil {
		return fmt.Errorf("look for those mentioned: %w", err)
	}
	readers, err := t.readersOf(cs.ID, ids)
	if err != nil {
		return err
	}
	return t.notify(readers, "mention", "case:"+cs.Ref, mark, map[string]any{"by": t.actor.Name})
}

// tellWatchers tells those who watch a case what happened in its story, as long as they may see it. Limits have their own notices.
func (t *tx) tellWatchers(caseID, eventID int64, event string) error {
	var ids []int64
	if err := t.db.Table("case_watchers").Select("user_id").Where("case_id = ?", caseID).Scan(&ids).Error; err != nil {
		return fmt.Errorf("read who watches case %d: %w", caseID, err)
	}
	readers, err := t.readersOf(caseID, ids)
	if err != nil || len(readers) == 0 {
		return err
	}
	var ref string
	if err := t.db.Table("cases").Select("ref").Where("id = ?", caseID).Scan(&ref).Error; err != nil {
		return fmt.Errorf("read case %d: %w", caseID, err)
	}
	return t.notify(readers, "case_moved", "case:"+ref, fmt.Sprintf("event %d", eventID), map[string]any{"event": event})
}

// tellReferralWatchers tells those who watch a case what happened to its referral, as long as they may see both.
func (t *tx) tellReferralWatchers(referralID, eventID int64, event string) error {
	var r Referral
	if err := t.db.Select("id", "ref", "case_id").Where("id = ?", referralID).Take(&r).Error; err != nil {
		return fmt.Errorf("read referral %d: %w", referralID, err)
	}
	var ids []int64
	if err := t.db.Table("case_watchers").Select("user_id").Where("case_id = ?", r.CaseID).Scan(&ids).Error; err != nil {
		return fmt.Errorf("read who watches case %d: %w", r.CaseID, err)
	}
	readers, err := t.readersOf(r.CaseID, ids)
	if err != nil {
		return err
	}
	var kept []int64
	for _, id := range readers {
		a, err := t.actorOf(id)
		if err != nil {
			return err
		}
		may, err := t.seesReferral(a, r.Ref)
		if err != nil {
			return err
		}
		if may {
			kept = append(kept, id)
		}
	}
	return t.notify(kept, "referral_moved", "referral:"+r.Ref, fmt.Sprintf("event %d", eventID), map[string]any{"event": event})
}

func (t *tx) seesReferral(a Actor, ref string) (bool, error) {
	var n int64
	if err := seenReferrals(t.db.Table("referrals"), a, t.now, "referrals").Where("ref = ?", ref).Count(&n).Error; err != nil {
		return false, fmt.Errorf("ask whether %s sees referral %s: %w", a.Name, ref, err)
	}
	return n > 0, nil
}

// WatchCase lets the actor be told what happens in a case; the actor's sight of it is asked again at each notice.
func (s *Store) WatchCase(ctx context.Context, actor Actor, ref string) error {
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.lockCase(ref)
		if err != nil {
			return err
		}
		var n int64
		if err := t.db.Table("case_watchers").Where("case_id = ? AND user_id = ?", cs.ID, actor.UserID).Count(&n).Error; err != nil {
			return fmt.Errorf("watch case %s: %w", ref, err)
		}
		if n == 0 {
			if err := t.db.Table("case_watchers").Create(map[string]any{"case_id": cs.ID, "user_id": actor.UserID, "since": t.now}).Error; err != nil {
				return fmt.Errorf("watch case %s: %w", ref, err)
			}
		}
		t.audit("case.watch", "case:"+ref, cs.Place, nil)
		return nil
	})
}

// UnwatchCase ends WatchCase.
func (s *Store) UnwatchCase(ctx context.Context, actor Actor, ref string) error {
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.lockCase(ref)
		if err != nil {
			return err
		}
		if err := t.db.Exec("DELETE FROM case_watchers WHERE case_id = ? AND user_id = ?", cs.ID, actor.UserID).Error; err != nil {
			return fmt.Errorf("unwatch case %s: %w", ref, err)
		}
		t.audit("case.unwatch", "case:"+ref, cs.Place, nil)
		return nil
	})
}
