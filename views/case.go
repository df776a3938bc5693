package views

import (
	"context"
	"maps"
	"slices"
	"strings"

	"xiezhi/i18n"
)

// wrongNames lists the fields that are wrong in a fixed order.
func wrongNames(wrong map[string]string) []string { return slices.Sorted(maps.Keys(wrong)) }

// fieldWords says what is wrong with a field; what is wrong with the person who acts needs no name of a field.
func fieldWords(ctx context.Context, name, key string) string {
	label := "field." + name
	if !i18n.Has(ctx, label) {
		return i18n.T(ctx, key)
	}
	return i18n.T(ctx, "case.field_wrong", "field", i18n.T(ctx, label), "wrong", i18n.T(ctx, key))
}

// teamNames names the officers of a team with their numbers, one after another.
func teamNames(ctx context.Context, team []TeamMember) string {
	names := make([]string, len(team))
	for i, o := range team {
		names[i] = i18n.T(ctx, "case.officer", "name", o.Name, "number", o.Number)
	}
	return strings.Join(names, i18n.T(ctx, "case.and"))
}
