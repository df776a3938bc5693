package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"xiezhi/work"
)

// A long trace lists its first accounts and payments and leads to more by ordinary links, up to all; each page counts and adds up the whole
// trace, names every account that its picture draws, and lists payments only between accounts that it lists. The file holds everything.
func TestLongTraceIsListedByParts(t *testing.T) {
	s := newSite(t, filepath.Join(fastDir(t), "test.db"))
	s.loadLongTrace(t)
	clerk := s.as(t, "duty1")
	const first = "/graph/money?hops=4&account=account:LT0000"
	address, shown, foot := first, 0, ""
	var listed []string
	for steps := 1; ; steps++ {
		page := readTracePage(t, clerk, address)
		if len(page.accounts) <= shown || steps == 1 && len(page.accounts) > 110 {
			t.Fatalf("%s lists %d accounts after %d", address, len(page.accounts), shown)
		}
		for _, name := range listed {
			if !slices.Contains(page.accounts, name) {
				t.Errorf("%s does not list %s any more", address, name)
			}
		}
		for _, name := range page.bars {
			if !slices.Contains(page.accounts, name) {
				t.Errorf("%s draws %s and does not list it", address, name)
			}
		}
		for _, end := range page.ends {
			if !slices.Contains(page.accounts, end) {
				t.Errorf("%s lists a payment of %s, which it does not list", address, end)
			}
		}
		if foot == "" {
			foot = page.foot
		}
		if page.counts != "233 351" || page.foot != foot || !strings.Contains(foot, "全部 233 个账户") || !strings.Contains(foot, "全部 351 笔") {
			t.Errorf("%s counts %q and adds up %q", address, page.counts, page.foot)
		}
		listed, shown = page.accounts, len(page.accounts)
		if page.next == "" {
			if steps != 3 || shown != 233 || page.payments != 351 || page.all != "" {
				t.Errorf("after %d steps %d accounts and %d payments are listed", steps, shown, page.payments)
			}
			break
		}
		address = page.next
	}
	if page := readTracePage(t, clerk, first+"&show=all"); len(page.accounts) != 233 || page.payments != 351 || page.next != "" {
		t.Errorf("all are %d accounts and %d payments", len(page.accounts), page.payments)
	}
	file, err := csv.NewReader(strings.NewReader(clerk.get(first + "&format=csv").body)).ReadAll()
	if err != nil || len(file) != 352 {
		t.Errorf("the file has %d rows: %v", len(file), err)
	}
	for _, row := range file {
		if row[7] == "" || row[2] == "" || strings.Contains(row[3], "辖区外") {
			t.Errorf("the file does not name a payment: %q", row)
		}
	}
	if got := clerk.get(first + "&show=-1"); got.status != 422 {
		t.Errorf("a wrong number to list: %d", got.status)
	}
}

// loadLongTrace stores payments of one account to 230 others, of which 120 pay the same one, which pays another.
func (s *site) loadLongTrace(t *testing.T) {
	t.Helper()
	var accounts, transfers strings.Builder
	accounts.WriteString("number,institution_code,division_code\n")
	transfers.WriteString("id,from_account,to_account,amount,at\n")
	for i := range 233 {
		fmt.Fprintf(&accounts, "LT%04d,BANK%d,440304\n", i, i%7)
	}
	for i := 1; i <= 230; i++ {
		fmt.Fprintf(&transfers, "LA%d,LT0000,LT%04d,%d.00,2026-03-01T09:00:00+08:00\n", i, i, 1000+i*37%900)
		if i <= 120 {
			fmt.Fprintf(&transfers, "LB%d,LT%04d,LT0231,%d.50,2026-03-02T09:00:00+08:00\n", i, i, 100+i)
		}
	}
	transfers.WriteString("LC,LT0231,LT0232,5000.00,2026-03-03T09:00:00+08:00\n")
	var paths []string
	dir := t.TempDir()
	for name, text := range map[string]string{"accounts.csv": accounts.String(), "transfers.csv": transfers.String()} {
		paths = append(paths, filepath.Join(dir, name))
		if err := os.WriteFile(paths[len(paths)-1], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.p.desk.Ingest(t.Context(), byCommand, work.IngestOptions{Paths: paths, Source: "SIM", Division: "440304"}); err != nil {
		t.Fatal(err)
	}
}

// tracePage is what a reader finds on the page of a trace.
type tracePage struct {
	accounts, bars, ends []string
	payments             int
	counts, foot         string
	next, all            string
}

func readTracePage(t *testing.T, v *visitor, address string) tracePage {
	t.Helper()
	at, _, _ := strings.Cut(address, "#")
	r := v.get(at)
	if r.status != 200 {
		t.Fatalf("%s: %d", at, r.status)
	}
	doc := r.doc(t)
	var p tracePage
	text := func(_ int, el *goquery.Selection) string { return strings.TrimSpace(el.Text()) }
	accounts, payments := doc.Find("section:has(#money-accounts)"), doc.Find("section:has(#money-payments)")
	p.accounts = accounts.Find("tbody th bdi").Map(text)
	p.ends = payments.Find("tbody bdi").Map(text)
	p.payments = payments.Find("tbody tr").Length()
	p.counts = text(0, accounts.Find(".x-count")) + " " + text(0, payments.Find(".x-count"))
	for _, el := range []*goquery.Selection{accounts, payments} {
		p.foot += strings.Join(el.Find("tfoot tr").Last().Find("th, td").Map(text), " ")
	}
	for _, title := range doc.Find(".x-sankey text").Map(text) {
		if !strings.HasPrefix(title, "另外") {
			name, _, _ := strings.Cut(title, " ")
			p.bars = append(p.bars, name)
		}
	}
	links := accounts.AddSelection(payments).Find(".x-list-more a")
	links.Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if strings.Contains(href, "show=all") {
			p.all = href
		}
	})
	p.next = links.First().AttrOr("href", "")
	if p.next != "" && !strings.HasSuffix(p.next, "#money-accounts") && !strings.HasSuffix(p.next, "#money-payments") {
		t.Errorf("%s leads to no place of the page", p.next)
	}
	return p
}
