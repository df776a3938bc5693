package detect

import (
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Row is an indicator as a condition sees it, prepared before any condition is asked. Value is the measured number in the
// indicator's unit, Score what it adds to its dimension, Facts the pieces of evidence; Marked says that the measure itself saw
// what its hard trigger asks for (a daily promise, say). Without a hit all are zero.
type Row struct {
	Hit    bool    `cel:"hit"`
	Marked bool    `cel:"marked"`
	Value  float64 `cel:"value"`
	Score  float64 `cel:"score"`
	Facts  int64   `cel:"facts"`
}

// CompanyRow holds the plain numbers of a company as a condition sees them; what is unknown is zero.
type CompanyRow struct {
	MaxYield   float64 `cel:"max_yield"` // a year, as a fraction
	Guaranteed bool    `cel:"guaranteed"`
	Investors  int64   `cel:"investors"`
	RaisedFen  int64   `cel:"raised_fen"`
	Complaints int64   `cel:"complaints"` // of 90 days
}

// The limits of a condition: characters of its text, depth of its nesting, steps of one evaluation.
const (
	conditionLength = 600
	conditionDepth  = 24
	conditionCost   = 400
)

const (
	variableArea    = "area"
	variableIndex   = "index"
	variableCompany = "company"
)

// variableOf gives the name by which conditions call an indicator: hyphens are not part of names there.
func variableOf(code string) string { return strings.ReplaceAll(code, "-", "_") }

// condition is a compiled CEL expression: what it asks, and which indicators it names.
type condition struct {
	program cel.Program
	names   []string // codes of the indicators named
}

// conditions compiles texts against the indicators of one rule version.
type conditions struct {
	env   *cel.Env
	codes map[string]string // variable -> code
}

func newConditions(r *Rules) (*conditions, error) {
	c := &conditions{codes: map[string]string{}}
	opts := []cel.EnvOption{cel.ClearMacros(), cel.CrossTypeNumericComparisons(true), cel.ParserExpressionSizeLimit(conditionLength),
		cel.ParserRecursionLimit(conditionDepth), ext.NativeTypes(ext.ParseStructTags(true), reflect.TypeFor[Row](), reflect.TypeFor[CompanyRow]()),
		cel.Variable(variableArea, cel.StringType), cel.Variable(variableIndex, cel.DoubleType), cel.Variable(variableCompany, cel.ObjectType("detect.CompanyRow"))}
	for _, ind := range r.Indicators {
		if name := variableOf(ind.Code); c.codes[name] == "" && indicatorCode.MatchString(ind.Code) {
			c.codes[name] = ind.Code
			opts = append(opts, cel.Variable(name, cel.ObjectType("detect.Row")))
		}
	}
	var err error
	c.env, err = cel.NewEnv(opts...)
	return c, err
}

// noSizes leaves the sizes of inputs to the standard estimates.
type noSizes struct{}

func (noSizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

func (noSizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	return &cost.SizeEstimate{Min: 0, Max: 16} // the only texts are codes of areas
}

// compile checks a text: its grammar, its types, that it is a yes or no, its cost, and that worse facts never undo it.
func (c *conditions) compile(text string) (*condition, *Problem) {
	if len([]rune(text)) > conditionLength {
		return nil, &Problem{Key: "rules.cel.long"}
	}
	checked, issues := c.env.Compile(text)
	if issues != nil && issues.Err() != nil {
		return nil, celProblem(issues)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, &Problem{Key: "rules.cel.not_bool", Line: 1, Column: 1}
	}
	tree := checked.NativeRep()
	if bad, ok := (&direction{}).of(tree.Expr()); !ok {
		at := tree.SourceInfo().GetStartLocation(bad)
		return nil, &Problem{Key: "rules.cel.direction", Line: max(at.Line(), 1), Column: at.Column() + 1}
	}
	if est, err := c.env.EstimateCost(checked, noSizes{}); err != nil || est.Max > conditionCost {
		return nil, &Problem{Key: "rules.cel.cost", Line: 1, Column: 1}
	}
	program, err := c.env.Program(checked, cel.CostLimit(conditionCost))
	if err != nil {
		return nil, &Problem{Key: "rules.cel.other", Line: 1, Column: 1}
	}
	out := &condition{program: program}
	celast.PreOrderVisit(tree.Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		if e.Kind() == celast.IdentKind {
			if code := c.codes[e.AsIdent()]; code != "" && !slices.Contains(out.names, code) {
				out.names = append(out.names, code)
			}
		}
	}))
	return out, nil
}

// celProblem takes the first complaint of the compiler in words of ours.
func celProblem(issues *cel.Issues) *Problem {
	e := issues.Errors()[0]
	p := &Problem{Key: "rules.cel.other", Line: max(e.Location.Line(), 1), Column: e.Location.Column() + 1}
	quoted := func() string {
		if _, rest, ok := strings.Cut(e.Message, "'"); ok {
			name, _, _ := strings.Cut(rest, "'")
			return name
		}
		return ""
	}
	switch {
	case strings.HasPrefix(e.Message, "Syntax error"), strings.Contains(e.Message, "mismatched input"):
		p.Key = "rules.cel.syntax"
	case strings.HasPrefix(e.Message, "undeclared reference"):
		p.Key, p.Args = "rules.cel.unknown", map[string]string{"name": strings.ReplaceAll(quoted(), "_", "-")}
	case strings.HasPrefix(e.Message, "undefined field"):
		p.Key, p.Args = "rules.cel.field", map[string]string{"name": quoted()}
	case strings.HasPrefix(e.Message, "found no matching overload"):
		p.Key, p.Args = "rules.cel.types", map[string]string{"name": strings.Trim(quoted(), "_")}
	case strings.Contains(e.Message, "recursion"), strings.Contains(e.Message, "code point size"):
		p.Key = "rules.cel.long"
	}
	return p
}

// holds asks the condition; an evaluation that fails, which only an overflow can, does not hold and says so.
func (c *condition) holds(facts cel.Activation) (held, failed bool) {
	v, _, err := c.program.Eval(facts)
	if err != nil {
		return false, true
	}
	return v == types.True, false
}

// runFacts are the variables of conditions over one area of a company.
type runFacts struct {
	view    *view
	run     *run
	area    string
	company *CompanyRow // made when first asked for
	codes   map[string]string
}

// Parent gives nothing: all variables are here.
func (f *runFacts) Parent() cel.Activation { return nil }

// ResolveName gives a variable.
func (f *runFacts) ResolveName(name string) (any, bool) {
	switch name {
	case variableArea:
		return f.area, true
	case variableIndex:
		return f.run.index, true
	case variableCompany:
		if f.company == nil {
			f.company = f.view.companyRow()
		}
		return *f.company, true
	}
	code, ok := f.codes[name]
	if !ok {
		return nil, false
	}
	for i := range f.run.hits {
		if s := &f.run.hits[i]; s.ind.Code == code {
			return Row{Hit: true, Marked: s.hit.trigger, Value: s.hit.value, Score: s.hit.raw, Facts: int64(len(s.hit.refs))}, true
		}
	}
	return Row{}, true
}

func (v *view) companyRow() *CompanyRow {
	m := v.measures()
	c := &CompanyRow{Guaranteed: m.Guaranteed, Complaints: m.Complaints90d}
	if m.MaxAnnualYield != nil {
		c.MaxYield = *m.MaxAnnualYield
	}
	if m.Investors != nil {
		c.Investors = *m.Investors
	}
	if m.RaisedFen != nil {
		c.RaisedFen = *m.RaisedFen
	}
	return c
}
