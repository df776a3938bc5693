package handlers

import (
	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/models"
	"xiezhi/views"
)

// meMail stores where the reader's notices are mailed to, or shows the page again with what is wrong.
func (a *App) meMail(c *gin.Context) error {
	var f struct {
		Email string `form:"email"`
		On    string `form:"on"`
	}
	if err := bind(c, &f); err != nil {
		return err
	}
	m := models.MailOff
	if f.On == "yes" {
		m = models.MailOn
	}
	err := a.Store.SetMail(a.Context(c), ActorOf(c), f.Email, m)
	if wrong, ok := wrongFields(err); ok {
		return a.showMe(c, &views.MailForm{Email: f.Email, On: m == models.MailOn, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return a.done(c, "/me", i18n.T(a.Context(c), "me.mail_done."+string(m)), "")
}
