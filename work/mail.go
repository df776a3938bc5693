package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/notify"
)

// Post is how notices leave the house. BaseURL is the portal's address as its users know it. A nil Post mails nothing.
type Post struct {
	Mailer  notify.Mailer
	Catalog *i18n.Catalog
	BaseURL string
}

// maxLetters is how many letters one run sends; the next goes on.
const maxLetters = 100

// SendMail mails what people are to be told, one letter for each person. It gives how many letters the server took. A letter that
// the server refuses for good is not tried again; when the server cannot be reached, the run ends and a later one tries again.
func (d *Desk) SendMail(ctx context.Context, actor models.Actor) (int, error) {
	if d.Post == nil {
		return 0, nil
	}
	sent := 0
	for range maxLetters {
		p, ok, err := d.Store.ClaimMail(ctx)
		if err != nil || !ok {
			return sent, err
		}
		err = d.Post.Mailer.Send(ctx, d.Post.letter(ctx, p, d.Store.Now()))
		switch {
		case errors.Is(err, notify.ErrRefused):
			err = d.Store.MailRefused(ctx, actor, p)
		case err == nil:
			sent++
			err = d.Store.MailSent(ctx, actor, p)
		}
		if err != nil {
			return sent, fmt.Errorf("mail %d notices: %w", len(p.Notices), err)
		}
	}
	return sent, nil
}

// plainRef is what may stand in a letter as the number of an object.
var plainRef = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// letter words a parcel for its reader: of each notice what kind it is, the number and the address of its page. What it says
// stays in the portal: mail servers and mobile phones are not ours.
func (p *Post) letter(ctx context.Context, parcel models.MailParcel, now models.Instant) notify.Letter {
	ctx = i18n.With(ctx, p.Catalog, parcel.Locale)
	sum := sha256.New()
	var lines []string
	for _, n := range parcel.Notices {
		_, _ = fmt.Fprintf(sum, "%d,", n.ID)
		kind := i18n.T(ctx, "mail.kind.other")
		if key := "mail.kind." + n.Kind; i18n.Has(ctx, key) {
			kind = i18n.T(ctx, key)
		}
		_, ref, _ := strings.Cut(n.Object, ":")
		path := n.Path()
		if !plainRef.MatchString(ref) {
			ref, path = "", "/notices"
		}
		lines = append(lines, i18n.T(ctx, "mail.line", "kind", kind, "ref", ref, "url", p.BaseURL+path))
	}
	count := strconv.Itoa(len(parcel.Notices))
	text := i18n.T(ctx, "mail.head", "n", count) + "\n\n" + strings.Join(lines, "\n") + "\n\n" + i18n.T(ctx, "mail.foot", "url", p.BaseURL+"/me") + "\n"
	return notify.Letter{To: parcel.Email, Subject: i18n.T(ctx, "mail.subject", "n", count), Text: text, Locale: parcel.Locale, At: now.Time(),
		ID: "notices-" + hex.EncodeToString(sum.Sum(nil)[:12])}
}
