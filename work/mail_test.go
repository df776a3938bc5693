package work_test

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/notify"
	"xiezhi/notify/notifytest"
	"xiezhi/rel/world"
	"xiezhi/work"
)

// mailWorld is a world with a mail server in which two officers want mail and a limit of theirs has passed.
func mailWorld(t *testing.T, w *world.World) *notifytest.Sink {
	t.Helper()
	ctx := t.Context()
	sink := notifytest.Start(t, notifytest.OffersTLS)
	words, err := i18n.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Desk.Post = &work.Post{Catalog: words, BaseURL: "https://portal.example.cn",
		Mailer: notify.Mailer{Addr: sink.Addr, From: "portal@example.cn", Security: notify.STARTTLS, Roots: sink.Roots, Timeout: 5 * time.Second}}
	w.Drive(t, w.Alert(t), law.StatePendingPrincipal)
	for name, locale := range map[string]string{"handler_own": "zh-CN", "handler2_own": "en"} {
		a := w.Actor(t, name)
		if err := w.Store.SetMail(ctx, a, name+"@example.cn", models.MailOn); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.SetPreference(ctx, a, locale, "light"); err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Pass(30 * 24 * time.Hour)
	if n, err := w.Store.WatchClocks(ctx); err != nil || n == 0 {
		t.Fatalf("%d limits were told of: %v", n, err)
	}
	return sink
}

func send(t *testing.T, w *world.World) int {
	t.Helper()
	n, err := w.Desk.SendMail(t.Context(), models.System("mail"))
	if err != nil {
		t.Log(err)
	}
	return n
}

// bodyOf reads a letter as its receiver does.
func bodyOf(t *testing.T, l notifytest.Letter) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(l.Data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	subject := m.Header.Get("Subject")
	if _, rest, ok := strings.Cut(subject, "?b?"); ok {
		if plain, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(rest, "?=")); err == nil {
			subject = string(plain)
		}
	}
	return subject + "\n" + string(text)
}

// Notices are mailed once, in the reader's language, with number, kind and address alone; who reads them first, turned mail off or
// was told before gets none.
func TestNoticesAreMailedOnce(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		sink := mailWorld(t, w)
		if n := send(t, w); n != 2 {
			t.Fatalf("%d letters", n)
		}
		w.Clock.Pass(3 * time.Hour)
		if n := send(t, w); n != 0 || len(sink.Letters()) != 2 {
			t.Fatalf("%d letters went out again", n)
		}
		for _, l := range sink.Letters() {
			text := bodyOf(t, l)
			want := "期限已逾期"
			if strings.HasPrefix(l.To, "handler2") {
				want = "A limit is overdue"
			}
			if !strings.Contains(text, want) || !strings.Contains(text, "https://portal.example.cn/referrals/YS-") {
				t.Errorf("%s: %s", l.To, text)
			}
			if strings.Contains(text, world.Word("company")) || strings.Contains(text, world.Word("facts")) {
				t.Errorf("the letter tells of the case: %s", text)
			}
		}
		handler := w.Actor(t, "handler_own")
		if err := w.Store.SetMail(t.Context(), handler, "", models.MailOff); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"a", "a@b\r\nBcc: c@d", "李 <a@b.cn>", "a@b.cn, c@d.cn", "a@b.cn\x00", strings.Repeat("a", 250) + "@b.cn"} {
			world.IsKind(t, bad, w.Store.SetMail(t.Context(), handler, bad, models.MailOn), models.KindInvalid)
		}
		w.Sound(t)
	})
}

// Two workers at once send each notice once; a server that is down, or says later, gets the letter at a later try; one that
// refuses the recipient is not asked again.
func TestMailIsTriedAgain(t *testing.T) {
	world.Each(t, func(t *testing.T, w *world.World) {
		sink := mailWorld(t, w)
		answer, lock := "451 later", sync.Mutex{}
		sink.Answer = func(to string) string {
			lock.Lock()
			defer lock.Unlock()
			switch {
			case to == "":
				return ""
			case strings.HasPrefix(to, "handler2"):
				return "550 unknown"
			default:
				return answer
			}
		}
		for range 3 {
			send(t, w)
		}
		if len(sink.Letters()) != 0 {
			t.Fatal("a refused letter arrived")
		}
		lock.Lock()
		answer = ""
		lock.Unlock()
		w.Clock.Pass(5 * time.Minute)
		var both sync.WaitGroup
		for range 4 {
			both.Go(func() { _, _ = w.Desk.SendMail(t.Context(), models.System("mail")) })
		}
		both.Wait()
		for range 3 {
			w.Clock.Pass(2*time.Hour + time.Minute)
			send(t, w)
		}
		got := sink.Letters()
		if len(got) != 1 || !strings.HasPrefix(got[0].To, "handler_own") {
			t.Fatalf("%d letters: %+v", len(got), got)
		}
		if n := w.Count(t, "SELECT COUNT(*) FROM notices n JOIN users u ON u.id = n.user_id WHERE u.name = 'handler2_own' AND n.mailed_at IS NULL AND n.mail_tries >= 8"); n == 0 {
			t.Error("the refused notices are still to be mailed")
		}
		w.Sound(t)
	})
}
