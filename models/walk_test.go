package models_test

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

var (
	walkSeed  = flag.Uint64("walk.seed", 1, "seed of the random walk over the line")
	walkSteps = flag.Int("walk.steps", 2600, "steps of the random walk on SQLite; PostgreSQL takes a sixth")
)

// walker tries random moves by random users on a few referrals and holds what happens against the table of law alone.
type walker struct {
	w      *world.World
	r      *rand.Rand
	users  []string
	actors map[string]models.Actor
	alerts []string
	refs   []string
	quiet  func() string // a mark that moves with every change of the database
	done   map[string]int
}

// teams are the users who act for a role on the referrals of the walk, as the world appointed them.
var teams = map[string][]string{"case_handler": {"handler_own", "handler2_own"}}

func TestWalk(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		t.Logf("seed %d", *walkSeed)
		steps := *walkSteps
		if w.Dialect == "postgres" {
			steps /= 6
		}
		k := &walker{w: w, r: rand.New(rand.NewPCG(*walkSeed, 0)), users: w.Users(t), actors: map[string]models.Actor{}, done: map[string]int{}}
		slices.Sort(k.users)
		for _, name := range k.users {
			k.actors[name] = w.Actor(t, name)
		}
		k.alerts = w.Raise(t, "440304", 10+steps/8)
		k.quiet = stillness(t, w)
		for range 4 {
			k.refs = append(k.refs, k.fresh(t))
		}
		for range steps {
			k.step(t)
			if t.Failed() {
				t.Fatalf("the walk with seed %d failed after %v", *walkSeed, k.done)
			}
		}
		for _, m := range law.Moves() {
			waits := world.Ripe(m.Event) > 0 || m.From == law.StateSupervisionRequested && (m.Event == law.EventOrderFiling || m.Event == law.EventReasonsStand) // have tests of their own
			if m.From != law.StateNone && !waits && k.done["done "+string(m.From)+" "+string(m.Event)] == 0 && w.Dialect == "sqlite" {
				t.Errorf("the walk never made %s from %s", m.Event, m.From)
			}
		}
		t.Logf("%d moves made; refused: %d not found, %d forbidden, %d conflicts, %d not a move, %d invalid", k.done["done"], k.refused(models.KindNotFound),
			k.refused(models.KindForbidden), k.refused(models.KindConflict), k.refused(models.KindNotAMove), k.refused(models.KindInvalid))
		w.Sound(t)
	})
}

// stillness gives a mark that changes with every committed change.
func stillness(t *testing.T, w *world.World) func() string {
	t.Helper()
	if w.Dialect == "postgres" {
		var parts []string
		for _, table := range modelstest.Tables(t, w.Raw(t), w.Dialect) {
			parts = append(parts, "SELECT '"+table+"' || xmin::text || ctid::text AS row FROM "+table)
		}
		ask := "SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (" + strings.Join(parts, " UNION ALL ") + ") x"
		return func() string {
			var mark string
			if err := w.Raw(t).QueryRow(ask).Scan(&mark); err != nil {
				t.Fatal(err)
			}
			return mark
		}
	}
	c, err := w.Raw(t).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return func() string {
		var n int64
		if err := c.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(n)
	}
}

func (k *walker) made(from law.State, m law.Move) int {
	return k.done["done "+string(from)+" "+string(m.Event)]
}

func (k *walker) refused(kind models.Kind) int { return k.done[fmt.Sprint("refused ", kind)] }

func (k *walker) fresh(t *testing.T) string {
	alert := k.alerts[0]
	k.alerts = k.alerts[1:]
	return k.w.Team(t, k.w.Case(t, alert))
}

func (k *walker) step(t *testing.T) {
	i := k.r.IntN(len(k.refs))
	ref := k.refs[i]
	before := readFile(t, k.w, ref)
	open := law.MovesFrom(before.State)
	if len(open) == 0 {
		k.refs[i] = k.fresh(t)
		return
	}
	most := 3600
	if k.r.IntN(3) == 0 {
		most = 30 * 3600
	}
	k.w.Clock.Pass(time.Duration(k.r.IntN(most)) * time.Second)
	all := law.Moves()
	event := all[k.r.IntN(len(all))].Event
	name := k.users[k.r.IntN(len(k.users))]
	if k.r.IntN(10) < 6 {
		move := open[k.r.IntN(len(open))]
		for _, m := range open { // rather one that was made less often, so that every corner is walked
			if k.r.IntN(2) == 0 && k.made(before.State, m) < k.made(before.State, move) {
				move = m
			}
		}
		event = move.Event
		if k.r.IntN(10) < 8 {
			team := teamOf(move.Actor, before)
			name = team[k.r.IntN(len(team))]
		}
	}
	if k.r.IntN(6) == 0 {
		k.w.Clock.Pass(world.Ripe(event))
	}
	if k.r.IntN(2) == 0 {
		k.w.Excuse(t, ref)
		before = readFile(t, k.w, ref)
	}
	in, whole := k.input(event, before)
	counts, mark := k.count(t, before.Referral.ID), k.quiet()
	err := k.w.Store.MoveReferral(t.Context(), k.actors[name], ref, event, in, k.w.Press)
	what := fmt.Sprintf("%s from %s by %s", event, before.State, name)
	move, ok := law.FindMove(before.State, event)
	may := ok && slices.Contains(teamOf(move.Actor, before), name)
	if err != nil {
		k.done[fmt.Sprint("refused ", models.KindOf(err))]++
		if may && whole && !waits(err) {
			t.Errorf("%s was refused: %v", what, err)
		}
		if models.KindOf(err) == models.KindInternal {
			t.Errorf("%s: %v", what, err)
		}
		if k.quiet() != mark {
			t.Errorf("%s was refused and changed something", what)
		}
		return
	}
	k.done["done"]++
	k.done["done "+string(before.State)+" "+string(event)]++
	if !may {
		t.Errorf("%s was accepted against the table", what)
	}
	k.invariants(t, what, before, move, counts)
}

// teamOf lists the users who may make the moves of a role on a referral.
func teamOf(role string, f models.ReferralFile) []string {
	if role == "case_handler" {
		return teams[role]
	}
	return []string{world.Doer(role, f)}
}

// waits says that a move was refused because its time has not come, or its remedy is used: the guards have tests of their own.
func waits(err error) bool {
	var e *models.Error
	return errors.As(err, &e) && (e.Fields["clock"] != "" || e.Fields["late_reason"] == "error.late_reason")
}

// input is right, empty, stale, or lacks a field; whole says that nothing is wrong with it.
func (k *walker) input(event law.Event, before models.ReferralFile) (models.ReferralInput, bool) {
	in, version := world.FieldsFor(event, before), before.Version
	switch k.r.IntN(10) {
	case 0:
		return models.ReferralInput{}, len(in.Fields) == 0 && in.Reason == "" && in.Note == ""
	case 1:
		in.Version = version + int64(k.r.IntN(3)) - 1
		return in, in.Version == version || in.Version == 0
	case 2:
		in.Version = version
	case 3:
		for name := range in.Fields {
			in.Fields[name] = "\x01"
			return in, false
		}
	}
	return in, true
}

// count gives how many events, entries, clocks that run, documents and letters there are.
func (k *walker) count(t *testing.T, id int64) [3]int {
	return [3]int{k.w.Count(t, fmt.Sprintf("SELECT COUNT(*) FROM events WHERE object_kind = 'referral' AND object_id = %d", id)),
		k.w.Count(t, "SELECT seq FROM audit_head"), k.w.Count(t, "SELECT COUNT(*) FROM events WHERE object_kind <> 'alert'")}
}

func (k *walker) invariants(t *testing.T, what string, before models.ReferralFile, move law.Move, counts [3]int) {
	after := readFile(t, k.w, before.Referral.Ref)
	now := k.count(t, after.Referral.ID)
	if after.State != move.To || after.Version != before.Version+1 {
		t.Errorf("%s led to %s version %d", what, after.State, after.Version)
	}
	if now[0] != counts[0]+1 || now[1] != counts[1]+1 || now[2] != counts[2]+1 {
		t.Errorf("%s: events and entries went from %v to %v", what, counts, now)
	}
	running := map[string]int{}
	for _, c := range after.Clocks {
		if c.EndedAt.IsZero() {
			running[c.Name]++
		}
	}
	for name, n := range running {
		if n > 1 || after.State == law.StateClosed {
			t.Errorf("%s: %d clocks %s run in %s", what, n, name, after.State)
		}
	}
	if move.Clock != "" && running[string(move.Clock)] != 1 {
		t.Errorf("%s: clock %s does not run", what, move.Clock)
	}
	for _, ended := range move.Ends {
		if ended != move.Clock && running[string(ended)] != 0 {
			t.Errorf("%s: clock %s still runs", what, ended)
		}
	}
	if move.Event == law.EventSend {
		gapless(t, k.w)
	}
}

// gapless fails the test where the numbers of the letters have a gap or a double.
func gapless(t *testing.T, w *world.World) {
	t.Helper()
	rows, err := w.Raw(t).Query("SELECT number FROM documents WHERE kind = 'letter' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := map[string]int{}
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		year, _, _ := strings.Cut(s.String, "第")
		seen[year]++
		if want := fmt.Sprintf("%s第%d号", year, seen[year]); s.String != want {
			t.Errorf("letter %s where %s is due", s.String, want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
