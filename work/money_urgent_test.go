package work_test

import (
	"fmt"
	"testing"
	"time"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// Where too much arrives to look around it, what completes a sign is alerted before the whole ledger is searched, and the whole search
// finds the same scheme again, not another.
func TestUrgentBeforeWhole(t *testing.T) {
	modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
		l := &ledger{t: t, dir: t.TempDir()}
		d := desk(t, s)
		l.load(s, d, l.file("transfers", transferHeader, l.everyday()))
		if _, err := d.Scan(t.Context(), models.System("test"), work.ScanOptions{All: true}); err != nil {
			t.Fatal(err)
		}
		rows := gather(0, 12)
		for i := range 600 { // more than a tenth of what was known
			rows = append(rows, fmt.Sprintf("X-%d,E%d,SHOP%d,%d.00,%s", i, i%120, i%9, 30+i%90, ledgerStart.AddDate(0, 0, 149+i%4).Add(time.Duration(i)*time.Minute).Format(time.RFC3339)))
		}
		l.load(s, d, l.file("transfers", transferHeader, rows))
		rep, err := d.Scan(t.Context(), models.System("test"), work.ScanOptions{})
		if err != nil || rep.Money.Urgent == 0 {
			t.Fatalf("nothing was looked at first: %+v %v", rep.Money, err)
		}
		list, _, err := s.Alerts(t.Context(), reader(), models.AlertFilter{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		holds := 0
		for _, al := range list {
			if acting(t, s, al.ID) >= 12 {
				holds++
			}
		}
		if holds != 1 {
			t.Errorf("the ring stands in %d of %d alerts", holds, len(list))
		}
	})
}
