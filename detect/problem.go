package detect

import (
	"errors"
	"fmt"
	"strings"
)

// Problem is what is wrong at one field of a rule version: Key names the message with Args; Line and Column, from 1, point into
// the text of a condition where there is one.
type Problem struct {
	Field  string            `json:"field"`
	Key    string            `json:"key"`
	Args   map[string]string `json:"args,omitempty"`
	Line   int               `json:"line,omitempty"`
	Column int               `json:"column,omitempty"`
}

// Problems are all that is wrong with a rule version.
type Problems []Problem

// Error lists the fields and keys, for logs and commands.
func (p Problems) Error() string {
	var list []string
	for _, one := range p {
		text := one.Field + ": " + one.Key
		if one.Line > 0 {
			text += fmt.Sprintf(" (%d:%d)", one.Line, one.Column)
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// ProblemsOf gives what an error of ReadRules says is wrong; ok is false for any other failure.
func ProblemsOf(err error) (Problems, bool) {
	var p Problems
	ok := errors.As(err, &p)
	return p, ok
}

func (p *Problems) add(field, key string, args ...string) {
	one := Problem{Field: field, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if one.Args == nil {
			one.Args = map[string]string{}
		}
		one.Args[args[i]] = args[i+1]
	}
	*p = append(*p, one)
}
