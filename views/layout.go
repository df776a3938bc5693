// Package views holds the pages. Each file has its page struct on top, filled by a pure function in handlers; a view asks
// nothing of anybody and decides nothing about rights.
package views

import (
	"context"
	"slices"
	"strings"

	"xiezhi/i18n"
	"xiezhi/views/ui"
)

func otherLocale(ctx context.Context) string {
	if i18n.IsEnglish(ctx) {
		return i18n.Chinese
	}
	return i18n.English
}

func otherTheme(theme string) string {
	if theme == "dark" {
		return "light"
	}
	return "dark"
}

func themeIcon(theme string) string {
	if theme == "dark" {
		return "sun"
	}
	return "moon"
}

func dueIcon(state string) string {
	switch state {
	case "late":
		return "alarm"
	case "paused":
		return "player-pause"
	case "done":
		return "check"
	default:
		return "clock-hour-4"
	}
}

func keyName(k string) string {
	switch k {
	case "/":
		return "search"
	case "?":
		return "help"
	default:
		return strings.ToLower(k)
	}
}

// anyChosen says whether a filter is set.
func anyChosen(options []ui.Option) bool {
	return slices.ContainsFunc(options, func(o ui.Option) bool { return o.Chosen && o.Value != "" })
}
