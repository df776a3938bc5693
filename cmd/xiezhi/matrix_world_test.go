package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/authz"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/reference"
	"xiezhi/work"
)

// places are the divisions in which the world of the matrix has one object of each kind and state.
var places = []string{"440000", "440300", "440305", "440100", "430100"}

// moreUsers are needed beside the demonstration's people so that there are objects to attack in every place: name, role, office,
// division, enforcement number. handler9 is on no team; guest1 was granted nothing.
const moreUsers = `name,role,authority,division,enforcement_number
handler9,case_handler,lead-440300,440300,4403020199
supervisor9,supervisor,lead-440000,440000,
handler7,case_handler,lead-440000,440000,4400020107
handler8,case_handler,lead-440000,440000,4400020108
principal9,principal,lead-440000,440000,
principal5,principal,lead-440305,440305,
handler5,case_handler,lead-430100,430100,4301020105
handler6,case_handler,lead-430100,430100,4301020106
principal6,principal,lead-430100,430100,
guest1,,lead-440300,,
`

// crew is who carries the line of a place.
type crew struct {
	duty, boss, principal string
	team                  []string
}

var crews = map[string]crew{
	"440000": {"handler7", "supervisor9", "principal9", []string{"handler7", "handler8"}},
	"440300": {"duty1", "supervisor1", "principal1", []string{"handler1", "handler2"}},
	"440305": {"duty3", "supervisor1", "principal5", []string{"handler1", "handler2"}},
	"440100": {"duty2", "supervisor2", "principal2", []string{"handler3", "handler4"}},
	"430100": {"handler5", "other1", "principal6", []string{"handler5", "handler6"}},
}

// policeOf and procuratorateOf are the observers of a place's referrals; a district without its own has the city's.
var (
	policeOf        = map[string]string{"440300": "police1", "440305": "police1", "440100": "police2", "440000": "police-440000", "430100": "police-430100"}
	procuratorateOf = map[string]string{"440300": "proc1", "440305": "proc1"}
)

// plainPress prints nothing, fast; the HTTP side of the world prints with the real one.
type plainPress struct{}

func (plainPress) Number(office models.Office, _ string, year int, n int64) string {
	return fmt.Sprintf("%s〔%d〕第%d号", office.Short, year, n)
}

func (plainPress) Print(context.Context, models.Paper) ([]byte, int, error) {
	return []byte("%PDF-1.4 plain"), 1, nil
}

// province is the world of the matrix: for each kind of object (a referral with its state) and place the public reference.
type province struct {
	*site
	target  string
	objects map[string]map[string]string
	roles   map[string]string // user -> role, "none" without a grant
	home    map[string]string // user -> division
	policy  *authz.Policy
}

func (w *province) put(kind, place, ref string) {
	if w.objects[kind] == nil {
		w.objects[kind] = map[string]string{}
	}
	w.objects[kind][place] = ref
}

// newProvince builds the world on an empty portal.
func newProvince(t testing.TB, target string) *province {
	t.Helper()
	w := &province{site: emptySite(t, target), target: target, objects: map[string]map[string]string{}, roles: map[string]string{}, home: map[string]string{}}
	var err error
	if w.policy, err = authz.Load(); err != nil {
		t.Fatal(err)
	}
	w.p.desk.Places = work.Places{Folders: map[string]string{"drop": t.TempDir()}, Spool: t.TempDir()}
	w.people(t)
	w.alarm(t)
	for _, place := range places {
		w.facts(t, place)
	}
	if _, err := w.p.desk.Scan(t.Context(), byCommand, work.ScanOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, place := range places {
		w.line(t, place)
	}
	w.rules(t)
	return w
}

func (w *province) people(t testing.TB) {
	t.Helper()
	ctx, s := t.Context(), w.p.store
	hash, err := testHash()
	if err != nil {
		t.Fatal(err)
	}
	for code, kind := range map[string]models.AuthorityKind{"police-440000": models.PoliceUnit, "proc-440000": models.Procuratorate} {
		_, err := s.PutAuthority(ctx, byCommand, models.NewAuthority{Code: code, Kind: kind, Name: "广东省" + code, NameEn: code, ShortName: "粤", DivisionCode: "440000"})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range table(demoUsers) {
		if r[0] == "supervisor3" { // supervisor9 stands in the same place
			continue
		}
		w.roles[r[0]], w.home[r[0]] = r[1], r[5]
	}
	for _, r := range table(moreUsers) {
		name, role := r[0], r[1]
		if _, err := s.AddUser(ctx, byCommand, models.NewUser{Name: name, Display: name, DisplayEn: name, Authority: r[2], EnforcementNumber: r[4], PasswordHash: hash}); err != nil {
			t.Fatal(err)
		}
		w.roles[name], w.home[name] = "none", "440300"
		if role == "" {
			continue
		}
		w.roles[name], w.home[name] = role, r[3]
		if err := s.GrantRole(ctx, byCommand, name, models.Role(role), r[3]); err != nil {
			t.Fatal(err)
		}
		if role == "principal" {
			if err := s.Appoint(ctx, byCommand, name, "principal", "TEST-1", "2020-01-01", ""); err != nil {
				t.Fatal(err)
			}
		}
	}
}

type stateWay struct {
	state law.State
	way   string
}

// states are the states in which the world has a referral, with the events that lead there from the forming of the team.
var states = []stateWay{
	{law.StateTeamVerifying, ""},
	{law.StatePendingPrincipal, "submit_report"},
	{law.StateNotApproved, "submit_report reject"},
	{law.StateAdminContinues, "submit_report reject continue_admin"},
	{law.StateApproved, "submit_report approve"},
	{law.StateDelivered, "submit_report approve send"},
	{law.StateReceived, "submit_report approve send sign_receipt"},
	{law.StateSupplementRequested, "submit_report approve send sign_receipt request_supplement"},
	{law.StateUnderReview, "submit_report approve send sign_receipt start_review"},
	{law.StateNotFiled, "submit_report approve send sign_receipt start_review decline"},
	{law.StateCaseFiled, "submit_report approve send sign_receipt start_review file"},
	{law.StateHandedOver, "submit_report approve send sign_receipt start_review file hand_over"},
	{law.StateWithdrawn, "submit_report approve send sign_receipt start_review file withdraw"},
	{law.StateProsecuted, "submit_report approve send sign_receipt start_review file hand_over prosecute"},
	{law.StateJudged, "submit_report approve send sign_receipt start_review file hand_over prosecute judge"},
	{law.StateResultDue, "submit_report approve send sign_receipt start_review file hand_over prosecute non_prosecution"},
	{law.StateReconsideration, "submit_report approve send sign_receipt start_review decline request_reconsideration"},
	{law.StateSupervisionRequested, "submit_report approve send sign_receipt start_review decline request_supervision"},
	{law.StateReasonsDemanded, "submit_report approve send sign_receipt start_review decline request_supervision require_reasons"},
	{law.StateOrderedToFile, "submit_report approve send sign_receipt start_review decline request_supervision require_reasons order_filing"},
}

// facts loads what is known of a place: enough companies that promise 8 % a day, a person, an account, and a row that is refused.
func (w *province) facts(t testing.TB, place string) {
	t.Helper()
	dir := t.TempDir()
	var companies, products strings.Builder
	companies.WriteString("uscc,name,division_code,established_on\n")
	products.WriteString("id,company,name,area,promised_yield,yield_period\n")
	for i := range len(states) + 3 + moreCompanies {
		id := companyID(place, i)
		fmt.Fprintf(&companies, "%s,%s商贸%d号有限公司,%s,2026-06-01\n", id, place, i, place)
		fmt.Fprintf(&products, "%s-P,%s,天天返,WLTH,0.08,day\n", id, id)
	}
	files := map[string]string{
		"companies.csv": companies.String(),
		"products.csv":  products.String() + "bad-row,nobody,x,NOAREA,much,day\n",
		"persons.csv":   "id,name,division_code\nP" + place + ",张三丰," + place + "\n",
		"accounts.csv":  "number,institution_code,holder,division_code\nACC-" + place + ",BANK1,person:P" + place + "," + place + "\n",
	}
	var paths []string
	for _, name := range []string{"companies.csv", "persons.csv", "accounts.csv", "products.csv"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(files[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	rep, err := w.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "SAMR", Division: place})
	if err != nil || rep.Files[3].Refused != 1 {
		t.Fatalf("facts of %s: %+v %v", place, rep, err)
	}
	moved := filepath.Join(dir, "transfers.csv")
	if err := os.WriteFile(moved, []byte("id,from_account,to_account,amount,at\nT-"+place+",ACC-"+place+",ACC2-"+place+",12.50,2026-06-02T10:00:00Z\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if rep, err := w.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: []string{moved}, Source: "BANK", Division: place}); err != nil || rep.Files[0].Accepted != 1 {
		t.Fatalf("transfer of %s: %+v %v", place, rep, err)
	}
	w.put("transfer", place, "BANK T-"+place)
	w.mappings(t, place)
	w.put("batch", place, rep.Batch)
	w.put("company", place, companyID(place, 0))
	steward := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActConnectorChange: models.ScopeOf(place)}}
	conn, err := w.p.store.AddConnector(t.Context(), steward, models.NewConnector{Name: "登记交换", Kind: models.ConnectorFolder, PlaceName: "drop", Source: "SAMR",
		Table: models.TableCompanies, Division: place, EveryMinutes: 60}, []string{"drop"})
	if err != nil {
		t.Fatal(err)
	}
	w.put("connector", place, conn.Ref)
	w.put("fact", place, rep.Batch+" "+w.factHash(t, companyID(place, 0)))
	db := w.raw(t)
	for kind, key := range map[string]string{"person": "P" + place, "account": "ACC-" + place} {
		var ref string
		if err := db.QueryRow("SELECT ref FROM subjects WHERE kind = '" + kind + "' AND key = '" + key + "'").Scan(&ref); err != nil {
			t.Fatal(err)
		}
		w.put(kind, place, ref)
	}
}

// alarm makes a source late, so that there is an alarm to clear.
func (w *province) alarm(t testing.TB) {
	t.Helper()
	boss := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActSourceRead: models.ScopeOf("440000"), models.ActSourceChange: models.ScopeOf("440000")}}
	if err := w.p.store.ChangeSource(t.Context(), boss, "TAX", models.SourceChange{Name: "税务", NameEn: "Tax", Family: "TAX", Purpose: models.PurposeGeneral, FreshHours: 1}, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := w.raw(t).Exec("INSERT INTO source_alarms (source, kind, detail, raised_at) SELECT 'TAX', 'silent', '{}', registered_at FROM sources WHERE code = 'TAX'"); err != nil {
		t.Fatal(err)
	}
}

// factHash gives the digest of a company's registry fact.
func (w *province) factHash(t testing.TB, company string) string {
	t.Helper()
	all := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActCompanyRead: models.ScopeOf("000000")}}
	_, facts, err := w.p.store.Company(t.Context(), all, company, models.AsOf{})
	if err != nil || len(facts.Registry) != 1 {
		t.Fatal(company, err)
	}
	return facts.Registry[0].Hash
}

// owners are whose samples lie in each place.
var owners = map[string]string{"440000": "steward1", "440300": "duty1", "440305": "duty3", "440100": "duty2", "430100": "handler5"}

// mappings saves a mapping of the place's office, and keeps a sample there.
func (w *province) mappings(t testing.TB, place string) {
	t.Helper()
	ctx, s := t.Context(), w.p.store
	office, err := s.AuthorityByCode(ctx, "lead-"+place)
	if err != nil {
		t.Fatal(err)
	}
	user, err := s.UserByName(ctx, owners[place])
	if err != nil {
		t.Fatal(err)
	}
	actor := models.Actor{UserID: user.ID, Name: user.Name, AuthorityID: office.ID, Permits: map[models.Action]models.Scope{models.ActMappingChange: models.ScopeOf(place), models.ActMappingRead: models.ScopeOf(place)}}
	m, err := s.SaveMapping(ctx, actor, models.NewMapping{Name: "映射" + place, Table: models.TableCompanies, Body: "table: companies\ncolumns: {uscc: uscc, name: name}\n"})
	if err != nil {
		t.Fatal(err)
	}
	w.put("mapping", place, m.Ref)
	ref, err := models.NewSampleRef()
	if err != nil {
		t.Fatal(err)
	}
	sample := models.Sample{Ref: ref, Name: "companies.csv", Draft: `{"draft":{"table":"companies","points":{}}}`}
	if err := w.p.desk.Quarantine.Keep(&sample, strings.NewReader("uscc,name\nC-1,甲公司\n"), 1<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeepSample(ctx, actor, sample); err != nil {
		t.Fatal(err)
	}
	w.put("sample", place, ref)
}

func companyID(place string, i int) string { return fmt.Sprintf("M%s-%02d", place, i) }

// actor gives a user as the portal sees him.
func (w *province) actor(t testing.TB, name string) models.Actor {
	t.Helper()
	u, err := w.p.store.UserByName(t.Context(), name)
	if err != nil {
		t.Fatal(name, err)
	}
	grants, err := w.p.store.LiveGrants(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return w.policy.Actor(u, grants)
}

// line makes the alerts, cases and referrals of a place, one of each status and state.
func (w *province) line(t testing.TB, place string) {
	t.Helper()
	ctx, s, c := t.Context(), w.p.store, crews[place]
	all := models.Actor{Name: "test", Permits: map[models.Action]models.Scope{models.ActAlertRead: models.ScopeOf(place), models.ActAlertDismiss: models.ScopeOf(place)}}
	alert := func(i int) string {
		list, _, err := s.Alerts(ctx, all, models.AlertFilter{Subject: "company:" + companyID(place, i), Limit: 5})
		if err != nil || len(list) != 1 {
			t.Fatalf("alerts of company %d of %s: %d %v", i, place, len(list), err)
		}
		return list[0].Ref
	}
	w.put("alert", place, alert(0))
	w.put("dismissed", place, alert(1))
	if err := s.DismissAlert(ctx, all, alert(1), "duplicate", "", 0); err != nil {
		t.Fatal(err)
	}
	boss := w.actor(t, c.boss)
	for i := range len(states) + 1 {
		cs, err := s.OpenCase(ctx, boss, models.NewCase{Alerts: []string{alert(i + 2)}, Title: "涉嫌非法集资案", Officers: c.team})
		if err != nil {
			t.Fatalf("case of %s: %v", place, err)
		}
		if i == len(states) {
			w.put("case", place, cs)
			w.proof(t, place, cs)
			w.put("casework", place, cs)
			if _, err := s.SavePicture(ctx, boss, cs, models.CasePicture{Page: models.PageGraph, Query: "/graph?of=company:X", AsOf: s.Now(), Digest: strings.Repeat("0", 64), Note: "说明"}); err != nil {
				t.Fatal(err)
			}
			w.procedure(t, place, cs, alert(0))
			w.identity(t, place)
			w.life(t, place, alert, i+3)
			return
		}
		ref, err := s.FormTeam(ctx, boss, cs, c.team, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range strings.Fields(states[i].way) {
			in := models.ReferralInput{Fields: map[string]string{}}
			for k, v := range moveForm(event) {
				switch k {
				case "reason":
					in.Reason = v[0]
				case "note":
					in.Note = v[0]
				default:
					in.Fields[k] = v[0]
				}
			}
			if err := s.MoveReferral(ctx, w.mover(t, place, event), ref, law.Event(event), in, plainPress{}); err != nil {
				t.Fatalf("%s of %s: %v", event, place, err)
			}
		}
		w.put(string(states[i].state), place, ref)
	}
}

// mover gives who makes a move in a place.
func (w *province) mover(t testing.TB, place, event string) models.Actor {
	t.Helper()
	role := ""
	for _, m := range law.Moves() {
		if string(m.Event) == event {
			role = m.Actor
		}
	}
	office := func(of map[string]string, prefix, like string) models.Actor {
		code := of[place]
		if user := code; user != "" && !strings.Contains(user, "-") {
			return w.actor(t, user)
		}
		office, err := w.p.store.AuthorityByCode(t.Context(), cmp.Or(code, prefix+place))
		if err != nil {
			t.Fatal(err)
		}
		a := w.actor(t, like)
		a.AuthorityID = office.ID
		return a
	}
	switch role {
	case "principal":
		return w.actor(t, crews[place].principal)
	case "police_intake":
		return office(policeOf, "police-", "police1")
	case "procuratorate_observer":
		return office(procuratorateOf, "proc-", "proc1")
	default:
		return w.actor(t, crews[place].team[0])
	}
}

// moveForm is what a move asks for, filled in.
func moveForm(event string) url.Values {
	switch event {
	case "submit_report":
		return url.Values{"facts": {"该公司承诺每日返还8%，向不特定对象吸收资金。"}, "offence": {"176"}, "amount": {"8110000"}, "people": {"386"}, "loss": {"600000"}}
	case "resubmit":
		return url.Values{"facts": {"补充：参与人名册386人。"}}
	case "send":
		return url.Values{"item_list": {"无"}, "expert_report": {"无"}}
	case "reject", "request_supplement":
		return url.Values{"reason": {"请补充参与人名册"}}
	case "supply":
		return url.Values{"note": {"已补充银行流水"}}
	case "file", "decline":
		return url.Values{"approver": {"王局长"}, "number": {"深公经立字〔2026〕88号"}, "reason": {"有犯罪事实"}}
	case "accept":
		return url.Values{"approver": {"林远征"}}
	default:
		return laterForm(event)
	}
}

// laterForm is what the moves after delivery and the remedies ask for.
func laterForm(event string) url.Values {
	form := url.Values{"reason": {"案情需要，见所附文书"}}
	switch event {
	case "notify_police_early":
		return url.Values{"note": {"现场查获讲课返利，涉嫌犯罪"}}
	case "order_transfer":
		form["number"], form["due"] = []string{"粤府督〔2026〕3号"}, []string{"2090-01-01"}
	case "forward":
		form["approver"], form["to"] = []string{"王局长"}, []string{"police-430100"}
	case "not_police_matter":
		form["competent"] = []string{"市场监督管理部门"}
	case "extend_review", "overturn", "refile_on_new_facts", "request_reconsideration":
		form["approver"] = []string{"王局长"}
	case "hand_over":
		return url.Values{"item_list": {"账册三本"}, "receiver": {"李警官"}}
	case "non_prosecution":
		form["due"] = []string{"2090-01-01"}
	case "continue_admin", "start_review", "sign_receipt", "close", "approve":
		return url.Values{}
	}
	return form
}

// relation says how the object of a place lies to a user: where it is, or, for referrals, whether the user is on the team or in the
// office it was addressed to.
func (w *province) relation(kind, user, place string) string {
	worked := slices.Contains([]string{"casework", "measure", "clock", "joined"}, kind)
	if worked || kind == "held" || slices.ContainsFunc(states, func(s stateWay) bool { return string(s.state) == kind }) {
		switch {
		case slices.Contains(crews[place].team, user):
			return "team"
		case !worked && (policeOf[place] == user || procuratorateOf[place] == user):
			return "addressed"
		}
	}
	if slices.Contains(teamKinds, kind) && slices.Contains(crews[place].team, user) {
		return "team"
	}
	home := w.home[user]
	switch {
	case home == place:
		return "own"
	case home == reference.NationCode || slices.Contains(reference.Ancestors(place), home):
		return "child"
	case slices.Contains(reference.Ancestors(home), place):
		return "parent"
	case home[:2] == place[:2]:
		return "sibling"
	default:
		return "other"
	}
}

// standing is the relation of a user to what has no place: the rules of the installation are decided on by the people of its highest
// lead department.
func (w *province) standing(route, user string) string {
	decides := slices.ContainsFunc([]string{"/approve", "/confirm", "/enforce", "/reject"}, func(verb string) bool { return strings.HasSuffix(route, verb) })
	if decides && (strings.Contains(route, "/rules/") || strings.Contains(route, "/learned/")) && w.home[user] == "440000" {
		return "top"
	}
	return "-"
}

// users lists everybody in a fixed order.
func (w *province) users() []string {
	list := make([]string, 0, len(w.roles))
	for name := range w.roles {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// tokens gives everybody a bearer token.
func (w *province) tokens(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range w.users() {
		token, err := w.p.store.NewToken(t.Context(), byCommand, name, 8*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = token
	}
	return out
}
