// Package ui holds templ parts that know no domain: icons, fields, pagers, empty states, figures and small charts.
package ui

import "context"

type contextKey struct{}

type bound struct {
	asset func(string) string
	token string
}

// With gives a context in which parts find the addresses of assets and the anti-forgery token of the session.
func With(ctx context.Context, asset func(string) string, token string) context.Context {
	return context.WithValue(ctx, contextKey{}, bound{asset, token})
}

// Asset gives the hashed address of a static file.
func Asset(ctx context.Context, name string) string {
	if b, ok := ctx.Value(contextKey{}).(bound); ok && b.asset != nil {
		return b.asset(name)
	}
	return "/static/" + name
}

// Token gives the anti-forgery token that every form carries.
func Token(ctx context.Context) string {
	if b, ok := ctx.Value(contextKey{}).(bound); ok {
		return b.token
	}
	return ""
}

// Sprite gives the address of a line icon, for pictures that are SVG themselves.
func Sprite(ctx context.Context, name string) string { return sprite(ctx, name) }

func sprite(ctx context.Context, name string) string {
	return Asset(ctx, "vendor/tabler/icons.svg") + "#i-" + name
}
