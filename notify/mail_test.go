package notify_test

import (
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"xiezhi/notify"
	"xiezhi/notify/notifytest"

	"pgregory.net/rapid"
)

func letter() notify.Letter {
	return notify.Letter{To: "li@example.cn", Subject: "獬豸提醒：2 项", Text: "期限已逾期\n.\nsecond\n", ID: "n-1", At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
}

func mailer(s *notifytest.Sink) notify.Mailer {
	return notify.Mailer{Addr: s.Addr, From: "portal@example.cn", Security: notify.STARTTLS, Roots: s.Roots, Timeout: 5 * time.Second}
}

func TestLetterArrives(t *testing.T) {
	sink := notifytest.Start(t, notifytest.OffersTLS)
	if err := mailer(sink).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	got := sink.Letters()
	if len(got) != 1 || !got[0].Secret || got[0].To != "li@example.cn" || got[0].From != "portal@example.cn" {
		t.Fatalf("%+v", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter().Subject {
		t.Fatalf("%q %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != letter().Text {
		t.Fatalf("%q %v", body, err)
	}
	if m.Header.Get("Message-Id") != "<n-1@example.cn>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", m.Header)
	}
}

// Without encryption nothing is handed over: neither to a server that offers none, nor to one whose certificate nobody vouches for.
func TestNoLetterInTheOpen(t *testing.T) {
	open := notifytest.Start(t, notifytest.OffersNone)
	if err := mailer(open).Send(t.Context(), letter()); err == nil {
		t.Error("a server without STARTTLS was used")
	}
	stranger := notifytest.Start(t, notifytest.OffersTLS)
	m := mailer(stranger)
	m.Roots = nil
	if err := m.Send(t.Context(), letter()); err == nil {
		t.Error("an unknown certificate was trusted")
	}
	if len(open.Letters())+len(stranger.Letters()) != 0 {
		t.Error("a letter went out")
	}
	for _, bad := range []notify.Mailer{{Addr: "mail.example.cn:25", From: "a@b.cn", Security: notify.Plain}, {Addr: "mail", From: "a@b.cn", Security: notify.TLS},
		{Addr: "m:25", From: "a@b.cn\r\nBcc: x@y", Security: notify.TLS}, {Addr: "m:25", From: "a@b.cn", Security: "none"}} {
		if bad.Check() == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestRefusals(t *testing.T) {
	for answer, final := range map[string]bool{"550 no such user": true, "451 later": false} {
		sink := notifytest.Start(t, notifytest.OffersTLS)
		sink.Answer = func(to string) string {
			if to == "" {
				return ""
			}
			return answer
		}
		err := mailer(sink).Send(t.Context(), letter())
		if err == nil || errors.Is(err, notify.ErrRefused) != final {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// Whatever stands in a letter, the server gets one recipient and the headers we meant, or nothing.
func TestNoHeaderIsInjected(t *testing.T) {
	sink := notifytest.Start(t, notifytest.OffersNone)
	m := mailer(sink)
	m.Security = notify.Plain
	rapid.Check(t, func(r *rapid.T) {
		evil := rapid.SampledFrom([]string{"", "\r\nBcc: x@evil.example", "\nSubject: x", "\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<x@evil.example>", "> x", "\x00", "\u2028Bcc: y"})
		l := letter()
		l.To += evil.Draw(r, "to")
		l.Subject += evil.Draw(r, "subject") + rapid.String().Draw(r, "more")
		l.Text += evil.Draw(r, "text") + rapid.String().Draw(r, "words")
		l.ID += evil.Draw(r, "id")
		before := len(sink.Letters())
		if err := m.Send(t.Context(), l); err != nil {
			if len(sink.Letters()) != before {
				r.Fatal("a refused letter arrived")
			}
			return
		}
		got := sink.Letters()
		if len(got) != before+1 {
			r.Fatalf("%d letters came of one", len(got)-before)
		}
		msg, err := mail.ReadMessage(strings.NewReader(got[before].Data))
		if err != nil {
			r.Fatal(err)
		}
		if len(msg.Header) != 10 || len(msg.Header["Bcc"]) != 0 || len(msg.Header["Subject"]) != 1 || got[before].To != "li@example.cn" {
			r.Fatalf("%v", msg.Header)
		}
	})
}
