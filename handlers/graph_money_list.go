package handlers

import (
	"context"
	"net/url"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/views"
)

// newMoneyRows gives the payments that are listed.
func newMoneyRows(ctx context.Context, f moneyFile) []views.MoneyRow {
	var list []views.MoneyRow
	for _, h := range f.answer.Hops {
		if h.Listed {
			list = append(list, views.MoneyRow{Depth: itoa(h.Depth), At: whenMinute(h.At), Day: i18n.Day(h.At.Time()), From: maskedName(ctx, f.names, h.FromID), To: maskedName(ctx, f.names, h.ToID),
				Amount: moneyText(ctx, h.Amount, h.Currency), Carried: moneyText(ctx, h.Carried, h.Currency), Transfer: h.Transfer})
		}
	}
	return list
}

// newMoneyLayers gives the accounts that are listed.
func newMoneyLayers(ctx context.Context, f moneyFile) []views.MoneyLayer {
	var list []views.MoneyLayer
	direction := "&direction=" + url.QueryEscape(f.ask.Direction)
	for _, l := range f.answer.Accounts {
		if !l.Listed {
			continue
		}
		row := views.MoneyLayer{Depth: itoa(l.Depth), Name: maskedName(ctx, f.names, l.ID), In: moneyText(ctx, l.In, l.Currency), Out: moneyText(ctx, l.Out, l.Currency), Remaining: moneyText(ctx, l.Remaining, l.Currency), Institution: l.Institution}
		if s, ok := f.names[l.ID]; ok && l.ID != f.sub.ID {
			row.URL = "/graph/money?account=" + url.QueryEscape(subjectAddress(s)) + direction
			row.Place = shortPlace(ctx, s.DivisionCode)
		}
		list = append(list, row)
	}
	return list
}

// newMoneyParts tells how many accounts and payments the whole trace has and what they add up to, how many of them are listed, and where
// more of them are.
func newMoneyParts(ctx context.Context, f moneyFile) (accounts, payments views.MoneyPart) {
	accounts, payments = views.MoneyPart{ID: "money-accounts"}, views.MoneyPart{ID: "money-payments"}
	n, shown := [2]int{}, [2]int{}
	for _, w := range f.answer.Whole {
		c := w.Currency
		n[0], n[1] = n[0]+w.Accounts, n[1]+w.Payments
		shown[0], shown[1] = shown[0]+w.Accounts-w.Rest.Accounts, shown[1]+w.Payments-w.Rest.Payments
		if r := w.Rest; r.Accounts > 0 {
			accounts.Sums = append(accounts.Sums, []string{i18n.T(ctx, "money.rest.accounts", "n", count(ctx, r.Accounts)), moneyText(ctx, r.In, c), moneyText(ctx, r.Out, c), moneyText(ctx, r.Remaining, c)})
		}
		if r := w.Rest; r.Payments > 0 {
			payments.Sums = append(payments.Sums, []string{i18n.T(ctx, "money.rest.payments", "n", count(ctx, r.Payments)), moneyText(ctx, r.Amount, c), moneyText(ctx, r.Carried, c), ""})
		}
		accounts.Sums = append(accounts.Sums, []string{i18n.T(ctx, "money.whole.accounts", "n", count(ctx, w.Accounts)), moneyText(ctx, w.In, c), moneyText(ctx, w.Out, c), moneyText(ctx, w.Remaining, c)})
		payments.Sums = append(payments.Sums, []string{i18n.T(ctx, "money.whole.payments", "n", count(ctx, w.Payments)), moneyText(ctx, w.Amount, c), moneyText(ctx, w.Carried, c), ""})
	}
	f.more(ctx, &accounts, "accounts", n[0], shown[0])
	f.more(ctx, &payments, "payments", n[1], shown[1])
	return accounts, payments
}

func count(ctx context.Context, n int) string { return i18n.Integer(ctx, int64(n)) }

// more leads from a list to one that holds more, and to the whole. The address goes on to the list itself.
func (f moneyFile) more(ctx context.Context, p *views.MoneyPart, of string, n, shown int) {
	p.Count = count(ctx, n)
	if shown == n {
		return
	}
	p.Listed = i18n.T(ctx, "money.listed."+of, "n", count(ctx, shown), "all", p.Count)
	if next := f.ask.Shown + pageShown; next < n {
		p.Next = views.GraphLink{Name: i18n.T(ctx, "money.next", "n", count(ctx, pageShown)), URL: f.address("show", itoa(next)) + "#" + p.ID}
	}
	p.All = views.GraphLink{Name: i18n.T(ctx, "money.all", "n", p.Count), URL: f.address("show", showAll) + "#" + p.ID}
}

// moneyCSV gives the payments as a table with exact amounts; it is noted.
func (a *App) moneyCSV(c *gin.Context, f moneyFile) error {
	ctx := a.Context(c)
	if err := a.noteExport(c, "account:"+subjectAddress(f.sub), f.sub.Place); err != nil {
		return err
	}
	rows := [][]string{{i18n.T(ctx, "money.depth"), i18n.T(ctx, "col.time"), i18n.T(ctx, "money.payer"), i18n.T(ctx, "money.payee"), i18n.T(ctx, "money.amount"), i18n.T(ctx, "money.carried"), i18n.T(ctx, "money.currency"),
		i18n.T(ctx, "money.transfer")}}
	for _, h := range f.answer.Hops {
		rows = append(rows, []string{itoa(h.Depth), h.At.String(), maskedName(ctx, f.names, h.FromID), maskedName(ctx, f.names, h.ToID), h.Amount.String(), h.Carried.String(), h.Currency, h.Transfer})
	}
	return sendCSV(c, "money.csv", rows)
}
