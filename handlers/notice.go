package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
	"xiezhi/views/ui"
)

func (a *App) noticeList(c *gin.Context) error {
	ctx, actor := a.Context(c), ActorOf(c)
	var key listKey
	if _, err := readCursor(c.Query("after"), &key); err != nil {
		return err
	}
	list, more, err := a.Store.Notices(ctx, actor, key.ID, pageRows)
	if err != nil {
		return err
	}
	frame, err := a.frame(c, i18n.T(ctx, "nav.notices"))
	if err != nil {
		return err
	}
	p := views.NoticeListPage{Frame: frame, Pager: ui.Pager{Shown: len(list)}}
	if more {
		p.Pager.Next = "/notices?after=" + cursor(listKey{list[len(list)-1].ID})
	}
	if key.ID != 0 {
		p.Pager.First = "/notices"
	}
	for i, n := range list {
		if i == 0 {
			p.Last = strconv.FormatInt(n.ID, 10)
		}
		fresh := n.ReadAt.IsZero()
		p.Fresh = p.Fresh || fresh
		p.Rows = append(p.Rows, views.NoticeRow{Text: NoticeText(ctx, n), URL: n.Path(), At: whenMinute(n.At), Fresh: fresh, Late: n.Kind == "clock_late"})
	}
	return a.render(c, http.StatusOK, views.NoticeList(p))
}

func (a *App) noticeRead(c *gin.Context) error {
	upTo, err := strconv.ParseInt(c.PostForm("up_to"), 10, 64)
	if err != nil {
		return models.Invalid(map[string]string{"up_to": "error.count"})
	}
	if err := a.Store.ReadNotices(a.Context(c), ActorOf(c), upTo); err != nil {
		return err
	}
	return a.done(c, "/notices", i18n.T(a.Context(c), "notice.done"), "")
}

// NoticeText words a notice for its reader.
func NoticeText(ctx context.Context, n models.Notice) string {
	object, ref, _ := strings.Cut(n.Object, ":")
	var data map[string]any
	if json.Unmarshal([]byte(n.Data), &data) != nil {
		data = nil
	}
	slots := []string{"ref", ref}
	for name, v := range data {
		text, ok := v.(string)
		if !ok {
			continue
		}
		switch name {
		case "clock":
			text = i18n.T(ctx, "clock.name."+text)
		case "event":
			text = eventWord(ctx, object, text)
		case "due", "was":
			if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
				text = i18n.Deadline(at)
			}
		}
		slots = append(slots, name, text)
	}
	if key := "notice.kind." + n.Kind; i18n.Has(ctx, key) {
		return i18n.T(ctx, key, slots...)
	}
	return i18n.T(ctx, "notice.kind.other", slots...)
}
