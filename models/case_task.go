package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// CaseTask is something somebody is to do on a case, until a day where one is set.
type CaseTask struct {
	ID         int64 `gorm:"primaryKey"`
	CaseID     int64
	Title      string
	AssigneeID int64
	DueOn      Date
	MadeBy     int64
	MadeAt     Instant
	DoneBy     *int64
	DoneAt     Instant
	Version    int64
}

// CaseTaskLine is a task with its people and its case.
type CaseTaskLine struct {
	CaseTask
	AssigneeName string // user name
	Assignee     string
	AssigneeEn   string
	CaseRef      string
	CaseTitle    string
	CaseLevel    string
}

// NewCaseTask is what is said of a task. Assignee is the user name of one who works on the case.
type NewCaseTask struct {
	Title, Assignee string
	DueOn           Date
}

// AddCaseTask gives somebody who works on the case a task and tells him.
func (s *Store) AddCaseTask(ctx context.Context, actor Actor, ref string, in NewCaseTask) error {
	in.Title = strings.TrimSpace(in.Title)
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.workedCase(ref)
		if err != nil {
			return err
		}
		if cs.Status == CaseClosed {
			return NotAMove(nil)
		}
		wrong := map[string]string{}
		checkNote(wrong, "title", in.Title, 2)
		if len([]rune(in.Title)) > 200 || strings.ContainsAny(in.Title, "\r\n") {
			wrong["title"] = "error.one_line"
		}
		if in.DueOn != "" {
			if _, err := time.ParseInLocation(time.DateOnly, string(in.DueOn), China); err != nil {
				wrong["due_on"] = "error.date"
			}
		}
		who, err := t.assignee(cs, in.Assignee)
		if err != nil {
			return err
		}
		if who.UserID == 0 {
			wrong["assignee"] = "error.not_on_case"
		}
		if len(wrong) > 0 {
			return Invalid(wrong)
		}
		k := CaseTask{CaseID: cs.ID, Title: in.Title, AssigneeID: who.UserID, DueOn: in.DueOn, MadeBy: actor.UserID, MadeAt: t.now, Version: 1}
		if err := t.db.Create(&k).Error; err != nil {
			return fmt.Errorf("task on case %s: %w", ref, err)
		}
		t.audit("case.task_add", "case:"+ref, cs.Place, map[string]any{"task": k.ID, "assignee": who.Name, "due": in.DueOn})
		if who.UserID == actor.UserID {
			return nil
		}
		return t.notify([]int64{who.UserID}, "task_given", "case:"+cs.Ref, fmt.Sprintf("task %d", k.ID), map[string]any{"by": actor.Name})
	})
}

// assignee gives the one of a name who sees the case and works on it, the zero actor where there is none.
func (t *tx) assignee(cs Case, name string) (Actor, error) {
	var u User
	err := t.db.Where("name = ? AND disabled = ?", name, false).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Actor{}, nil
	}
	if err != nil {
		return Actor{}, fmt.Errorf("read the assignee: %w", err)
	}
	if u.ID == t.actor.UserID {
		return t.actor, nil
	}
	seen, err := t.readersOf(cs.ID, []int64{u.ID})
	if err != nil || len(seen) == 0 {
		return Actor{}, err
	}
	a, err := t.actorOf(u.ID)
	if err != nil {
		return Actor{}, err
	}
	if may, err := t.worksOn(cs, a); err != nil || !may {
		return Actor{}, err
	}
	return a, nil
}

// FinishCaseTask says that a task is done; ReopenCaseTask undoes it.
func (s *Store) FinishCaseTask(ctx context.Context, actor Actor, ref string, id int64) error {
	return s.moveTask(ctx, actor, ref, id, "case.task_done", func(t *tx, k CaseTask) (map[string]any, bool) {
		return map[string]any{"done_by": actor.UserID, "done_at": t.now}, k.DoneAt.IsZero()
	})
}

// ReopenCaseTask makes a finished task one that is to be done.
func (s *Store) ReopenCaseTask(ctx context.Context, actor Actor, ref string, id int64) error {
	return s.moveTask(ctx, actor, ref, id, "case.task_reopen", func(_ *tx, k CaseTask) (map[string]any, bool) {
		return map[string]any{"done_by": nil, "done_at": nil}, !k.DoneAt.IsZero()
	})
}

func (s *Store) moveTask(ctx context.Context, actor Actor, ref string, id int64, act string, move func(*tx, CaseTask) (map[string]any, bool)) error {
	return s.change(ctx, actor, func(t *tx) error {
		cs, err := t.workedCase(ref)
		if err != nil {
			return err
		}
		var k CaseTask
		err = t.forUpdate().Where("id = ? AND case_id = ?", id, cs.ID).Take(&k).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return NotFound("task")
		}
		if err != nil {
			return fmt.Errorf("task %d of case %s: %w", id, ref, err)
		}
		set, lawful := move(t, k)
		if !lawful {
			return NotAMove(nil)
		}
		set["version"] = k.Version + 1
		res := t.db.Table("case_tasks").Where("id = ? AND version = ?", id, k.Version).Updates(set)
		if res.Error != nil {
			return fmt.Errorf("%s %d of case %s: %w", act, id, ref, res.Error)
		}
		if res.RowsAffected == 0 {
			return Conflict()
		}
		t.audit(act, "case:"+ref, cs.Place, map[string]any{"task": id})
		return nil
	})
}

func (s *Store) taskLines(ctx context.Context, actor Actor) *gorm.DB {
	q := s.read(ctx).Table("case_tasks k").Select("k.*, u.name AS assignee_name, u.display_name AS assignee, u.display_name_en AS assignee_en, cs.ref AS case_ref, cs.title AS case_title, cs.level AS case_level").
		Joins("JOIN users u ON u.id = k.assignee_id").Joins("JOIN cases cs ON cs.id = k.case_id")
	return seenCases(q, actor, "cs")
}

// MyTasks lists the open tasks of the actor on cases that the actor may see, those that end first before the others.
func (s *Store) MyTasks(ctx context.Context, actor Actor, limit int) ([]CaseTaskLine, error) {
	var list []CaseTaskLine
	err := s.taskLines(ctx, actor).Where("k.assignee_id = ? AND k.done_at IS NULL", actor.UserID).
		Order("CASE WHEN k.due_on IS NULL OR k.due_on = '' THEN 1 ELSE 0 END, k.due_on, k.id").Limit(limit).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list the tasks of %s: %w", actor.Name, err)
	}
	return list, nil
}
