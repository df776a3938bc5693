// Package world builds a small country of authorities, users and companies for tests, on both stores, and drives the line of a
// referral through it by its verbs. It is test code, stands on no floor, and nothing outside tests imports it.
package world

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/csv"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"xiezhi/authz"
	"xiezhi/detect"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/proof"
	"xiezhi/referral"
	"xiezhi/work"
)

//go:embed authorities.csv
var authoritiesCSV string

//go:embed roles.csv
var rolesCSV string

//go:embed words.csv
var wordsCSV string

// Places gives, by relation to Shenzhen, the divisions in which each role has a user named prefix_relation, such as duty_own.
var Places = []struct{ Relation, Division string }{
	{"own", "440300"}, {"child", "440305"}, {"parent", "440000"}, {"sibling", "440100"}, {"other", "430100"},
}

// Start is when the world was made: a working Monday.
var Start = time.Date(2026, 11, 2, 9, 0, 0, 0, models.China)

// World is one database with everything that works on it.
type World struct {
	Store   *models.Store
	Desk    *work.Desk
	Press   models.Press
	Policy  *authz.Policy
	Clock   *Clock
	Target  string
	Dialect string
	next    int
	raw     *sql.DB
}

// Clock is a clock that stands until a test moves it.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now gives the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves it to a moment.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// Pass moves it on.
func (c *Clock) Pass(d time.Duration) { c.Set(c.Now().Add(d)) }

var (
	template = modelstest.NewTemplate(func() time.Time { return Start }, fill)
	press    = sync.OnceValues(referral.New)
	policy   = sync.OnceValues(authz.Load)
	rules    = sync.OnceValues(detect.DefaultRules)
)

// Each runs f in a world on SQLite and in one on PostgreSQL.
func Each(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, template.SQLite(t), "sqlite")) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, template.Postgres(t), "postgres")) })
}

// New gives a world on one of the stores.
func New(t testing.TB, dialect string) *World {
	t.Helper()
	if dialect == "sqlite" {
		return open(t, template.SQLite(t), dialect)
	}
	return open(t, template.Postgres(t), dialect)
}

func open(t testing.TB, target, dialect string) *World {
	t.Helper()
	c := &Clock{at: Start}
	w, err := on(modelstest.Open(t, target, c.Now))
	if err != nil {
		t.Fatal(err)
	}
	w.Clock, w.Target, w.Dialect, w.next = c, target, dialect, 1
	w.Desk.Vault, w.Desk.Evidence = proof.Vault(t.TempDir()), work.EvidenceRules{Limit: 1 << 20}
	if p, ok := w.Press.(*referral.Press); ok {
		w.Desk.Index = p.Index
	}
	return w
}

func on(s *models.Store) (*World, error) {
	w := &World{Store: s}
	var err error
	if w.Press, err = press(); err != nil {
		return nil, err
	}
	if w.Policy, err = policy(); err != nil {
		return nil, err
	}
	s.FollowPolicy(w.Policy)
	r, err := rules()
	if err != nil {
		return nil, err
	}
	w.Desk = &work.Desk{Store: s, Rules: r, Log: slog.New(slog.DiscardHandler), Graph: &work.Graph{Store: s}}
	return w, nil
}

func table(text string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic("embedded table: " + err.Error())
	}
	return rows[1:]
}

// Word gives a Chinese text of the world.
func Word(key string) string {
	for _, r := range table(wordsCSV) {
		if r[0] == key {
			return r[1]
		}
	}
	panic("no word " + key)
}

var builder = models.System("test")

// fill makes the authorities, the users, and the company in 440304 with its red alert.
func fill(ctx context.Context, s *models.Store) error {
	for _, r := range table(authoritiesCSV) {
		in := models.NewAuthority{Code: r[0], Kind: models.AuthorityKind(r[1]), Name: r[2], NameEn: r[0], ShortName: r[3], DivisionCode: r[4]}
		if _, err := s.PutAuthority(ctx, builder, in); err != nil {
			return err
		}
	}
	for _, role := range table(rolesCSV) {
		for _, p := range Places {
			if err := addUser(ctx, s, role[0]+"_"+p.Relation, models.Role(role[1]), role[2], authorityOf(role[0], p.Division), p.Division, role[3]); err != nil {
				return err
			}
		}
	}
	for _, u := range [][]string{{"handler3_own", "case_handler", "4403020150"}, {"handler_nonumber", "case_handler", ""}, {"principal_unappointed", "principal", ""}} {
		if err := addUser(ctx, s, u[0], models.Role(u[1]), u[0], "lead-440300", "440300", u[2]); err != nil {
			return err
		}
	}
	for _, role := range []models.Role{models.RoleSystemAdmin, models.RoleSecurityAdmin, models.RoleAuditAdmin} {
		if err := addUser(ctx, s, strings.ReplaceAll(string(role), "_", ""), role, string(role), "admin", "000000", ""); err != nil {
			return err
		}
	}
	w, err := on(s)
	if err != nil {
		return err
	}
	if err := w.Desk.InstallRules(ctx, builder); err != nil {
		return err
	}
	return w.raise(ctx, "440304", 1)
}

// authorityOf gives the office that a role's user serves in; where the world has none there, the answer is empty.
func authorityOf(prefix, division string) string {
	switch prefix {
	case "line":
		return "line-440000"
	case "police", "proc":
		if division == "440000" || division == "440305" {
			return ""
		}
		return prefix + "-" + division
	default:
		return "lead-" + division
	}
}

func addUser(ctx context.Context, s *models.Store, name string, role models.Role, display, authority, division, number string) error {
	if authority == "" {
		return nil
	}
	in := models.NewUser{Name: name, Display: display, DisplayEn: name, Authority: authority, EnforcementNumber: number, PasswordHash: "x"}
	if _, err := s.AddUser(ctx, builder, in); err != nil {
		return fmt.Errorf("user %s: %w", name, err)
	}
	if err := s.GrantRole(ctx, builder, name, role, division); err != nil {
		return fmt.Errorf("grant of %s: %w", name, err)
	}
	if role != models.RolePrincipal || name == "principal_unappointed" {
		return nil
	}
	return s.Appoint(ctx, builder, name, "principal", "TEST-1", "2020-01-01", "")
}

// Actor gives a user of the world as the portal would see it now.
func (w *World) Actor(t testing.TB, name string) models.Actor {
	t.Helper()
	u, err := w.Store.UserByName(t.Context(), name)
	if err != nil {
		t.Fatalf("user %s: %v", name, err)
	}
	grants, err := w.Store.LiveGrants(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w.Policy.Actor(u, grants)
}

// Users lists the names of all users of the world.
func (w *World) Users(t testing.TB) []string {
	t.Helper()
	list, err := w.Store.UserLines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(list))
	for _, u := range list {
		names = append(names, u.Name)
	}
	return names
}
