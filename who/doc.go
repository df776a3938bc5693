// Package who says from names and what else is recorded whether two subjects are one: it reads a name into its parts, compares
// two names part by part, and proposes pairs out of millions of subjects without looking at all pairs. Every answer carries its
// reasons as keys of messages. It decides nothing: a person does. The package is pure: no store, no clock.
package who
