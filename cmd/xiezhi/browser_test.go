package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long one step in a browser may take: machines that test much at once are slow, and a step that hangs is a fault.
const patience = 2 * time.Minute

// browser is a chromium that one test owns.
type browser struct {
	ctx context.Context
}

// newBrowser starts a chromium without a window; a test is skipped where there is none, and fails where everything is required.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		const why = "no chromium is installed, so the pages are not driven in a browser: apt-get install chromium fonts-noto-cjk"
		if os.Getenv("XIEZHI_TEST_REQUIRE_ALL") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(fastDir(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"), chromedp.WSURLReadTimeout(time.Minute)}
	alloc, stopAlloc := chromedp.NewExecAllocator(t.Context(), opts...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		stop()
		stopAlloc()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &browser{ctx}
}

// tab is a page of one person, with cookies of its own. It remembers what the console complained of.
type tab struct {
	t      testing.TB
	s      *site
	ctx    context.Context
	name   string
	status int64
	mu     sync.Mutex
	faults []string
}

func (b *browser) tab(t testing.TB, s *site) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	p := &tab{t: t, s: s, ctx: ctx, name: "nobody"}
	if err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			p.fault(e.ExceptionDetails.Text + " " + e.ExceptionDetails.URL)
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				p.fault(fmt.Sprintf("console.error with %d values", len(e.Args)))
			}
		case *log.EventEntryAdded:
			// An answer such as 404 is logged as an error too; the page's status is asserted by itself.
			if e.Entry.Level == "error" && e.Entry.Source != "network" {
				p.fault(e.Entry.Text)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	p.size(1366, 768)
	return p
}

func (p *tab) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// quiet fails the test if a page had a script error, or broke the content policy, since the last call.
func (p *tab) quiet(where string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) > 0 {
		p.t.Errorf("%s: %s: the console says %q", p.name, where, p.faults)
		p.faults = nil
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s at %s: %v\n%s", p.name, p.address(), err, p.words())
	}
}

// leads carries out actions that load a page, and remembers how it was answered.
func (p *tab) leads(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	res, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		p.t.Fatalf("%s at %s: %v\n%s", p.name, p.address(), err, p.words())
	}
	p.status = res.Status
}

func (p *tab) open(path string) {
	p.t.Helper()
	p.leads(chromedp.Navigate(p.s.URL + path))
}

func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// click presses what a selector names and waits for the page it leads to.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.leads(chromedp.Click(chromedp.CSS(selector)))
	if p.status >= http.StatusBadRequest {
		p.t.Fatalf("%s clicks %s: %d\n%s", p.name, selector, p.status, p.words())
	}
}

// fill writes into an empty field as a person does, unfolding what it stands in.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.unfold(selector)
	p.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// unfold opens the block of a folded act by its summary.
func (p *tab) unfold(selector string) {
	p.t.Helper()
	if p.truth(fmt.Sprintf(`(() => { const d = document.querySelector(%q)?.closest("details"); if (!d || d.open) return false; d.querySelector("summary").id = "unfold"; return true })()`, selector)) {
		p.do(chromedp.Click(chromedp.CSS("#unfold")))
		p.truth(`document.querySelector("#unfold").removeAttribute("id") === undefined`)
	}
}

func (p *tab) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

func (p *tab) truth(script string) bool {
	p.t.Helper()
	return eval[bool](p, script)
}

// eval gives the value of a script in the page.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	yes := true
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, func(q *runtime.EvaluateParams) { q.AwaitPromise = &yes }))
	if err != nil {
		p.t.Fatalf("%s at %s: %v", p.name, p.address(), err)
	}
	return v
}

// words is the visible text of the page.
func (p *tab) words() string {
	ctx, stop := context.WithTimeout(p.ctx, 10*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(text), " ")
}

func (p *tab) sees(words ...string) {
	p.t.Helper()
	text := p.words()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("%s at %s does not see %q in: %s", p.name, p.address(), w, text)
		}
	}
}

// address is the page's path.
func (p *tab) address() string {
	ctx, stop := context.WithTimeout(p.ctx, 10*time.Second)
	defer stop()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return ""
	}
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.Path
}

// signIn signs a demo user in through the page, in a language.
func (p *tab) signIn(user, locale string) {
	p.t.Helper()
	p.name = user
	p.open("/locale?l=" + locale)
	p.open("/login")
	p.do(chromedp.SendKeys(chromedp.CSS("#user"), user), chromedp.SendKeys(chromedp.CSS("#password"), p.s.password))
	p.click(".x-login button[type=submit]")
	if p.truth(`document.documentElement.lang !== "` + locale + `"`) {
		p.click(`button[name=locale]`)
	}
	if lang := eval[string](p, "document.documentElement.lang"); lang != locale {
		p.t.Fatalf("%s reads in %q and asked for %q", user, lang, locale)
	}
}
