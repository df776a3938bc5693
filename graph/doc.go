// Package graph answers questions about relations and capital flow in memory. It knows no store and no clock: it is fed by
// work and asked through plain values. What is built is immutable and safe for concurrent use.
package graph
