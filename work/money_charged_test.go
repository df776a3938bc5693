package work_test

import (
	"testing"

	"xiezhi/models"
	"xiezhi/models/modelstest"
	"xiezhi/work"
)

// Transfers of one bank stop at orange. Where the police name an account that acts, they are a second source, and the alert of the account
// gets red; feedback that clears the account changes nothing.
func TestChargedAccounts(t *testing.T) {
	for _, c := range []struct{ text, level string }{
		{"该账户涉嫌电信诈骗，已接到报警三起", "red"},
		{"经核查未发现违法犯罪线索", "orange"},
	} {
		t.Run(c.level, func(t *testing.T) {
			modelstest.EachAt(t, at("2026-08-20"), func(t *testing.T, s *models.Store) {
				l, d, ctx, actor := &ledger{t: t, dir: t.TempDir()}, desk(t, s), t.Context(), models.System("test")
				l.load(s, d, l.file("transfers", transferHeader, append(l.everyday(), gather(0, 8)...)))
				if _, err := d.Scan(ctx, actor, work.ScanOptions{}); err != nil {
					t.Fatal(err)
				}
				if al := theAlert(t, s); al.SubjectKind != models.KindAccount || al.Level != "orange" || !al.SingleSource {
					t.Fatalf("%+v", al)
				}
				l.load(s, d, l.file("signals", "subject,kind,at,text,ref,source,observed_at", []string{
					"account:HUB1,police_feedback,2026-08-10T10:00:00+08:00," + c.text + ",R1,POL,2026-08-10T10:00:00+08:00"}))
				if _, err := d.Scan(ctx, actor, work.ScanOptions{All: true}); err != nil {
					t.Fatal(err)
				}
				if al := theAlert(t, s); al.Level != c.level || al.SingleSource != (c.level == "orange") {
					t.Errorf("%s, index %.1f, single source %v", al.Level, al.Idx, al.SingleSource)
				}
			})
		})
	}
}
