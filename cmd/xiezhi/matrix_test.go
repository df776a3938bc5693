package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"xiezhi/models/modelstest"
)

// ledger watches the business tables of a database from outside: triggers note every row that is written, hashes prove the triggers,
// and copies undo what a carried-out act wrote.
type ledger struct {
	db       *sql.DB
	postgres bool
	tables   []string
	base     map[string]string
}

// unwatched are the tables that reading and refusing write.
var unwatched = []string{"audit_entries", "audit_head", "sessions", "known_devices", "goose_db_version"}

func newLedger(t testing.TB, target string) *ledger {
	t.Helper()
	l := &ledger{db: modelstest.Raw(t, target), postgres: strings.HasPrefix(target, "postgres")}
	dialect := "sqlite"
	if l.postgres {
		dialect = "postgres"
	}
	for _, name := range modelstest.Tables(t, l.db, dialect) {
		if !slices.Contains(unwatched, name) {
			l.tables = append(l.tables, name)
		}
	}
	l.exec(t, "CREATE TABLE zz_touched (name TEXT NOT NULL)")
	if l.postgres {
		l.exec(t, "CREATE FUNCTION zz_touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO zz_touched VALUES (TG_TABLE_NAME); RETURN NULL; END$$")
	}
	for _, name := range l.tables {
		l.exec(t, "CREATE TABLE zz_copy_"+name+" AS SELECT * FROM "+name)
		if l.postgres {
			l.exec(t, "CREATE TRIGGER zz_touch AFTER INSERT OR UPDATE OR DELETE ON "+name+" FOR EACH ROW EXECUTE FUNCTION zz_touch()")
			continue
		}
		for _, act := range []string{"INSERT", "UPDATE", "DELETE"} {
			l.exec(t, "CREATE TRIGGER zz_"+act+"_"+name+" AFTER "+act+" ON "+name+" BEGIN INSERT INTO zz_touched VALUES ('"+name+"'); END")
		}
	}
	l.base = l.hashes(t)
	return l
}

func (l *ledger) exec(t testing.TB, statement string) {
	t.Helper()
	if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// touched lists the business tables that were written since it was last asked or restored.
func (l *ledger) touched(t testing.TB) []string {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), "SELECT DISTINCT name FROM zz_touched ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// restore puts tables back to how they were when the ledger was made.
func (l *ledger) restore(t testing.TB, tables []string) {
	t.Helper()
	tx, err := l.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	if l.postgres {
		lines = append(lines, "SET LOCAL session_replication_role = replica")
	}
	for _, name := range tables {
		lines = append(lines, "DELETE FROM "+name, "INSERT INTO "+name+" SELECT * FROM zz_copy_"+name)
	}
	for _, line := range append(lines, "DELETE FROM zz_touched") {
		if _, err := tx.ExecContext(t.Context(), line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// hashes gives a digest of all rows of each business table.
func (l *ledger) hashes(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range l.tables {
		rows, err := l.db.QueryContext(t.Context(), "SELECT * FROM "+name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = hashRows(t, rows)
	}
	return out
}

func hashRows(t testing.TB, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprint(values...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	sum := sha256.Sum256([]byte(strings.Join(list, "\n")))
	return hex.EncodeToString(sum[:])
}

// person is a user with an open session, its form token and a bearer token; nobody has none of them.
type person struct {
	*visitor
	form, bearer string
}

// raw reads one query's single row, past the portal.
func (w *province) raw(t testing.TB) *sql.DB {
	t.Helper()
	return modelstest.Raw(t, w.target)
}

// request builds the request of an attack on an object.
func (a attack) request(t testing.TB, who person, base, ref, place string) *http.Request {
	t.Helper()
	var body io.Reader = http.NoBody
	kind := ""
	if a.form != nil {
		form := a.form(place)
		if a.kind == "alert" && !strings.Contains(a.path(), ":") {
			for _, name := range []string{"alert", "alerts"} {
				if form.Has(name) {
					form.Set(name, ref)
				}
			}
		}
		switch {
		case a.api() && strings.Contains(a.path(), "/facts/"):
			body, kind = strings.NewReader(`{"uscc":"NEW-1","name":"新公司"}`), "application/x-ndjson"
		case a.api() && strings.HasSuffix(a.path(), "/evidence"):
			body, kind = strings.NewReader("a list of "+place), "application/octet-stream"
		case a.api():
			body, kind = strings.NewReader(jsonBody(t, form)), "application/json"
		case a.file:
			body, kind = multipartBody(t, form, who.form)
		default:
			form.Set("token", who.form)
			body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), a.method(), base+a.address(ref), body)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if a.api() && who.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+who.bearer)
	}
	return req
}

// jsonBody writes a form as the API takes it: words of a move that are its own go into fields.
func jsonBody(t testing.TB, form url.Values) string {
	t.Helper()
	in, fields := map[string]any{}, map[string]string{}
	for k, v := range form {
		if k == "title" && form.Has("body") {
			fields[k] = v[0]
			continue
		}
		switch k {
		case "alerts", "officers", "documents":
			in[k] = v
		case "facts", "offence", "amount", "people", "loss", "evidence", "proposal", "item_list", "expert_report", "approver", "number", "to", "due", "receiver", "competent",
			"plan", "kind", "object", "channel", "party", "contact", "statement", "reviewer", "days", "ground":
			fields[k] = v[0]
		case "body": // of a bulletin; a mapping has it beside its name
			if form.Has("name") {
				in[k] = v[0]
			} else {
				fields[k] = v[0]
			}
		case "version":
			n, err := strconv.Atoi(v[0])
			if err != nil {
				t.Fatal(err)
			}
			in[k] = n
		default:
			in[k] = v[0]
		}
	}
	if len(fields) > 0 {
		in["fields"] = fields
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func multipartBody(t testing.TB, form url.Values, token string) (io.Reader, string) {
	t.Helper()
	var buf bytes.Buffer
	out := multipart.NewWriter(&buf)
	form.Set("token", token)
	for k, v := range form {
		if err := out.WriteField(k, v[0]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := out.CreateFormFile("file", "companies.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte("uscc,name\nNEW-1,新公司\n")); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return &buf, out.FormDataContentType()
}

// sieve is a run of the matrix: its cells counted, and which acts somebody could carry out.
type sieve struct {
	w       *province
	l       *ledger
	m       matrix
	people  map[string]person
	hidden  map[string][]string // user -> references that must not be in a list
	cells   int
	carried map[string]int
}

func newSieve(t *testing.T, target string) *sieve {
	t.Helper()
	w := newProvince(t, target)
	s := &sieve{w: w, m: readMatrix(t), people: map[string]person{}, carried: map[string]int{}}
	tokens := w.tokens(t)
	for _, name := range w.users() {
		v := w.as(t, name)
		s.people[name] = person{visitor: v, form: v.token(), bearer: tokens[name]}
	}
	s.people["nobody"] = person{visitor: w.visitor(t)}
	w.roles["nobody"], w.home["nobody"] = "nobody", "440300"
	s.hide()
	s.l = newLedger(t, target)
	return s
}

// hide notes for each user the objects that the table says do not exist for him. The trail of the audit administrator names objects and
// is left out; so are cases, which a referral names to those who read it.
func (s *sieve) hide() {
	s.hidden = map[string][]string{}
	pages := map[string]string{"alert": "GET /alerts/:ref", "dismissed": "GET /alerts/:ref", "company": "GET /companies/:id", "person": "GET /persons/:ref",
		"account": "GET /accounts/:ref", "batch": "GET /batches/:ref", "mapping": "GET /mappings/:ref", "TEAM_VERIFYING": "GET /referrals/:ref (unsent)", "NOT_APPROVED": "GET /referrals/:ref (refused)",
		"RECEIVED": "GET /referrals/:ref (sent)", "PENDING_PRINCIPAL": "GET /referrals/:ref (unsent)", "DELIVERED": "GET /referrals/:ref (sent)"}
	for user := range s.w.roles {
		for kind, page := range pages {
			for place, ref := range s.w.objects[kind] {
				if row := s.m.expect(page, s.w.roles[user], s.w.relation(kind, user, place)); row == nil || row.expected != "200" {
					s.hidden[user] = append(s.hidden[user], ref)
				}
			}
		}
	}
}

// who gives the person that tries: the shared session, or one of its own where the act ends or begins a session.
func (s *sieve) who(t testing.TB, a attack, user string) person {
	t.Helper()
	if !a.fresh {
		return s.people[user]
	}
	if user == "nobody" {
		return person{visitor: s.w.visitor(t)}
	}
	v := s.w.as(t, user)
	p := person{visitor: v, form: v.token(), bearer: s.people[user].bearer}
	s.l.restore(t, s.l.touched(t))
	return p
}

// try makes one cell: the status of the table, the bytes of an unknown object where it says 404, tables written only where it says so.
func (s *sieve) try(t *testing.T, a attack, user, place, ref, relation string, absent *reply) reply {
	t.Helper()
	s.cells++
	cell := a.route + " as " + user + " (" + s.w.roles[user] + ") on " + relation + " " + place
	row := s.m.expect(a.route, s.w.roles[user], relation)
	if row == nil {
		t.Errorf("%s: the table says nothing", cell)
		return reply{}
	}
	who := s.who(t, a, user)
	got := who.do(a.request(t, who, s.w.URL, ref, place))
	written := s.l.touched(t)
	if strconv.Itoa(got.status) != row.expected {
		t.Errorf("%s: %d, want %s\n%.300s", cell, got.status, row.expected, strings.Join(strings.Fields(got.body), " "))
	}
	if got.status == http.StatusNotFound && absent != nil && got.body != absent.body {
		t.Errorf("%s: the answer differs from that of an unknown object", cell)
	}
	if id := got.header.Get("X-Request-Id"); got.status >= 400 && (id == "" || strings.Contains(got.body, id)) {
		t.Errorf("%s: request id %q is missing, or in the body", cell, id)
	}
	if user == "nobody" && got.status == http.StatusSeeOther && row.route == "pages" && !strings.HasPrefix(got.header.Get("Location"), "/login") {
		t.Errorf("%s: leads to %s", cell, got.header.Get("Location"))
	}
	if row.writes != (len(written) > 0) {
		t.Errorf("%s: wrote %v, the table says %v", cell, written, row.writes)
	}
	if got.status < 400 && s.w.roles[user] != "nobody" {
		s.carried[a.route]++
	}
	if a.kind == "" && a.method() == http.MethodGet && a.path() != "/admin/audit" {
		for _, ref := range s.hidden[user] {
			if strings.Contains(got.body, ref) {
				t.Errorf("%s: the list shows %s, which does not exist for the user", cell, ref)
			}
		}
	}
	if len(written) > 0 {
		s.l.restore(t, written)
	}
	return got
}

// route tries one route on an object that there is not, and on those of other places: in every role and relation, as the one or the
// other of those who stand alike, by turns; all of them where everything is asked for.
func (s *sieve) route(t *testing.T, a attack, turn int) {
	t.Helper()
	alike := map[string][]string{}
	for _, user := range s.w.users() {
		if a.kind == "" {
			s.try(t, a, user, "440300", "", s.w.standing(a.route, user), nil)
			continue
		}
		for _, place := range a.places() {
			key := s.w.roles[user] + " " + s.w.relation(a.kind, user, place)
			alike[key] = append(alike[key], user+" "+place)
		}
	}
	places := map[string][]string{}
	for _, list := range alike {
		if os.Getenv("XIEZHI_MATRIX_ALL") == "" {
			list = list[turn%len(list):][:1]
		}
		for _, pair := range list {
			user, place, _ := strings.Cut(pair, " ")
			places[user] = append(places[user], place)
		}
	}
	for _, user := range slices.Sorted(maps.Keys(places)) {
		absent := s.try(t, a, user, "440300", unknownRef(a.kind), "unknown", nil)
		slices.Sort(places[user])
		for _, place := range places[user] {
			s.try(t, a, user, place, s.w.objects[a.kind][place], s.w.relation(a.kind, user, place), &absent)
		}
	}
	if turn%8 == 7 {
		s.unchanged(t, a)
	}
}

// unchanged holds that nothing was written past the triggers by a route or the seven before it.
func (s *sieve) unchanged(t *testing.T, a attack) {
	t.Helper()
	if now := s.l.hashes(t); !maps.Equal(now, s.l.base) {
		for name := range now {
			if now[name] != s.l.base[name] {
				t.Errorf("%s or one shortly before it: table %s was changed past the triggers", a.route, name)
			}
		}
		s.l.restore(t, s.l.tables)
	}
}

// waits says that a route is lawful for nobody in the world as it stands: the event is none, its limit is not over, or there is nothing to merge.
func waits(route string) bool {
	return slices.ContainsFunc([]string{"(no_event)", "(urge)", "(correct)", "(report_police_overdue)", "/merge", "/unmerge"}, func(s string) bool { return strings.HasSuffix(route, s) })
}

// TestMatrix tries every route as every user on objects in the user's own division, below, above, beside it, in another province, and
// on none at all; of those who stand alike to an object one by turns, all with XIEZHI_MATRIX_ALL; on PostgreSQL, every fifth route.
func TestMatrix(t *testing.T) {
	only := strings.Split(os.Getenv("XIEZHI_MATRIX"), ",") // parts of routes, for work on them; all without
	run := func(t *testing.T, target string, every int) {
		s := newSieve(t, target)
		routes, last := 0, attack{}
		for i, a := range s.w.attacks() {
			if i%every != 0 || !slices.ContainsFunc(only, func(part string) bool { return strings.Contains(a.route, part) }) {
				continue
			}
			s.route(t, a, routes)
			routes++
			last = a
			if s.carried[a.route] == 0 && !waits(a.route) {
				t.Errorf("%s: nobody may, so its refusals prove nothing", a.route)
			}
		}
		s.unchanged(t, last)
		t.Logf("%d cells of %d routes", s.cells, routes)
		if every > 1 || only[0] != "" {
			return
		}
		for _, rows := range s.m {
			for _, r := range rows {
				if !r.used {
					t.Errorf("no cell meets the row %s, %v, %v", r.route, r.roles, r.relations)
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(fastDir(t), "matrix.db"), 1) })
	t.Run("postgres", func(t *testing.T) { run(t, modelstest.Postgres(t), 5) })
}
