package rel

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/rel/world"
)

const (
	killRows      = 200_000
	killCompanies = 4_000
	kills         = 9
)

// command is the built program on a database of its own.
type command struct {
	path string
	env  []string
}

func newCommand(t *testing.T, db string) command {
	t.Helper()
	return command{path: program(t), env: append(os.Environ(), "XIEZHI_DB="+db, "XIEZHI_DATA_DIR="+t.TempDir())}
}

// run runs a command to its end and gives what it printed.
func (p command) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.path, args...)
	cmd.Env = p.env
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v %s", args[0], err, errs.String())
	}
	return string(out)
}

// kill starts a command and kills it as soon as ready says so and a while has passed; it says whether the command was still at work.
func (p command) kill(t *testing.T, ready func() bool, after time.Duration, args ...string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.path, args...)
	cmd.Env = p.env
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	over := func(err error) bool {
		if err != nil {
			t.Fatalf("%s: %v %s", args[0], err, errs.String())
		}
		return false
	}
	for !ready() {
		select {
		case err := <-ended:
			return over(err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	select {
	case err := <-ended:
		return over(err)
	case <-time.After(after):
	}
	if err := cmd.Process.Kill(); err != nil {
		return over(<-ended)
	}
	<-ended
	return true
}

// progress gives how many lines of all files are stored; 0 where there is no table yet.
func progress(db *sql.DB) int64 {
	var n int64
	if err := db.QueryRow("SELECT COALESCE(SUM(line), 0) FROM batch_files").Scan(&n); err != nil {
		return 0
	}
	return n
}

// killFiles writes transfers and companies, and beside them two bad rows at known places.
func killFiles(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, header string, n int, row func(i int) string) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		b := bufio.NewWriter(f)
		fmt.Fprintln(b, header)
		for i := range n {
			fmt.Fprintln(b, row(i))
		}
		if err := errors.Join(b.Flush(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return []string{
		write("transfers.csv", "id,from_account,to_account,amount,at", killRows+1, func(i int) string {
			if i == killRows/2 {
				return "T-BAD,A1,A2,not money,2026-10-01T10:00:00+08:00"
			}
			return fmt.Sprintf("T%d,A%d,A%d,%d.%02d,2026-10-%02dT10:00:00+08:00", i, i%997, (i+1)%1009, i%9000, i%100, 1+i%28)
		}),
		write("companies.csv", "uscc,name,division_code", killCompanies+1, func(i int) string {
			if i == 100 {
				return "C-BAD,,440304"
			}
			return fmt.Sprintf("C%d,Company %d,440304", i, i)
		}),
	}
}

// An ingestion that is killed again and again loads every row once: nothing is lost, doubled or unaudited.
func TestIngestIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills the real binary many times")
	}
	files := killFiles(t)
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			db := filepath.Join(t.TempDir(), "kill.db")
			if dialect == "postgres" {
				db = modelstest.Postgres(t)
			}
			p, r := newCommand(t, db), rand.New(rand.NewPCG(9, 9))
			args := append([]string{"ingest", "--source", "KILL", "--division", "440300", "--json"}, files...)
			raw, stored := modelstest.Raw(t, db), []int64{}
			done := 0
			for runs := 0; done < kills && runs < 3*kills; runs++ {
				was := progress(raw)
				moved := func() bool { return progress(raw) > was }
				if runs%3 == 0 {
					moved = func() bool { return true } // at the start, wherever that is
				}
				if p.kill(t, moved, time.Duration(r.IntN(250))*time.Millisecond, args...) {
					done++
					stored = append(stored, progress(raw))
				} else {
					t.Log("a run came to its end before it was killed")
				}
			}
			if done < kills {
				t.Errorf("only %d kills", done)
			}
			var rep struct {
				Batch string
				Files []struct {
					Name                         string
					Accepted, Unchanged, Refused int64
				}
			}
			cmd := exec.CommandContext(t.Context(), p.path, args...)
			cmd.Env = p.env
			out, err := cmd.Output()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3) {
				t.Fatalf("the last run: %v %s", err, exit.Stderr)
			}
			if err := json.Unmarshal(out, &rep); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d kills, after which %v lines were stored; the last run reports %+v", done, stored, rep)
			checkKilled(t, db)
			p.run(t, "audit", "verify")
			p.run(t, "doctor")
		})
	}
}

func checkKilled(t *testing.T, db string) {
	t.Helper()
	raw := modelstest.Raw(t, db)
	count := func(question string) int64 {
		t.Helper()
		var n int64
		if err := raw.QueryRow(question).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for question, want := range map[string]int64{
		"SELECT COUNT(*) FROM transfers":                                                                  killRows,
		"SELECT COUNT(DISTINCT key) FROM transfers":                                                       killRows,
		"SELECT COUNT(*) FROM facts":                                                                      killCompanies,
		"SELECT COUNT(DISTINCT ident) FROM facts":                                                         killCompanies,
		"SELECT COUNT(*) FROM subjects WHERE kind = 'company'":                                            killCompanies,
		"SELECT COUNT(*) FROM subjects WHERE kind = 'account'":                                            1009,
		"SELECT COUNT(*) FROM batches":                                                                    1,
		"SELECT COUNT(*) FROM batches WHERE status = 'done'":                                              1,
		"SELECT SUM(accepted) FROM batches":                                                               killRows + killCompanies,
		"SELECT SUM(unchanged) FROM batches":                                                              0,
		"SELECT SUM(refused) FROM batches":                                                                2,
		"SELECT COUNT(*) FROM refusals":                                                                   2,
		"SELECT accepted FROM batch_files WHERE table_name = 'transfers'":                                 killRows,
		"SELECT accepted FROM batch_files WHERE table_name = 'companies'":                                 killCompanies,
		"SELECT COUNT(*) FROM batch_files WHERE status = 'done'":                                          2,
		"SELECT (SELECT MAX(seq) FROM audit_entries) - (SELECT seq FROM audit_head)":                      0,
		"SELECT COUNT(*) FROM subjects WHERE kind = 'company' AND (stub OR newest_fact_id = 0)":           0,
		"SELECT COUNT(*) FROM facts f WHERE NOT EXISTS (SELECT 1 FROM batches b WHERE b.id = f.batch_id)": 0,
		"SELECT COUNT(*) FROM audit_entries WHERE action = 'batch.finish'":                                1,
	} {
		if n := count(question); n != want {
			t.Errorf("%s: %d, not %d", question, n, want)
		}
	}
	s := modelstest.Open(t, db, time.Now)
	list, _, err := s.Batches(t.Context(), world.Everywhere(), 0, 5)
	if err != nil || len(list) != 1 || list[0].Status != "done" || list[0].Source != "KILL" {
		t.Errorf("batches %+v: %v", list, err)
	}
	if _, _, err := s.Company(t.Context(), world.Everywhere(), "C3999", models.AsOf{}); err != nil {
		t.Error(err)
	}
}
