package law

import (
	"flag"
	"fmt"
	"os"
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
	for _, name := range []MachineName{MachineCase, MachineMeasure, MachineObjection, MachineStop} {
		b.WriteString(procedureTable(name))
	}
	return b.String()
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
	for _, file := range []string{"line_test.go", "remedy_test.go", "guard_test.go", "walk_test.go", "procedure_test.go", "measure_test.go", "objection_test.go", "linear_test.go"} {
		b, err := os.ReadFile("../models/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(b)
	}
	for _, test := range slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range regexp.MustCompile(`Test[A-Z]\w+`).FindAllString(want, -1) {
			if !yield(m) {
				return
			}
		}
	})) {
		if test != "TestMatrix" && !strings.Contains(sources.String(), "func "+test+"(") {
			t.Errorf("there is no %s", test)
		}
	}
}
