package views

// shortHash gives the beginning of a digest, enough to compare by eye; the whole stands beside it on hover or in the details.
func shortHash(hash string) string {
	if len(hash) <= 12 {
		return hash
	}
	return hash[:12]
}
