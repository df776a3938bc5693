package models_test

import (
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/rel/world"
)

func newMapping(name string) models.NewMapping {
	return models.NewMapping{Name: name, Note: "第一版", Table: models.TableCompanies, Body: "table: companies\ncolumns: {uscc: a, name: b}\n"}
}

// A version, once saved, stays as it was; an equal one adds none; a name is free once in an office.
func TestMappingVersions(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, steward := t.Context(), w.Actor(t, "steward_own")
		m, err := w.Store.SaveMapping(ctx, steward, newMapping("企业名单"))
		if err != nil || m.Latest != 1 {
			t.Fatalf("%+v %v", m, err)
		}
		next := newMapping("企业名单")
		next.Ref, next.Note = m.Ref, "第二版"
		if same, err := w.Store.SaveMapping(ctx, steward, next); err != nil || same.Latest != 1 {
			t.Errorf("an equal body: version %d, %v", same.Latest, err)
		}
		next.Body += "source: X\n"
		if m, err = w.Store.SaveMapping(ctx, steward, next); err != nil || m.Latest != 2 {
			t.Fatalf("%+v %v", m, err)
		}
		got, err := w.Store.Mapping(ctx, steward, m.Ref)
		if err != nil || len(got.Versions) != 2 {
			t.Fatalf("%+v %v", got, err)
		}
		first, _ := got.Version(1)
		if first.Body != newMapping("").Body || first.Note != "第一版" || first.SavedBy != "steward_own" {
			t.Errorf("the first version is %+v", first)
		}
		before := w.Hashes(t)
		_, err = w.Store.SaveMapping(ctx, steward, newMapping("企业名单"))
		wants(t, "the name again", err, "name", "mapping.wrong.taken")
		_, err = w.Store.SaveMapping(ctx, steward, newMapping("\u202e"))
		wants(t, "a name that turns around", err, "name", "mapping.wrong.name")
		_, err = w.Store.SaveMapping(ctx, steward, models.NewMapping{Name: "空"})
		wants(t, "no body", err, "text", "mapping.wrong.text")
		w.Unchanged(t, before, "refused mappings")
		if _, err := w.Store.SaveMapping(ctx, w.Actor(t, "steward_sibling"), newMapping("企业名单")); err != nil {
			t.Errorf("the same name in another office: %v", err)
		}
		if m, err := w.Store.MappingForLoad(ctx, got.Ref); err != nil || len(m.Versions) != 2 {
			t.Errorf("for a command: %+v %v", m, err)
		}
		w.Sound(t)
	})
}

// A mapping is seen by those whose scope covers its office, a shared one by every data steward, and changed by its own office alone.
func TestWhoSeesMappings(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx := t.Context()
		m, err := w.Store.SaveMapping(ctx, w.Actor(t, "steward_own"), newMapping("流水"))
		if err != nil {
			t.Fatal(err)
		}
		sees := func(sharing models.Sharing, want map[string]bool) {
			t.Helper()
			if err := w.Store.ShareMapping(ctx, w.Actor(t, "steward_own"), m.Ref, sharing); err != nil {
				t.Fatal(err)
			}
			for name, ok := range want {
				actor := w.Actor(t, name)
				_, err := w.Store.Mapping(ctx, actor, m.Ref)
				list, _ := w.Store.Mappings(ctx, actor, 10)
				if (err == nil) != ok || (len(list) == 1) != ok {
					t.Errorf("%s: %v and %d in the list, want %v", name, err, len(list), ok)
				}
			}
		}
		sees(models.SharedOwn, map[string]bool{"steward_own": true, "steward_parent": true, "steward_child": false, "steward_sibling": false, "steward_other": false, "duty_own": false, "principal_own": false})
		sees(models.SharedAll, map[string]bool{"steward_own": true, "steward_parent": true, "steward_child": true, "steward_sibling": true, "steward_other": true, "duty_own": false, "principal_own": false})
		before := w.Hashes(t)
		next := newMapping("改名")
		next.Ref = m.Ref
		for name, kind := range map[string]models.Kind{"steward_other": models.KindForbidden, "steward_parent": models.KindForbidden, "duty_own": models.KindNotFound} {
			_, err := w.Store.SaveMapping(ctx, w.Actor(t, name), next)
			if name == "duty_own" && models.KindOf(err) == models.KindForbidden {
				err = models.NotFound("mapping") // refused before it is looked for
			}
			world.IsKind(t, name+" saves", err, kind)
			world.IsKind(t, name+" shares", w.Store.ShareMapping(ctx, w.Actor(t, name), m.Ref, models.SharedOwn), kind)
		}
		w.Unchanged(t, before, "refused changes")
	})
}

// A sample is its sender's alone, gives way to later ones and is gone when its time is up.
func TestSamples(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		ctx, steward := t.Context(), w.Actor(t, "steward_own")
		keep := func() string {
			t.Helper()
			ref, err := models.NewSampleRef()
			if err != nil {
				t.Fatal(err)
			}
			gone, err := w.Store.KeepSample(ctx, steward, models.Sample{Ref: ref, Name: "a.xlsx", SHA256: "00", Size: 1})
			if err != nil {
				t.Fatal(err)
			}
			if len(gone) > 1 {
				t.Errorf("%d samples gave way to one", len(gone))
			}
			return ref
		}
		first := keep()
		if err := w.Store.DraftSample(ctx, steward, first, `{"table":"companies"}`); err != nil {
			t.Fatal(err)
		}
		if s, err := w.Store.Sample(ctx, steward, first); err != nil || s.Draft == "" {
			t.Fatalf("%+v %v", s, err)
		}
		for _, other := range []string{"steward_parent", "steward_sibling", "handler_own"} {
			_, err := w.Store.Sample(ctx, w.Actor(t, other), first)
			world.IsKind(t, other, err, models.KindNotFound)
			world.IsKind(t, other, w.Store.DropSample(ctx, w.Actor(t, other), first), models.KindNotFound)
		}
		var last string
		for range 5 {
			last = keep()
		}
		_, err := w.Store.Sample(ctx, steward, first)
		world.IsKind(t, "the oldest of six", err, models.KindNotFound)
		w.Clock.Pass(models.SampleLife + time.Second)
		_, err = w.Store.Sample(ctx, steward, last)
		world.IsKind(t, "after its time", err, models.KindNotFound)
		if left, err := w.Store.ExpireSamples(ctx); err != nil || len(left) != 0 || w.Count(t, "SELECT COUNT(*) FROM samples") != 0 {
			t.Errorf("%v %v", left, err)
		}
		w.Sound(t)
	})
}
