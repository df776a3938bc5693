package detect

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// direction proves that a condition only ever rises with its facts: more, higher and worse facts can make it hold and never
// stop it from holding, so that no rule can reward a higher yield. What does not look at facts (areas, numbers) is free.
type direction struct{}

// of gives true where the expression rises, else the number of the part that does not.
func (d *direction) of(e ast.Expr) (int64, bool) {
	if d.fixed(e) {
		return 0, true
	}
	switch e.Kind() {
	case ast.IdentKind:
		return e.ID(), e.AsIdent() == variableIndex
	case ast.SelectKind:
		return e.ID(), !e.AsSelect().IsTestOnly()
	case ast.CallKind:
		return d.call(e)
	default:
		return e.ID(), false
	}
}

func (d *direction) call(e ast.Expr) (int64, bool) {
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr, operators.Add:
		return d.all(args)
	case operators.Greater, operators.GreaterEquals, operators.Subtract:
		if !d.fixed(args[1]) {
			return e.ID(), false
		}
		return d.of(args[0])
	case operators.Less, operators.LessEquals:
		if !d.fixed(args[0]) {
			return e.ID(), false
		}
		return d.of(args[1])
	case operators.Multiply:
		if notNegative(args[0]) {
			return d.of(args[1])
		}
		if notNegative(args[1]) {
			return d.of(args[0])
		}
		return e.ID(), false
	case operators.Conditional:
		if !d.fixed(args[0]) {
			return e.ID(), false
		}
		return d.all(args[1:])
	default:
		return e.ID(), false
	}
}

func (d *direction) all(list []ast.Expr) (int64, bool) {
	for _, a := range list {
		if at, ok := d.of(a); !ok {
			return at, false
		}
	}
	return 0, true
}

// fixed says whether an expression looks at no fact.
func (d *direction) fixed(e ast.Expr) bool {
	free := true
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() == ast.IdentKind && x.AsIdent() != variableArea || x.Kind() == ast.ComprehensionKind {
			free = false
		}
	}))
	return free
}

func notNegative(e ast.Expr) bool {
	if e.Kind() != ast.LiteralKind {
		return false
	}
	switch v := e.AsLiteral().(type) {
	case types.Int:
		return v >= 0
	case types.Double:
		return v >= 0
	default:
		return false
	}
}
