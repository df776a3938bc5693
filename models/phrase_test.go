package models_test

import (
	"slices"
	"testing"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/rel/world"
)

// An office may write texts for every text that a procedure asks for.
func TestPhraseFields(t *testing.T) {
	for _, m := range law.Machines() {
		for _, row := range m.Moves() {
			for _, a := range m.Asks(row.Event) {
				if a.Kind == law.AskText && !slices.Contains(models.PhraseFields(), a.Field) {
					t.Errorf("%s: %s asks for %s", m.Name, row.Event, a.Field)
				}
			}
		}
	}
}

// The texts of an office are its own: its supervisor writes them, its people read them, nobody elsewhere does either; each version is kept.
func TestPhrases(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, s := t.Context(), w.Store
		boss := w.Actor(t, "supervisor_own")
		ok(t, s.AddPhrase(ctx, boss, "reason", "grounds", "there are grounds"))
		world.IsKind(t, "by an officer", s.AddPhrase(ctx, w.Actor(t, "handler_own"), "reason", "x", "y"), models.KindForbidden)
		for _, bad := range [][3]string{{"nonsense", "x", "y"}, {"reason", "", "y"}, {"reason", "x", " "}} {
			world.IsKind(t, bad[0], s.AddPhrase(ctx, boss, bad[0], bad[1], bad[2]), models.KindInvalid)
		}
		list, err := s.Phrases(ctx, w.Actor(t, "handler_own"))
		if err != nil || len(list) != 1 || list[0].Text != "there are grounds" {
			t.Fatalf("%+v %v", list, err)
		}
		id := list[0].ID
		if list, _ := s.Phrases(ctx, w.Actor(t, "supervisor_sibling")); len(list) != 0 {
			t.Error("another office reads it")
		}
		world.IsKind(t, "by another office", s.ChangePhrase(ctx, w.Actor(t, "supervisor_sibling"), id, "x", "y", models.PhraseKept, 0), models.KindNotFound)
		ok(t, s.ChangePhrase(ctx, boss, id, "grounds", "there are good grounds", models.PhraseKept, 1))
		world.IsKind(t, "over a newer one", s.ChangePhrase(ctx, boss, id, "grounds", "x", models.PhraseKept, 1), models.KindConflict)
		ok(t, s.ChangePhrase(ctx, boss, id, "", "", models.PhraseDropped, 2))
		if list, _ := s.Phrases(ctx, boss); len(list) != 0 || w.Count(t, "SELECT COUNT(*) FROM phrase_versions") != 3 {
			t.Error("it was not dropped, or a version was lost")
		}
		w.Sound(t)
	})
}
