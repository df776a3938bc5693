package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
	"xiezhi/work"
)

// keepCases is how many cases a picture may be put into from its page.
const keepCases = 20

// fixAsk bounds a question by what was known at a moment, so that its answer does not change afterwards; the zero moment leaves it.
func fixAsk(by *work.GraphAsk, latest models.Instant) {
	if latest.IsZero() {
		return
	}
	for _, bound := range []*models.Instant{&by.RecordedBy, &by.ObservedBy} {
		if bound.IsZero() || bound.After(latest) {
			*bound = latest
		}
	}
}

// keepPart offers the cases that take the picture, and says of one that was kept whether the answer is still the same.
func (a *App) keepPart(c *gin.Context, page, address string, digest func() string) (views.Keep, error) {
	ctx, actor := a.Context(c), ActorOf(c)
	k := views.Keep{Question: address}
	list, err := a.Store.PictureCases(ctx, actor, keepCases)
	if err != nil {
		return k, err
	}
	for _, cs := range list {
		k.Cases = append(k.Cases, ui.Option{Value: "/cases/" + cs.Ref + "/keep", Label: i18n.T(ctx, "keep.into", "ref", cs.Ref, "title", cs.Title)})
	}
	ref, number, ok := strings.Cut(c.Query("saved"), "/")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return k, nil
	}
	p, err := a.Store.CasePicture(ctx, actor, ref, n)
	if models.KindOf(err) == models.KindNotFound || err == nil && p.Page != page {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	k.Same = p.Digest == digest()
	key := "keep.differs"
	if k.Same {
		key = "keep.same"
	}
	k.Saved = i18n.T(ctx, key, "ref", ref, "n", number, "at", i18n.Exact(p.AsOf.Time()), "digest", p.Digest)
	return k, nil
}

// answered is a question of a page with its answer's digest; wrong tells by field why there is none.
type answered struct {
	page, address, digest string
	wrong                 map[string]string
}

// askAgain asks what an address of the explorer or of a money flow asks, on what was known by a moment.
func (a *App) askAgain(c *gin.Context, at models.Instant) (answered, error) {
	if c.Request.URL.Path == "/graph/money" {
		f, err := a.moneyFile(c, at)
		return answered{models.PageMoney, f.address(), f.answer.Digest(), f.wrong}, err
	}
	f, err := a.graphFile(c, at)
	if err == nil && len(f.wrong) == 0 && f.root.ID == 0 {
		f.wrong = map[string]string{"of": "graph.not_found"}
	}
	return answered{models.PageGraph, f.form.address(nil), f.picture.Digest(), f.wrong}, err
}

// caseKeep puts a picture into a case: the question is asked once more, as of a moment that does not move, and kept with the digest of
// its answer.
func (a *App) caseKeep(c *gin.Context) error {
	var f struct {
		Question string `form:"question"`
		Note     string `form:"note"`
	}
	if err := bind(c, &f); err != nil {
		return err
	}
	ctx, ref := a.Context(c), c.Param("ref")
	p, err := a.keepPicture(c, ActorOf(c), f.Question, f.Note)
	if err != nil {
		return err
	}
	return a.done(c, "/cases/"+ref, i18n.T(ctx, "keep.done", "n", strconv.FormatInt(p.Number, 10)), "")
}

// apiCaseKeep does the same for a program: the question is the address of an explorer's or a money flow's page.
func (a *App) apiCaseKeep(c *gin.Context) error {
	ref := c.Param("ref")
	var in struct {
		Question string `json:"question"`
		Note     string `json:"note"`
	}
	var kept models.CasePicture
	return a.apiWrite(c, apiCall{Input: &in,
		Probe: func(actor models.Actor) error { return a.Store.AllowPicture(c.Request.Context(), actor, ref) },
		Do: func(actor models.Actor) error {
			var err error
			kept, err = a.keepPicture(c, actor, in.Question, in.Note)
			return err
		},
		Answer: func(models.Actor) (int, any, error) {
			return http.StatusCreated, gin.H{"case": ref, "number": kept.Number, "as_of": kept.AsOf, "digest": kept.Digest}, nil
		}})
}

// keepPicture asks a question once more and keeps it in the case of the path.
func (a *App) keepPicture(c *gin.Context, actor models.Actor, question, note string) (models.CasePicture, error) {
	var p models.CasePicture
	ctx, ref := a.Context(c), c.Param("ref")
	if err := a.Store.AllowPicture(ctx, actor, ref); err != nil {
		return p, err
	}
	asked, err := url.Parse(question)
	if err != nil || asked.Host != "" || asked.Scheme != "" || asked.Path != "/graph" && asked.Path != "/graph/money" {
		return p, models.Invalid(map[string]string{"question": "error.required"})
	}
	again := c.Copy()
	again.Request = c.Request.Clone(c.Request.Context())
	again.Request.URL = asked
	at := a.Store.Now()
	if named, err := work.ReadMoment(asked.Query().Get("as_of"), work.DayEnds); err == nil && !named.IsZero() && named.Before(at) {
		at = named
	}
	q, err := a.askAgain(again, at)
	if err != nil {
		return p, err
	}
	if len(q.wrong) > 0 {
		return p, models.Invalid(q.wrong)
	}
	p = models.CasePicture{Page: q.page, Query: fixed(q.address), AsOf: at, Digest: q.digest, Note: note}
	p.Number, err = a.Store.SavePicture(ctx, actor, ref, p)
	return p, err
}

// fixed is an address without what the picture itself knows, or what leads elsewhere.
func fixed(address string) string {
	path, query, _ := strings.Cut(address, "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return address
	}
	for _, key := range []string{"as_of", "saved", "format", "show"} {
		v.Del(key)
	}
	return path + "?" + v.Encode()
}

// casePicture opens a picture of a case as it was put there.
func (a *App) casePicture(c *gin.Context) error {
	n, err := strconv.ParseInt(c.Param("number"), 10, 64)
	if err != nil {
		n = 0
	}
	p, err := a.Store.CasePicture(a.Context(c), ActorOf(c), c.Param("ref"), n)
	if err != nil {
		return err
	}
	path, query, _ := strings.Cut(p.Query, "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return models.NotFound("picture")
	}
	v.Set("as_of", p.AsOf.String())
	v.Set("saved", c.Param("ref")+"/"+c.Param("number"))
	c.Redirect(http.StatusSeeOther, path+"?"+v.Encode())
	return nil
}

// eventLink leads from an event to what it kept.
func eventLink(ctx context.Context, e models.Event) (address, text string) {
	var data struct {
		Case    string `json:"case"`
		Picture int64  `json:"picture"`
	}
	if e.Event != "save_picture" || json.Unmarshal([]byte(e.Data), &data) != nil || data.Picture == 0 {
		return "", ""
	}
	n := strconv.FormatInt(data.Picture, 10)
	return "/cases/" + data.Case + "/pictures/" + n, i18n.T(ctx, "keep.open", "n", n)
}

// momentText writes a moment that stands in the story as text.
func momentText(text string) string {
	at, err := work.ReadMoment(text, work.DayEnds)
	if err != nil {
		return text
	}
	return i18n.Exact(at.Time())
}
