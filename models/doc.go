// Package models holds the domain: its types and invariants, every query, every transition and the audit trail.
// It is the only package on its floor that speaks SQL; a file stands per noun (noun.go, noun_query.go, noun_change.go).
//
// Conventions: instants are UTC ([Instant]), calendar dates are [Date], money is int64 fen, Ref is the public number of
// an object and ID its internal key that never appears in a URL.
package models
