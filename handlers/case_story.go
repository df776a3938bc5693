package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// names gives how people of a story are called, by user name; a few look-ups, since few people work on a case.
func (a *App) names(ctx context.Context, events []models.Event) (map[string]string, error) {
	names := map[string]string{}
	for _, e := range events {
		if _, ok := names[e.ActorName]; ok || e.ActorID == nil {
			continue
		}
		u, err := a.Store.UserByID(ctx, *e.ActorID)
		if err != nil && models.KindOf(err) != models.KindNotFound {
			return nil, err
		}
		names[e.ActorName] = i18n.Pick(ctx, u.DisplayName, u.DisplayNameEn)
	}
	return names, nil
}

// keyEvent says whether an event changes where a referral stands in law.
func keyEvent(name string) bool {
	return slices.Contains([]string{"open", "form_team", "submit_report", "resubmit", "approve", "reject", "send", "sign_receipt", "file", "decline", "close"}, name)
}

// inOrder sorts the events of a case and of its referral by time, oldest first.
func inOrder(events []models.Event) []models.Event {
	list := slices.Clone(events)
	slices.SortStableFunc(list, func(a, b models.Event) int {
		switch {
		case a.At.Before(b.At):
			return -1
		case b.At.Before(a.At):
			return 1
		default:
			return int(a.ID - b.ID)
		}
	})
	return list
}

// newCaseStory tells the events newest first.
func newCaseStory(ctx context.Context, events []models.Event, names map[string]string) []views.StoryLine {
	list := inOrder(events)
	slices.Reverse(list)
	lines := make([]views.StoryLine, 0, len(list))
	for _, e := range list {
		who := firstOf(names[e.ActorName], e.ActorName)
		if strings.HasPrefix(who, "system:") {
			who = i18n.T(ctx, "actor.system")
		}
		lines = append(lines, views.StoryLine{At: whenMinute(e.At), Who: who, What: eventWord(ctx, e.ObjectKind, e.Event), Note: eventNote(ctx, e), Key: keyEvent(e.Event)})
		lines[len(lines)-1].ID, lines[len(lines)-1].Changes = e.ID, eventChanges(ctx, e)
		lines[len(lines)-1].URL, lines[len(lines)-1].Link = eventLink(ctx, e)
	}
	return lines
}

// eventWord names an event; where two kinds of object use one word, the kind decides.
func eventWord(ctx context.Context, kind, event string) string {
	if key := "event." + kind + "." + event; i18n.Has(ctx, key) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "event."+event)
}

// eventNote gives what was written with an event, with its document number, approver and documents.
func eventNote(ctx context.Context, e models.Event) string {
	var data struct {
		Number    string   `json:"number"`
		Approver  string   `json:"approver"`
		Documents []string `json:"documents"`
		Digest    string   `json:"digest"`
		AsOf      string   `json:"as_of"`
	}
	parts := []string{}
	if e.Note != "" {
		parts = append(parts, e.Note)
	}
	if err := json.Unmarshal([]byte(e.Data), &data); err == nil {
		if data.Number != "" {
			parts = append(parts, i18n.T(ctx, "case.note.number", "number", data.Number))
		}
		if data.Digest != "" && data.AsOf != "" {
			parts = append(parts, i18n.T(ctx, "case.note.picture", "at", momentText(data.AsOf), "digest", data.Digest))
		}
		if data.Approver != "" {
			parts = append(parts, i18n.T(ctx, "case.note.approver", "name", data.Approver))
		}
		if len(data.Documents) > 0 {
			parts = append(parts, i18n.T(ctx, "case.note.documents", "list", strings.Join(data.Documents, i18n.T(ctx, "clock.listing"))))
		}
	}
	return strings.Join(parts, "\n")
}

// longChange is how many characters of a text the story shows of a change; the whole stands on the paper.
const longChange = 120

// eventChanges words what an event changed, field by field.
func eventChanges(ctx context.Context, e models.Event) []views.StoryChange {
	var list []views.StoryChange
	for _, ch := range e.Changes() {
		list = append(list, views.StoryChange{Field: i18n.T(ctx, "story.change."+ch.Field), Before: changeValue(ctx, ch.Field, ch.Before), After: changeValue(ctx, ch.Field, ch.After)})
	}
	return list
}

func changeValue(ctx context.Context, field, value string) string {
	key := map[string]string{"state": "referral.state.", "stage": "procedure.state.case.", "status": "case.status.", "level": "level.", "seal": "story.change.seal."}[field]
	switch {
	case value == "":
		return i18n.T(ctx, "story.change.nothing")
	case key != "" && i18n.Has(ctx, key+value):
		return i18n.T(ctx, key+value)
	}
	if text := []rune(value); len(text) > longChange {
		return string(text[:longChange]) + "…"
	}
	return value
}

// linkDecisions lets the story of a case lead to what was known at each decision in it.
func linkDecisions(ctx context.Context, ref string, lines []views.StoryLine, events []models.Event) {
	decided := map[int64]bool{}
	for _, e := range events {
		decided[e.ID] = e.IsDecision()
	}
	for i := range lines {
		if decided[lines[i].ID] && lines[i].URL == "" {
			lines[i].URL, lines[i].Link = "/cases/"+ref+"/decisions/"+strconv.FormatInt(lines[i].ID, 10), i18n.T(ctx, "decision.open")
		}
	}
}
