package models

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"xiezhi/law"
	"xiezhi/reference"
)

// DraftBulletin drafts a public text about a case that was determined, by its supervisor.
func (s *Store) DraftBulletin(ctx context.Context, actor Actor, caseRef string, in ProcedureInput) (string, error) {
	var ref string
	err := s.change(ctx, actor, func(t *tx) error {
		cs, err := t.allowBulletin(caseRef)
		if err != nil {
			return err
		}
		table := law.MachineOf(law.MachineBulletin)
		a := ask(table, law.BulletinDraft, in, t.now)
		if err := t.checkPublic(cs, a); err != nil {
			return err
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		move, ok := table.Find(law.StateNone, law.BulletinDraft)
		if !ok {
			return fmt.Errorf("the table of bulletins lacks draft")
		}
		b := Bulletin{CaseID: cs.ID, AuthorityID: cs.AuthorityID, Place: cs.Place, State: move.To, Title: a.values["title"], Body: a.values["body"], ChangedBy: actor.UserID, ChangedAt: t.now, Version: 1}
		if b.Ref, err = t.newRef("GG", cs.DivisionCode); err != nil {
			return err
		}
		if err := t.db.Create(&b).Error; err != nil {
			return fmt.Errorf("draft a bulletin of case %s: %w", caseRef, err)
		}
		ref = b.Ref
		if err := t.keepBulletin(b); err != nil {
			return err
		}
		return t.tellBulletin(&bulletin{b: b, cs: cs}, move, a)
	})
	return ref, err
}

// AllowBulletin asks of a draft what is asked before its text.
func (s *Store) AllowBulletin(ctx context.Context, actor Actor, caseRef string) error {
	_, err := s.look(ctx, actor).allowBulletin(caseRef)
	return err
}

// allowBulletin wants a case whose determination stands: only determined facts are made public.
func (t *tx) allowBulletin(caseRef string) (Case, error) {
	cs, err := t.ledCase(caseRef, 0)
	if err != nil {
		return cs, err
	}
	stands, err := t.determined(cs.ID)
	if err != nil {
		return cs, err
	}
	if !stands {
		return cs, NotAMove(nil)
	}
	return cs, nil
}

// determined says whether a case was determined and has not been opened again since.
func (t *tx) determined(caseID int64) (bool, error) {
	last := func(event law.Event) (id int64, err error) {
		err = t.db.Table("events").Select("COALESCE(MAX(id), 0)").Where("object_kind = ? AND object_id = ? AND event = ?", objectCase, caseID, event).Scan(&id).Error
		return id, err
	}
	yes, err := last(law.CaseDetermine)
	if err != nil {
		return false, fmt.Errorf("read the determination: %w", err)
	}
	no, err := last(law.CaseReopen)
	if err != nil {
		return false, fmt.Errorf("read the reopening: %w", err)
	}
	return yes > no, nil
}

// MoveBulletin makes one move of a bulletin.
func (s *Store) MoveBulletin(ctx context.Context, actor Actor, caseRef, ref string, event law.Event, in ProcedureInput) error {
	return s.change(ctx, actor, func(t *tx) error {
		x, err := t.loadBulletin(caseRef, ref)
		if err != nil {
			return err
		}
		move, err := t.allowBulletinMove(x, event)
		if err != nil {
			return err
		}
		if in.Version != 0 && in.Version != x.b.Version {
			return Conflict()
		}
		a := ask(law.MachineOf(law.MachineBulletin), event, in, t.now)
		if key := x.barred(actor, event); key != "" {
			a.wrong["actor"] = key
		}
		set := map[string]any{"state": move.To, "version": x.b.Version + 1}
		if err := t.bulletinEffect(x, event, a, set); err != nil {
			return err
		}
		if len(a.wrong) > 0 {
			return Invalid(a.wrong)
		}
		res := t.db.Table("bulletins").Where("id = ? AND version = ?", x.b.ID, x.b.Version).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("%s bulletin %s: %w", event, ref, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		if event == law.BulletinChange {
			x.b.Version, x.b.Title, x.b.Body, x.b.ChangedBy, x.b.ChangedAt = x.b.Version+1, a.values["title"], a.values["body"], actor.UserID, t.now
			if err := t.keepBulletin(x.b); err != nil {
				return err
			}
		}
		return t.tellBulletin(x, move, a)
	})
}

// AllowBulletinMove asks of a move of a bulletin what is asked before its fields.
func (s *Store) AllowBulletinMove(ctx context.Context, actor Actor, caseRef, ref string, event law.Event) error {
	t := s.look(ctx, actor)
	x, err := t.loadBulletin(caseRef, ref)
	if err != nil {
		return err
	}
	_, err = t.allowBulletinMove(x, event)
	return err
}

func (t *tx) allowBulletinMove(x *bulletin, event law.Event) (law.Move, error) {
	table := law.MachineOf(law.MachineBulletin)
	if err := allowEvent(table, event, Action("bulletin."+string(event)), func(role string) bool { return x.may(t.actor, role) }); err != nil {
		return law.Move{}, err
	}
	move, ok := table.Find(x.b.State, event)
	if !ok {
		list, _ := x.lawful(t.actor)
		return law.Move{}, NotAMove(eventWords(list))
	}
	return move, nil
}

// bulletinEffect checks what a move wants beside its fields and writes down what it changes.
func (t *tx) bulletinEffect(x *bulletin, event law.Event, a *asked, set map[string]any) error {
	switch event {
	case law.BulletinChange:
		set["title"], set["body"], set["changed_by"], set["changed_at"] = a.values["title"], a.values["body"], t.actor.UserID, t.now
		set["reviewed_by"], set["review"] = nil, ""
		return t.checkPublic(x.cs, a)
	case law.BulletinClear:
		set["reviewed_by"], set["review"] = t.actor.UserID, a.values["reason"]
	case law.BulletinPublish:
		stands, err := t.determined(x.cs.ID)
		if err != nil {
			return err
		}
		if !stands {
			a.wrong["stage"] = "error.not_determined"
		}
		if x.filed && a.values["consent"] == "" {
			a.wrong["consent"] = "error.police_consent"
		}
		set["published_at"], set["consent"] = t.now, a.values["consent"]
		again := &asked{values: map[string]string{"title": x.b.Title, "body": x.b.Body}, wrong: map[string]string{}, now: t.now}
		if err := t.checkPublic(x.cs, again); err != nil { // who is connected to the party may have become known since
			return err
		}
		for field, key := range again.wrong {
			a.wrong[field] = key
		}
	case law.BulletinWithdraw:
		set["withdrawn_at"], set["withdrawal"] = t.now, a.values["reason"]
	}
	return nil
}

var (
	digits = regexp.MustCompile(`[0-9][0-9 -]{9,30}[0-9Xx]`)
	mailTo = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`)
	mobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
)

// checkPublic refuses a public text that shows personal data or what must stay secret: identity and card numbers, mobile telephones,
// electronic mail, the names of people connected to the party, and words of law/bulletin_words.csv.
func (t *tx) checkPublic(cs Case, a *asked) error {
	people, err := t.peopleOf(cs.SubjectID)
	if err != nil {
		return err
	}
	for _, field := range []string{"title", "body"} {
		text := a.values[field]
		if a.wrong[field] != "" || text == "" {
			continue
		}
		if key := personalIn(text, people); key != "" {
			a.wrong[field] = key
			continue
		}
		if _, why := law.Unpublishable(text); why != "" {
			a.wrong[field] = "error.public_" + why
		}
	}
	return nil
}

func personalIn(text string, people []string) string {
	for _, run := range digits.FindAllString(text, -1) {
		plain := strings.NewReplacer(" ", "", "-", "").Replace(run)
		switch {
		case reference.LooksLikeIdentityNumber(plain), mobile.MatchString(plain), len(plain) >= 16 && len(plain) <= 19 && reference.CheckLuhn(plain) == nil:
			return "error.public_personal"
		}
	}
	if mailTo.MatchString(text) {
		return "error.public_personal"
	}
	for _, name := range people {
		if strings.Contains(text, name) {
			return "error.public_name"
		}
	}
	return ""
}

// peopleOf lists the names of natural persons that a relation connects to a party, and the party's own where it is a person.
func (t *tx) peopleOf(subjectID int64) ([]string, error) {
	var names []string
	err := t.db.Table("subjects s").Select("DISTINCT s.name").Where("s.kind = ? AND LENGTH(s.name) > 1", KindPerson).
		Where("(s.id = ? OR EXISTS (SELECT 1 FROM facts f WHERE f.tbl = ? AND (f.subject_id = s.id AND f.other_id = ? OR f.other_id = s.id AND f.subject_id = ?)))", subjectID, TableRelations, subjectID, subjectID).
		Scan(&names).Error
	if err != nil {
		return nil, fmt.Errorf("read the people of a party: %w", err)
	}
	return names, nil
}

func (t *tx) keepBulletin(b Bulletin) error {
	row := map[string]any{"bulletin_id": b.ID, "version": b.Version, "title": b.Title, "body": b.Body, "changed_by": b.ChangedBy, "changed_at": b.ChangedAt}
	if err := t.db.Table("bulletin_versions").Create(row).Error; err != nil {
		return fmt.Errorf("keep the text of bulletin %s: %w", b.Ref, err)
	}
	return nil
}

// tellBulletin writes a move into the story of the bulletin and of the case.
func (t *tx) tellBulletin(x *bulletin, move law.Move, a *asked) error {
	data := map[string]any{"from": move.From, "to": move.To, "bulletin": x.b.Ref, "number": a.values["consent"]}
	t.audit("bulletin."+string(move.Event), "bulletin:"+x.b.Ref, x.cs.Place, data)
	if err := t.tell(objectBulletin, x.b.ID, string(move.Event), a.note(), data); err != nil {
		return err
	}
	return t.tell(objectCase, x.cs.ID, "bulletin_"+string(move.Event), a.note(), data)
}

// recallBulletins tells the supervisors of a case whose finding was revoked that its public texts have to be withdrawn within three working
// days, with the reason (APL 48(2)).
func (t *tx) recallBulletins(caseID int64, mark string) error {
	var list []Bulletin
	if err := t.db.Where("case_id = ? AND state = ?", caseID, law.BulletinPublished).Find(&list).Error; err != nil {
		return fmt.Errorf("read the bulletins of case %d: %w", caseID, err)
	}
	for _, b := range list {
		users, err := t.usersWithRole(b.Place, RoleSupervisor, RolePrincipal)
		if err != nil {
			return err
		}
		ids := make([]int64, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		if err := t.notify(ids, "bulletin_recall", "bulletin:"+b.Ref, mark, nil); err != nil {
			return err
		}
	}
	return nil
}
