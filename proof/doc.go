// Package proof holds what makes a file provable: its two digests, the folder in which it lies under its digest, what kind of
// content it has, and the signatures of an office. It knows no store, no page and no case.
package proof
