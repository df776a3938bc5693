// Package money finds schemes in transfers: who gathers, passes on, scatters and takes out money together, and how unlikely
// that is by chance in the ledger at hand. It is pure: no database, no clock, no language.
package money
