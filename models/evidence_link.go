package models

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"xiezhi/proof"
)

// NewLink is a tie of evidence to a fact, named by its page, or to a page of the web with what was read there.
type NewLink struct {
	FactPage string // the address of a fact's page: /batches/REF/facts/HASH
	URL      string
	Excerpt  string
}

// LinkEvidence ties a piece to a fact that the actor may follow, or to a page by an excerpt, whose SHA-256 is kept.
func (s *Store) LinkEvidence(ctx context.Context, actor Actor, ref string, in NewLink) error {
	in = in.plain()
	return s.onEvidence(ctx, actor, ref, CustodyLinked, linkNote(in), func(t *tx, e *EvidenceLine) error {
		var cs Case
		if err := t.db.Where("id = ?", e.CaseID).Take(&cs).Error; err != nil {
			return fmt.Errorf("case of evidence %s: %w", ref, err)
		}
		if err := t.allowEvidence(cs); err != nil {
			return err
		}
		l := EvidenceLink{EvidenceID: e.ID, AddedBy: actor.UserID, AddedAt: t.now}
		if wrong := t.checkLink(&l, in); len(wrong) > 0 {
			return Invalid(wrong)
		}
		if err := t.db.Create(&l).Error; err != nil {
			return fmt.Errorf("link evidence %s: %w", ref, err)
		}
		return nil
	})
}

// plain takes out of the addresses what may be personal and no evidence needs: who signed in, fragments, and the questions of an address
// that carry an identity, card or telephone number, an e-mail address, or are named like one, a session or a token.
func (in NewLink) plain() NewLink {
	if page, _, asked := strings.Cut(in.FactPage, "?"); asked {
		in.FactPage = page
	}
	u, err := url.Parse(strings.TrimSpace(in.URL))
	if err != nil || in.URL == "" {
		return in
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	kept := url.Values{}
	for name, values := range u.Query() {
		if personalName.MatchString(name) {
			continue
		}
		for _, v := range values {
			if personalIn(v, nil) == "" {
				kept.Add(name, v)
			}
		}
	}
	if len(kept) != len(u.Query()) { // else it stays letter by letter as it was read
		u.RawQuery = kept.Encode()
	}
	in.URL = u.String()
	return in
}

// personalName tells names of questions under which sites put who asks.
var personalName = regexp.MustCompile(`(?i)^(.*[_-])?(id_?card|idno|id_?number|identity|card_?no|bank_?card|phone|mobile|tel|e?mail|user|user_?id|uid|openid|unionid|name|real_?name|token|session|sid|auth|ticket|code|sign|signature|key|password|pwd)$`)

func linkNote(in NewLink) string {
	if in.FactPage != "" {
		return in.FactPage
	}
	return in.URL
}

func (t *tx) checkLink(l *EvidenceLink, in NewLink) map[string]string {
	wrong := map[string]string{}
	if page := strings.TrimSpace(in.FactPage); page != "" {
		u, err := url.Parse(page)
		var parts []string
		if err == nil {
			parts = strings.Split(strings.Trim(u.Path, "/"), "/")
		}
		if len(parts) != 4 || parts[0] != "batches" || parts[2] != "facts" {
			wrong["fact"] = "error.evidence_fact"
			return wrong
		}
		l.Kind, l.BatchRef, l.FactHash = "fact", parts[1], parts[3]
		if _, err := t.fact(l.BatchRef, l.FactHash); err != nil {
			wrong["fact"] = "error.evidence_fact"
		}
		return wrong
	}
	l.Kind, l.URL, l.Excerpt = "page", strings.TrimSpace(in.URL), strings.TrimSpace(in.Excerpt)
	if u, err := url.Parse(l.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(l.URL) > 2000 {
		wrong["url"] = "error.evidence_url"
	}
	checkNote(wrong, "excerpt", l.Excerpt, 4)
	l.ExcerptSHA256 = proof.DigestBytes([]byte(l.Excerpt)).SHA256
	return wrong
}
