package main

import (
	_ "embed"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"xiezhi/handlers"
	"xiezhi/law"
	"xiezhi/models"
)

// matrixText is who may do what, as a person reads it: route, roles, relations, the expected status, and whether business tables
// change. The first row that fits counts; * is every role that can sign in, or every relation. "nobody" is not signed in; where a
// route has no row for nobody, the rows "pages" and "api" hold. "none" is a user without any grant.
//
//go:embed testdata/matrix.csv
var matrixText string

type matrixRow struct {
	route            string
	roles, relations []string
	expected         string
	writes           bool
	used             bool
}

func (r *matrixRow) fits(role, relation string) bool {
	who := slices.Contains(r.roles, role) || r.roles[0] == "*" && role != "nobody"
	return who && (r.relations[0] == "*" || slices.Contains(r.relations, relation))
}

// matrix holds the rows by route.
type matrix map[string][]*matrixRow

func readMatrix(t testing.TB) matrix {
	t.Helper()
	in := csv.NewReader(strings.NewReader(matrixText))
	in.Comment = '#'
	all, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := matrix{}
	for _, r := range all[1:] {
		m[r[0]] = append(m[r[0]], &matrixRow{route: r[0], roles: strings.Fields(r[1]), relations: strings.Fields(r[2]), expected: r[3], writes: r[4] == "yes"})
	}
	return m
}

// expect finds the row of a cell, nil where the table says nothing.
func (m matrix) expect(route, role, relation string) *matrixRow {
	for _, r := range m[route] {
		if r.fits(role, relation) {
			r.used = true
			return r
		}
	}
	if role != "nobody" {
		return nil
	}
	general := "pages"
	if strings.Contains(route, " /api/") {
		general = "api"
	}
	m[general][0].used = true
	return m[general][0]
}

// attack is how a route is tried: on which kind of object, with which words in its path and query, and with which body, that is
// proven to be carried out for who may.
type attack struct {
	route string // method, path as in the route table, and a variant in brackets
	kind  string // the kind of object; empty where there is none
	query func(ref string) string
	words []string // pairs that fill the rest of the path
	form  func(place string) url.Values
	file  bool // the form carries a file
	fresh bool // the session ends or begins: not with the shared one
}

func (a attack) method() string { return strings.Fields(a.route)[0] }
func (a attack) path() string   { return strings.Fields(a.route)[1] }
func (a attack) api() bool      { return strings.HasPrefix(a.path(), "/api/") }

// places are those whose objects a route is tried on: a move beside the main line takes one that everybody stands differently to.
func (a attack) places() []string {
	_, event, _ := strings.Cut(a.route, "(")
	if later[strings.TrimSuffix(event, ")")] {
		return places[slices.Index(places, "440300"):][:1]
	}
	if a.kind == "handoff" || a.kind == "phrase" { // three offices have a part in it, so that one says everything
		return places[slices.Index(places, "440300"):][:1]
	}
	for _, part := range []string{"/moves/", "/measures", "/clocks/", "/objections/", "/handoff", "/alerts/join", "/alerts/split", "/hold", "/release", "/bulletins", "/evidence", "/dossiers", "/papers", "/work", "/notes", "/tasks"} {
		if a.api() && strings.Contains(a.path(), part) { // the page, the same verb, is tried everywhere
			return places[slices.Index(places, "440300"):][:1]
		}
	}
	return places
}

// address fills the path with an object.
func (a attack) address(ref string) string {
	ref, hash, _ := strings.Cut(ref, " ") // a fact is named by its batch and its digest
	pairs := append(slices.Clone(a.words), ":ref", url.PathEscape(ref), ":id", url.PathEscape(ref), ":hash", hash, ":code", ref, ":key", hash, ":measure", hash, ":clock", hash, ":bulletin", hash)
	if hash != "" {
		pairs = append(pairs, ":number", hash)
	}
	path := strings.NewReplacer(pairs...).Replace(a.path())
	if a.query != nil {
		if a.kind == "transfer" { // named by its source and the number that is asked for
			ref = hash
		}
		path += a.query(ref)
	}
	return path
}

func none(string) url.Values { return url.Values{} }

func same(v url.Values) func(string) url.Values {
	return func(string) url.Values {
		c := url.Values{}
		for k, list := range v {
			c[k] = slices.Clone(list)
		}
		return c
	}
}

// connectorForm is a watched folder, which the operator named.
func connectorForm(name string) url.Values {
	return url.Values{"kind": {"folder"}, "name": {name}, "place_name": {"drop"}, "source": {"SAMR"}, "table": {"companies"}, "every_minutes": {"15"}}
}

// alertForms are the bodies of the verbs of an alert.
var alertForms = map[string]func(string) url.Values{
	"accept": none, "reopen": none,
	"dismiss": same(url.Values{"reason": {"duplicate"}, "note": {"重复"}}),
	"snooze":  same(url.Values{"until": {"2026-11-25"}, "reason": {"等待补充材料"}}),
	"propose": same(url.Values{"note": {"建议立案"}}),
	"assign":  func(place string) url.Values { return url.Values{"user": {crews[place].duty}} },
}

// mappingForm saves a mapping by the API.
var mappingForm = url.Values{"name": {"接口映射"}, "note": {"由接口保存"}, "body": {"table: persons\ncolumns: {id: id, name: name}\n"}}

// attacks is every way in. A route of the portal that is missing here, or has no rows in the table, fails the test.
func (w *province) attacks() []attack {
	list := []attack{
		{route: "GET /login", fresh: true}, {route: "POST /login", fresh: true, form: same(url.Values{"user": {"duty1"}, "password": {testPassword}})},
		{route: "GET /locale"}, {route: "POST /logout", fresh: true, form: none}, {route: "GET /"}, {route: "GET /me"},
		{route: "POST /me/mail", form: same(url.Values{"email": {"a@example.cn"}, "on": {"yes"}})},
		{route: "POST /me/prefer", form: same(url.Values{"theme": {"dark"}, "locale": {"en"}})}, {route: "GET /search", query: func(string) string { return "?q=x" }},
		{route: "GET /alerts", query: func(string) string { return "?view=all" }}, {route: "GET /companies"}, {route: "GET /dashboard"}, {route: "GET /cases"}, {route: "GET /referrals", query: func(string) string { return "?view=all" }}, {route: "GET /desk"}, {route: "GET /batches"},
		{route: "GET /sources"}, {route: "GET /sources/:code", words: []string{":code", "SAMR"}}, {route: "GET /connectors/new"},
		{route: "POST /sources/:code/change", words: []string{":code", "SAMR"}, form: same(url.Values{"name": {"市场监管"}, "name_en": {"Registry"}, "family": {"SAMR"}, "purpose": {"general"}, "fresh_hours": {"24"}})},
		{route: "POST /sources/:code/clear", words: []string{":code", "TAX"}, form: none},
		{route: "POST /connectors", form: same(connectorForm("新连接"))}, {route: "GET /connectors/:ref", kind: "connector"},
		{route: "POST /connectors/:ref/change", kind: "connector", form: same(connectorForm("改名"))},
		{route: "GET /batches/:ref/facts/:hash", kind: "fact"}, {route: "POST /batches/:ref/facts/:hash/retract", kind: "fact", form: same(url.Values{"reason": {"来源书面更正"}})},
		{route: "POST /batches/:ref/withdraw", kind: "batch", form: same(url.Values{"reason": {"误传，重新报送"}})},
		{route: "POST /api/v1/batches/:ref/withdraw", kind: "batch", form: same(url.Values{"reason": {"误传，重新报送"}})},
		{route: "GET /sources/:code/transfers/:key", kind: "transfer"}, {route: "POST /sources/:code/transfers/:key/withdraw", kind: "transfer", form: same(url.Values{"reason": {"来源书面更正"}})},
		{route: "GET /sources/:code/transfers", kind: "transfer", query: func(key string) string { return "?key=" + key }},
		{route: "GET /api/v1/mappings"}, {route: "GET /api/v1/mappings/:ref", kind: "mapping"},
		{route: "POST /api/v1/mappings", form: same(mappingForm)}, {route: "POST /api/v1/mappings/:ref", kind: "mapping", form: same(mappingForm)},
		{route: "POST /api/v1/mappings/:ref/share", kind: "mapping", form: same(url.Values{"sharing": {"all"}})},
		{route: "GET /mappings"}, {route: "GET /mappings/new"}, {route: "POST /mappings/new", form: none, file: true}, {route: "GET /mappings/:ref", kind: "mapping"},
		{route: "POST /mappings/:ref/share", kind: "mapping", form: same(url.Values{"sharing": {"all"}})}, {route: "GET /mappings/:ref/versions/:number", kind: "mapping", words: []string{":number", "1"}},
		{route: "GET /mappings/drafts/:ref", kind: "sample"}, {route: "POST /mappings/drafts/:ref", kind: "sample", form: same(url.Values{"do": {"preview"}, "table": {"companies"}})},
		{route: "GET /scans"}, {route: "GET /admin/users"}, {route: "GET /admin/grants"}, {route: "GET /admin/audit"}, {route: "GET /healthz"}, {route: "GET /readyz"},
		{route: "POST /scans", form: same(url.Values{"all": {"true"}})}, {route: "POST /batches", form: same(url.Values{"table": {"companies"}}), file: true},
		{route: "POST /admin/audit/verify", form: none}, {route: "POST /alerts/next", form: none},
		{route: "POST /alerts/bulk", kind: "alert", form: func(place string) url.Values {
			return url.Values{"alert": {w.objects["alert"][place]}, "verb": {"accept"}}
		}},
		{route: "GET /cases/new", kind: "alert", query: func(ref string) string { return "?alert=" + ref }},
		{route: "POST /cases", kind: "alert", form: func(place string) url.Values {
			return url.Values{"alert": {w.objects["alert"][place]}, "title": {"涉嫌非法集资案"}, "officer": crews[place].team}
		}},
		{route: "POST /api/v1/cases", kind: "alert", form: func(place string) url.Values {
			return url.Values{"alerts": {w.objects["alert"][place]}, "title": {"涉嫌非法集资案"}, "officers": crews[place].team}
		}},
		{route: "GET /desk (ref)", kind: string(law.StateReceived), query: func(ref string) string { return "?ref=" + ref }},
		{route: "GET /api/v1/alerts"}, {route: "GET /api/v1/cases"}, {route: "GET /api/v1/referrals"}, {route: "GET /api/v1/openapi.yaml"},
		{route: "POST /api/v1/facts/:table", words: []string{":table", "companies"}, form: none},
		{route: "GET /companies/:id", kind: "company"}, {route: "GET /api/v1/companies/:id", kind: "company"},
		{route: "GET /persons/:ref", kind: "person"}, {route: "GET /accounts/:ref", kind: "account"},
		{route: "GET /batches/:ref", kind: "batch"}, {route: "GET /batches/:ref/files/:position/refused", kind: "batch", words: []string{":position", "3"}},
	}
	for _, question := range []string{"neighbours", "controllers", "group", "keyfigures"} {
		list = append(list, attack{route: "GET /api/v1/graph/" + question, kind: "company", query: func(ref string) string { return "?of=company:" + ref }})
	}
	list = append(list, attack{route: "GET /graph", kind: "company", query: func(ref string) string { return "?of=company:" + ref }},
		attack{route: "GET /graph/money", kind: "account", query: func(ref string) string { return "?account=account:" + ref }},
		attack{route: "GET /api/v1/graph/cycles"},
		attack{route: "GET /graph/moneypath", kind: "account", query: func(ref string) string { return "?source=account:" + ref + "&target=account:" + ref }},
		attack{route: "GET /api/v1/graph/moneypath", kind: "account", query: func(ref string) string { return "?source=account:" + ref + "&target=account:" + ref }},
		attack{route: "GET /api/v1/graph/path", kind: "company", query: func(ref string) string { return "?from=company:" + ref + "&to=company:" + ref }},
		attack{route: "GET /api/v1/graph/trace", kind: "account", query: func(ref string) string { return "?account=account:" + ref }})
	keep := func(place string) url.Values {
		return url.Values{"question": {"/graph?of=company:" + w.objects["company"][place]}, "note": {"说明"}}
	}
	list = append(list, attack{route: "POST /cases/:ref/keep", kind: "case", form: keep}, attack{route: "POST /api/v1/cases/:ref/keep", kind: "case", form: keep}, attack{route: "GET /cases/:ref/pictures/:number", kind: "case", words: []string{":number", "1"}})
	for _, question := range []string{"rings", "clusters", "hubs", "sums"} {
		list = append(list, attack{route: "GET /graph/" + question}, attack{route: "GET /api/v1/graph/" + question})
	}
	list = append(append(list, w.procedures()...), identities()...)
	for _, verb := range []string{"pause", "resume", "run"} {
		list = append(list, attack{route: "POST /connectors/:ref/" + verb, kind: "connector", form: none})
	}
	for _, noun := range []string{"persons", "accounts"} {
		list = append(list, attack{route: "POST /" + noun + "/:ref/reveal", kind: strings.TrimSuffix(noun, "s"), form: func(place string) url.Values {
			return url.Values{"purpose": {"INVESTIGATE_CASE"}, "case": {w.objects["case"][place]}, "password": {testPassword}}
		}})
	}
	for _, base := range []string{"", "/api/v1"} {
		list = append(list, attack{route: "GET " + base + "/alerts/:ref", kind: "alert"}, attack{route: "GET " + base + "/cases/:ref", kind: "case"})
		for verb, form := range alertForms {
			kind := "alert"
			if verb == "reopen" {
				kind = "dismissed"
			}
			list = append(list, attack{route: "POST " + base + "/alerts/:ref/" + verb, kind: kind, form: form})
		}
		officers := map[string]string{"": "officer", "/api/v1": "officers"}[base]
		list = append(list, attack{route: "POST " + base + "/cases/:ref/referral", kind: "case", form: func(place string) url.Values {
			return url.Values{officers: crews[place].team}
		}})
		for variant, state := range map[string]law.State{"unsent": law.StateTeamVerifying, "refused": law.StateNotApproved, "sent": law.StateReceived} {
			list = append(list, attack{route: "GET " + base + "/referrals/:ref (" + variant + ")", kind: string(state)})
		}
		for variant, state := range map[string]law.State{"unsent": law.StatePendingPrincipal, "refused": law.StateNotApproved, "sent": law.StateReceived} {
			list = append(list, attack{route: "GET " + base + "/referrals/:ref/documents/:kind (" + variant + ")", kind: string(state), words: []string{":kind", "report"}})
		}
		for event, state := range eventsFrom {
			if base == "" && later[event] { // one way in is enough: both are the same verb
				continue
			}
			list = append(list, attack{route: "POST " + base + "/referrals/:ref/:event (" + event + ")", kind: string(state), words: []string{":event", event},
				form: func(string) url.Values { return moveForm(event) }})
		}
	}
	list = append(append(append(list, proofAttacks()...), workAttacks()...), w.lifeAttacks()...)
	list = append(list, w.ruleAttacks()...)
	slices.SortFunc(list, func(a, b attack) int { return strings.Compare(a.route, b.route) })
	return list
}

// eventsFrom gives for each event a state from which it starts; no_event is not in the machine.
var eventsFrom = map[string]law.State{
	"submit_report": law.StateTeamVerifying, "approve": law.StatePendingPrincipal, "reject": law.StatePendingPrincipal, "resubmit": law.StateNotApproved,
	"continue_admin": law.StateNotApproved, "send": law.StateApproved, "sign_receipt": law.StateDelivered, "request_supplement": law.StateReceived,
	"supply": law.StateSupplementRequested, "start_review": law.StateReceived, "file": law.StateUnderReview, "decline": law.StateUnderReview,
	"accept": law.StateNotFiled, "close": law.StateAdminContinues, "no_event": law.StateReceived,

	"notify_police_early": law.StateTeamVerifying, "order_transfer": law.StateNotApproved, "procuratorial_opinion": law.StateNotApproved, "forward": law.StateReceived,
	"not_police_matter": law.StateReceived, "extend_review": law.StateUnderReview, "ask_further_enquiry": law.StateUnderReview, "report_police_overdue": law.StateUnderReview,
	"hand_over": law.StateCaseFiled, "jurisdiction_changed": law.StateCaseFiled, "urge": law.StateCaseFiled, "withdraw": law.StateCaseFiled, "prosecute": law.StateHandedOver,
	"non_prosecution": law.StateProsecuted, "judge": law.StateProsecuted, "court_sends_back": law.StateJudged, "reopen": law.StateWithdrawn, "report_result": law.StateResultDue,
	"request_reconsideration": law.StateNotFiled, "affirm": law.StateReconsideration, "overturn": law.StateReconsideration, "request_supervision": law.StateNotFiled,
	"refile_on_new_facts": law.StateNotFiled, "require_reasons": law.StateSupervisionRequested, "no_basis": law.StateSupervisionRequested, "explain": law.StateReasonsDemanded,
	"reasons_stand": law.StateReasonsDemanded, "order_filing": law.StateReasonsDemanded, "correct": law.StateOrderedToFile, "new_facts": law.StateAdminContinues,
}

// later are the moves beside the main line.
var later = map[string]bool{"notify_police_early": true, "order_transfer": true, "procuratorial_opinion": true, "forward": true, "not_police_matter": true, "extend_review": true,
	"ask_further_enquiry": true, "report_police_overdue": true, "hand_over": true, "jurisdiction_changed": true, "urge": true, "withdraw": true, "prosecute": true,
	"non_prosecution": true, "judge": true, "court_sends_back": true, "reopen": true, "report_result": true, "request_reconsideration": true, "affirm": true, "overturn": true,
	"request_supervision": true, "refile_on_new_facts": true, "require_reasons": true, "no_basis": true, "explain": true, "reasons_stand": true, "order_filing": true,
	"correct": true, "new_facts": true}

// unknownRef is the reference of an object of the kind that does not exist, in its form.
func unknownRef(kind string) string {
	switch kind {
	case "alert", "dismissed":
		return "YJ-440300-2026-99999"
	case "evidence":
		return "ZJ-440300-2026-99999"
	case "dossier":
		return "JZ-440300-2026-99999"
	case "paper", "issued":
		return "WS-440300-2026-99999"
	case "phrase":
		return "- 999999999"
	case "handoff":
		return "GX-440300-2026-99999"
	case "case", "casework", "file", "joined":
		return "AJ-440300-2026-99999"
	case "bulletin":
		return "AJ-440300-2026-99999 GG-440300-2026-99999"
	case "public":
		return "GG-440300-2026-99999"
	case "decided":
		return "AJ-440300-2026-99999 999999999"
	case "measure":
		return "AJ-440300-2026-99999 CS-440300-2026-99999"
	case "clock":
		return "AJ-440300-2026-99999 999999999"
	case "suppression":
		return "PB-440300-2026-99999"
	case "objection":
		return "YY-440300-2026-99999"
	case "batch":
		return "PC-440300-2026-99999"
	case "connector":
		return "LJ-440300-2026-99999"
	case "transfer":
		return "BANK T-unknown"
	case "fact":
		return "PC-440300-2026-99999 " + strings.Repeat("0", 64)
	case "company":
		return "M440300-99"
	case "mapping":
		return "DY-440300-2026-99999"
	case "sample":
		return strings.Repeat("0", 32)
	case "person", "account", "identity":
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	default:
		return "YS-440300-2026-99999"
	}
}

// TestMatrixIsComplete fails for a route, an open event or a table row that the matrix does not try.
func TestMatrixIsComplete(t *testing.T) {
	m := readMatrix(t)
	w := &province{objects: map[string]map[string]string{}}
	tried, routes := map[string]bool{}, map[string]bool{}
	for _, a := range w.attacks() {
		if len(m[a.route]) == 0 {
			t.Errorf("the table has no rows for %s", a.route)
		}
		tried[a.route] = true
		routes[a.method()+" "+a.path()] = true
	}
	for _, r := range (&handlers.App{Store: &models.Store{}}).Routes() {
		if !routes[r.Method+" "+r.Path] {
			t.Errorf("the matrix does not try %s %s", r.Method, r.Path)
		}
		delete(routes, r.Method+" "+r.Path)
		if r.Access == handlers.Public && (r.Method != http.MethodGet && r.Path != "/login") {
			t.Errorf("%s %s is open to all", r.Method, r.Path)
		}
	}
	for r := range routes {
		t.Errorf("the matrix tries %s, which is no route", r)
	}
	for r := range m {
		if !tried[r] && r != "pages" && r != "api" {
			t.Errorf("the table has rows for %s, which is not tried", r)
		}
	}
	for _, move := range law.Moves() {
		if move.Event != law.EventFormTeam && eventsFrom[string(move.Event)] == "" {
			t.Errorf("the matrix does not try the event %s", move.Event)
		}
	}
}
