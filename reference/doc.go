// Package reference holds what is the same for everybody: the divisions of GB/T 2260, the check digits of credit codes,
// identity numbers and cards, the normal forms of text for storing and for searching, pinyin, and the masks for personal
// data. It is pure: no database, no clock, no settings. Errors are *Error with a message key.
package reference

// Error is a refused value. Key is the key of the message that tells a person what is wrong.
type Error struct{ Key string }

// Error returns the message key.
func (e *Error) Error() string { return e.Key }

func refuse(key string) error { return &Error{Key: key} }
