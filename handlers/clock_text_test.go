package handlers

import (
	"strings"
	"testing"

	"xiezhi/law"
)

// The text that an operator has loaded stands beside a limit; without one there is the summary alone.
func TestFullTextBesideLimits(t *testing.T) {
	texts, err := law.LoadFullTexts(strings.NewReader(`{"310": {"title": "t", "articles": {"5": "the whole article"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	rule, ok := law.ClockRuleFor(law.ClockSendDossier)
	if !ok {
		t.Fatal("no rule")
	}
	ctx := speak(t, "zh")
	if got := pendingCard(withArticles(ctx, texts), "1", rule); got.Text != "the whole article" || got.About == "" {
		t.Errorf("%+v", got)
	}
	if got := pendingCard(ctx, "1", rule); got.Text != "" {
		t.Errorf("%+v", got)
	}
}
