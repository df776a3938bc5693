package handlers

import (
	"bytes"
	"log/slog"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"xiezhi/detect"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

func TestBatchShowPage(t *testing.T) {
	now := pagesTime(t, "2026-11-20T10:00:00+08:00")
	b := models.Batch{Ref: "PC-1", Status: "running", StartedAt: now.Add(-10 * time.Second), Place: models.Place{DivisionCode: "440300"}, Files: []models.BatchFile{
		{ID: 1, Position: 0, Name: "companies.csv", Table: models.TableCompanies, Status: "done", Accepted: 80, Refused: 20, Mapping: "shipped:p2p"},
		{ID: 2, Position: 1, Name: "signals.csv", Table: models.TableSignals, Status: "running", Accepted: 100, Line: 101},
		{ID: 3, Position: 2, Name: "book.csv", Table: models.TableSignals, Status: "unreadable", ErrorKey: "ingest.file.missing_column"},
	}}
	refused := map[int64][]models.Refusal{1: {{Line: 3, ColumnName: "uscc", Value: "9<b>", ReasonKey: "ingest.refused.check_digit", Args: `{"column":"uscc","value":"9<b>"}`}}}
	ctx := pagesContext(t, i18n.Chinese)
	p := newBatchShowPage(ctx, b, refused, now)
	if p.Figures[0].Value != "180" || p.Figures[2].Value != "20" || !strings.Contains(p.Running, "200") || !strings.Contains(p.Running, "20") {
		t.Errorf("figures %+v, running %q", p.Figures, p.Running)
	}
	first := p.Files[0]
	if len(first.Rows) != 1 || !strings.Contains(first.Rows[0].Reason, "校验位") || first.Download != "/batches/PC-1/files/0/refused" || first.Status.Done {
		t.Errorf("file with refused rows: %+v", first)
	}
	if !strings.Contains(p.Files[1].Progress, "101") || p.Files[1].Download != "" {
		t.Errorf("running file: %+v", p.Files[1])
	}
	if e := p.Files[2].Error; e == "" || strings.Contains(e, "ingest.") || strings.Contains(e, "{") {
		t.Errorf("unreadable file says %q", e)
	}
}

func TestCleanBaseKeepsToItsFolder(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"companies.csv", "companies.csv"},
		{"../../etc/passwd", "passwd"},
		{`C:\data\signals.jsonl.gz`, "signals.jsonl.gz"},
		{"..", "upload"},
		{"", "upload"},
		{".hidden", "hidden"},
		{"a\nb\x00c.csv", "a_b_c.csv"},
		{"企业 名单.csv", "企业_名单.csv"},
		{strings.Repeat("x", 300) + ".csv", strings.Repeat("x", 76) + ".csv"},
	} {
		if got := cleanBase(c.in); got != c.want || filepath.Base(got) != got {
			t.Errorf("%q gives %q, want %q", c.in, got, c.want)
		}
	}
}

func TestLoadDivisionKeepsToTheScope(t *testing.T) {
	steward := pagesActor(t, models.RoleDataSteward, "440300")
	for _, c := range []struct {
		actor      models.Actor
		code, want string
		ok         bool
	}{
		{steward, "", "440300", true},
		{steward, "440305", "440305", true},
		{steward, "440000", "440000", false},
		{steward, "430100", "430100", false},
		{steward, "999999", "999999", false},
		{pagesActor(t, models.RoleDutyOfficer, "440300"), "", "", false},
	} {
		if got, ok := loadDivision(c.actor, c.code); got != c.want || ok != c.ok {
			t.Errorf("%q gives %q, %v", c.code, got, ok)
		}
	}
}

func TestRefusedName(t *testing.T) {
	for in, want := range map[string]string{"companies.csv": "companies.refused.csv", "companies.csv.gz": "companies.refused.csv", "companies.refused.csv": "companies.refused.csv",
		"signals.jsonl": "signals.refused.jsonl", "signals": "signals.refused.txt"} {
		if got := refusedName(in); got != want {
			t.Errorf("%s gives %s", in, got)
		}
	}
	_, params, err := mime.ParseMediaType(attachment(`企业 "a".refused.csv`))
	if err != nil || params["filename"] != `企业 "a".refused.csv` {
		t.Errorf("a reader finds %q, %v", params["filename"], err)
	}
}

// What is downloaded can be mended and loaded again: as it is, every row is refused once more for the same reason; mended, every
// row is taken and no value has changed on the way.
func TestRefusedRowsLoadAgain(t *testing.T) {
	for _, c := range []struct{ name, body, broken, mended string }{
		{"companies.csv", "uscc,name\nA-1,fine\nA 2,\"=SUM(1,2) Ltd\"\nA 3,'quoted\n", "A ", "A-"},
		{"companies.jsonl", `{"uscc":"A-1","name":"fine"}` + "\n" + `{"uscc":"A 2","name":"=SUM(1,2) Ltd"}` + "\n" + `{"uscc":"A 3","name":"'quoted"}` + "\n", "A ", "A-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := modelstest.Open(t, filepath.Join(t.TempDir(), "x.db"), time.Now)
			rules, err := detect.DefaultRules()
			if err != nil {
				t.Fatal(err)
			}
			a := &App{Store: store, Desk: &work.Desk{Store: store, Rules: rules, Log: slog.New(slog.DiscardHandler)}}
			ctx, actor := pagesContext(t, i18n.Chinese), pagesActor(t, models.RoleDataSteward, "440000")
			load := func(name, body string) models.Batch {
				path := filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
				rep, err := a.Desk.Ingest(ctx, actor, work.IngestOptions{Paths: []string{path}, Division: "440300"})
				if err != nil {
					t.Fatal(err)
				}
				b, err := store.Batch(ctx, actor, rep.Batch)
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			first := load(c.name, c.body)
			if f := first.Files[0]; f.Accepted != 1 || f.Refused != 2 {
				t.Fatalf("first round: %+v", f)
			}
			var out bytes.Buffer
			if err := a.writeRefused(ctx, &out, first.Files[0]); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), "不合规范") {
				t.Errorf("the reasons are not in the reader's language: %s", out.String())
			}
			name := refusedName(c.name)
			if f := load(name, out.String()).Files[0]; f.Accepted != 0 || f.Refused != 2 {
				t.Errorf("again as it is: %+v", f)
			}
			// Only the values are mended; the reasons quote the broken ones and are passed over.
			f := load(name, strings.ReplaceAll(out.String(), c.broken, c.mended)).Files[0]
			if f.Accepted != 2 || f.Refused != 0 {
				t.Errorf("mended: %+v\n%s", f, out.String())
			}
			list, _, err := store.Companies(ctx, actor, models.CompanyFilter{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range list {
				names = append(names, s.Name)
			}
			slices.Sort(names)
			if want := []string{"'quoted", "=SUM(1,2) Ltd", "fine"}; !slices.Equal(names, want) {
				t.Errorf("names are %q", names)
			}
		})
	}
}
