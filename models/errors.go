package models

import (
	"errors"
	"fmt"
)

// Kind says what sort of failure an Error is; web alone maps it to a status.
type Kind int

// The kinds of failure the domain tells apart.
const (
	KindInternal        Kind = iota // a fault of ours: logged, never shown
	KindNotFound                    // absent, or outside the actor's scope: the two look alike
	KindForbidden                   // visible, but not this actor's to do
	KindConflict                    // somebody else changed it first
	KindNotAMove                    // the state does not allow this event
	KindInvalid                     // the input is wrong, by field
	KindUnauthenticated             // nobody is signed in, or the token is not valid
	KindTooMany                     // locked out or shed
	KindUnavailable                 // the act cannot be audited or stored now
)

// Error is a failure the caller may tell a person about: Key names the message, Args fill its slots, Fields hold a message
// key per form field, Moves the lawful events where the event asked for is not one.
type Error struct {
	Kind   Kind
	Key    string
	Args   map[string]string
	Fields map[string]string
	Moves  []string
	Err    error
}

// Error gives the key and the cause, for logs.
func (e *Error) Error() string {
	s := e.Key
	for f, k := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f, k)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the first Error in the chain, KindInternal where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// NotFound is the one answer for what is absent and what is outside the scope.
func NotFound(noun string) error {
	return &Error{Kind: KindNotFound, Key: "error.not_found", Args: map[string]string{"noun": noun}}
}

// Forbidden refuses an act that the actor's roles do not hold there.
func Forbidden(action Action) error {
	return &Error{Kind: KindForbidden, Key: "error.forbidden", Args: map[string]string{"action": string(action)}}
}

// Conflict tells that the object was changed by somebody else since it was read.
func Conflict() error { return &Error{Kind: KindConflict, Key: "error.conflict"} }

// Invalid refuses input by field; the values are message keys.
func Invalid(fields map[string]string) error {
	return &Error{Kind: KindInvalid, Key: "error.invalid", Fields: fields}
}

// NotAMove refuses an event the state does not allow and names the lawful ones.
func NotAMove(moves []string) error {
	return &Error{Kind: KindNotAMove, Key: "error.not_a_move", Moves: moves}
}
