package law

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/law.md anew")

// papers are the documents that the portal makes with an event.
var papers = map[Event]string{EventSubmitReport: "report", EventResubmit: "report", EventReject: "not_approved", EventSend: "letter", EventSignReceipt: "receipt",
	EventSupply: "supplement", EventNotifyPoliceEarly: "early_notice", EventHandOver: "hand_over", EventRequestReconsideration: "reconsideration",
	EventRequestSupervision: "supervision", EventReportPoliceOverdue: "overdue", EventReportResult: "result"}

// proofs are the tests, in models, that make an event and hold what it does against the law, beside the walk, which makes all.
var proofs = map[Event]string{EventForward: "TestForward", EventExtendReview: "TestExtendReview", EventReportPoliceOverdue: "TestMovesThatWait", EventUrge: "TestMovesThatWait",
	EventCorrect: "TestMovesThatWait", EventOrderFiling: "TestMovesThatWait", EventExplain: "TestMovesThatWait", EventRequireReasons: "TestMovesThatWait",
	EventOrderTransfer: "TestLimitsThatPapersSet", EventCourtSendsBack: "TestLimitsThatPapersSet", EventReportResult: "TestLimitsThatPapersSet",
	EventNewFacts: "TestNewFacts", EventHandOver: "TestNewFacts", EventProsecute: "TestNewFacts", EventJudge: "TestNewFacts", EventRequestReconsideration: "TestReconsiderationOnce",
	EventAffirm: "TestReconsiderationOnce", EventFormTeam: "TestLine", EventSubmitReport: "TestLine", EventApprove: "TestLine", EventSend: "TestLine", EventSignReceipt: "TestLine",
	EventRequestSupplement: "TestLine", EventSupply: "TestLine", EventStartReview: "TestLine", EventFile: "TestLine", EventReject: "TestRefusalAndClose",
	EventResubmit: "TestRefusalAndClose", EventDecline: "TestRefusalAndClose", EventAccept: "TestRefusalAndClose", EventClose: "TestRefusalAndClose"}

func lawTable() string {
	var b strings.Builder
	b.WriteString("# The referral as the portal runs it\n\n")
	b.WriteString("One row for each move of `law/referral.csv`, which is the only table of moves: pages, commands and the API make them through one\n")
	b.WriteString("verb. Each move is also made by `TestWalk` (random walks of random users, held against this table) and refused to everybody else by\n")
	b.WriteString("`TestMatrix`; what it must be given is in `TestMissingFields` and `TestMissingFieldsOfRemedies`. Clocks and how they count are in\n")
	b.WriteString("`law/clocks.csv`. This file is written by `go test ./law -run Docs -update`.\n\n")
	b.WriteString("| from | event | to | who | articles | starts | ends | paper | test |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range Moves() {
		var ends []string
		for _, e := range m.Ends {
			ends = append(ends, string(e))
		}
		starts := string(m.Clock)
		if m.Extends {
			starts += " (next line)"
		}
		proof := proofs[m.Event]
		if proof == "" {
			proof = "TestMissingFieldsOfRemedies"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", m.From, m.Event, m.To, m.Actor, strings.Join(m.Articles, ", "), starts, strings.Join(ends, ", "), papers[m.Event], proof)
	}
	b.WriteString("\nTwo rows are ours: after the police have explained, `reasons_stand` and `order_filing` also leave SUPERVISION_REQUESTED, since an\n")
	b.WriteString("explanation leads there and the procuratorate decides on it (SPPR2019 561). Moves that wait are offered when their time has come:\n")
	b.WriteString("`report_police_overdue` past the review's line, `urge` three months after filing, `correct` past the ordered limit, `extend_review` before the\n")
	b.WriteString("running line passes and up to the last one, `request_reconsideration` until it was used.\n")
	for _, name := range []MachineName{MachineCase, MachineMeasure, MachineObjection, MachineStop, MachineHandoff, MachineBulletin} {
		b.WriteString(procedureTable(name))
	}
	b.WriteString("\n## Limits, case by case\n\n| case | test |\n|---|---|\n")
	for _, c := range clockCases {
		fmt.Fprintf(&b, "| %s | %s |\n", c[0], c[1])
	}
	b.WriteString("\n## Papers\n\nEach is printed as PDF and shown as the same blocks in HTML, numbered without gaps, locked with SHA-256 and SM3 and signed (Ed25519, SM2).\n\n| paper | kind | test |\n|---|---|---|\n")
	for _, p := range paperProofs {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", p[0], p[1], p[2])
	}
	b.WriteString("\nEvery character of the input is in the paper (`TestEveryCharacterIsInThePaper`, `TestMissingGlyphs`), numbers have no gap and no double (`TestPaperNumbersAtOnce`), papers are signed (`TestPapersAreSigned`); what a reader may not see of them is in `TestMatrix`, `TestPoliceHold` and `TestHandoffEvidence`.\n")
	return b.String()
}

// clockCases are the cases of counting that go wrong elsewhere, each with the tests that hold it.
var clockCases = [][2]string{
	{"report on a Friday at 23:59", "TestComputeInDays, TestLine"}, {"start on a holiday", "TestComputeInDays"}, {"the last day is a Saturday that is worked", "TestComputeInDays"},
	{"over the Golden Week", "TestComputeInDays, TestLine"}, {"24 hours over a weekend", "TestHoursElapseOverRestDays"}, {"pause, extend, and undo of both", "TestAdjusted, TestSeizure"},
	{"the holiday list is changed afterwards", "TestCalendarWith, TestCalendarChange"}, {"the clocks of two nodes differ", "TestClockSkew"}, {"an alert waits by the corrected calendar", "TestAlertDueFollowsTheCalendar"},
	{"a case goes to another department: its limits go on", "TestHandoff"},
}

// paperProofs are the papers that the issue of the project names, each with the tests that print it with every field.
var paperProofs = [][3]string{
	{"referral letter with stub and receipt part", "letter", "TestCompose, TestLetterCites, TestPictures"}, {"receipt of the police", "receipt", "TestCompose, TestLine"},
	{"investigation report", "report", "TestCompose, TestLine"}, {"list of items", "property_list", "TestCasePapersCarryEveryField"}, {"hand-over list", "hand_over", "TestCompose, TestNewFacts"},
	{"supplement reply", "supplement", "TestCompose, TestLine"}, {"reconsideration request", "reconsideration", "TestCompose, TestReconsiderationOnce"},
	{"supervision proposal", "supervision", "TestCompose"}, {"record of a refusal to refer", "not_approved", "TestCompose, TestRefusalAndClose"}, {"risk reminder", "risk_reminder", "TestCasePapersCarryEveryField, TestPapersOfACase"},
	{"interview notice", "interview_notice", "TestCasePapersCarryEveryField"}, {"interview minutes", "interview_minutes", "TestCasePapersCarryEveryField"},
	{"order to stop", "stop_order", "TestCasePapersCarryEveryField, TestPictures"}, {"approval of an account query", "account_query", "TestCasePapersCarryEveryField"},
	{"the bank's reply, masked", "account_reply", "TestCasePapersCarryEveryField, TestReplyIsMasked"}, {"record of a field check", "site_record", "TestCasePapersCarryEveryField"},
	{"seizure decision with its list", "seizure_decision", "TestCasePapersCarryEveryField"}, {"determination", "determination", "TestCasePapersCarryEveryField"},
	{"result of an objection", "objection_result", "TestCasePapersCarryEveryField"},
}

// procedureProof names the test in models that makes an event of a procedure and holds what it does against the law.
func procedureProof(m MachineName, e Event) string {
	switch {
	case m == MachineStop:
		return "TestMeasureKinds"
	case m == MachineMeasure:
		return "TestSeizure"
	case m == MachineObjection && e == ObjectionPassOn:
		return "TestObjectionChannels"
	case m == MachineObjection:
		return "TestObjection"
	case m == MachineHandoff && (e == HandoffDispute || e == HandoffAssign || e == HandoffLeave):
		return "TestHandoffDispute"
	case m == MachineHandoff && e == HandoffWithdraw:
		return "TestHandoffMoves"
	case m == MachineHandoff:
		return "TestHandoff, TestHandoffMoves"
	case m == MachineBulletin && e == BulletinPublish:
		return "TestBulletin, TestBulletinConsent"
	case m == MachineBulletin && (e == BulletinDraft || e == BulletinChange):
		return "TestBulletin, TestBulletinShowsNobody"
	case m == MachineBulletin:
		return "TestBulletin"
	}
	switch e {
	case CaseNotifyPenalty, CaseRequestHearing, CaseNoHearing, CaseDecide, CaseAskCourt:
		return "TestCaseGuards"
	case CaseLegalReview, CaseHoldHearing, CaseClose, CaseDetermine:
		return "TestAdministrativeCase"
	default:
		return "TestCaseWalk"
	}
}

func procedureTable(name MachineName) string {
	var b strings.Builder
	about := map[MachineName]string{
		MachineCase:      "The administrative case (law.md 2.2), `law/administrative.csv`. A referral is possible at any stage. Every row is walked by `TestCaseWalk`, every field by\n`TestCaseFields`, races are linearizable (`TestLinearizable`).",
		MachineMeasure:   "Measures in a case (737 arts 21, 22, 24; APL 56; AEL 25), `law/measure.csv`. A seizure has 30 days, is extended by up to 30 and paused for a stated test, both undoable.",
		MachineObjection: "Objections (law.md 2.6), `law/objection.csv`. The reviewer has no hand in the finding.",
		MachineHandoff:   "A case that goes to another lead department (737 art 20), `law/handoff.csv`. A case whose referral is under way stays: its limits, its police and its procuratorate are those of the\ndepartment that made it; a referral that begins ends an open handing (`TestHandoffAndReferral`). The sender keeps reading what there was, the receiver's limits go on.",
		MachineBulletin:  "Public bulletins (J12), `law/bulletin.csv`: only of a case whose determination stands, without personal data (`TestBulletinShowsNobody`), with the police's consent where they filed; draft, review and publication by three people.",
		MachineStop:      "Fraud money (law.md 2.3), `law/stop.csv`: done by police and banks, shown read-only; no role and no kind of measure stops or freezes.",
	}
	fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| from | event | to | who | articles | starts | ends | asks for | test |\n|---|---|---|---|---|---|---|---|---|\n", name, about[name])
	m := MachineOf(name)
	for _, move := range m.Moves() {
		var ends, fields []string
		for _, e := range move.Ends {
			ends = append(ends, string(e))
		}
		for _, a := range m.Asks(move.Event) {
			fields = append(fields, a.Field)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", move.From, move.Event, move.To, move.Actor, strings.Join(move.Articles, ", "), move.Clock, strings.Join(ends, ", "),
			strings.Join(fields, ", "), procedureProof(name, move.Event))
	}
	return b.String()
}

// The document says what the table says, and each test it names is there.
func TestDocs(t *testing.T) {
	const name = "../docs/law.md"
	want := lawTable()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/law.md is not that of the table: go test ./law -run Docs -update")
	}
	var sources strings.Builder
	for _, folder := range []string{"../models", ".", "../referral", "../work", "../cmd/xiezhi"} {
		files, err := filepath.Glob(folder + "/*_test.go")
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(b)
		}
	}
	for _, test := range slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(want, -1) {
			if !yield(m) {
				return
			}
		}
	})) {
		if !strings.Contains(sources.String(), "func "+test+"(") {
			t.Errorf("there is no %s", test)
		}
	}
}
