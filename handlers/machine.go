package handlers

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/law"
	"xiezhi/models"
	"xiezhi/views"
)

// machineShow draws a procedure of the law from its table.
func (a *App) machineShow(c *gin.Context) error {
	ctx, name := a.Context(c), law.MachineName(c.Param("name"))
	m := law.MachineOf(name)
	if len(m.Moves()) == 0 {
		return models.NotFound("page")
	}
	frame, err := a.frame(c, i18n.T(ctx, "machine.name."+string(name)))
	if err != nil {
		return err
	}
	p := views.MachinePage{Frame: frame, About: i18n.T(ctx, "machine.about."+string(name)), Draw: drawMachine(ctx, m)}
	for _, other := range law.Machines() {
		p.Tabs = append(p.Tabs, views.Tab{Label: i18n.T(ctx, "machine.name."+string(other.Name)), URL: "/procedures/" + string(other.Name), Current: other.Name == name})
	}
	for _, move := range m.Moves() {
		row := views.MachineRow{From: machineState(ctx, name, move.From), Event: machineEvent(ctx, name, move.Event), To: machineState(ctx, name, move.To),
			Actor: i18n.T(ctx, "procedure.role."+move.Actor), Law: citations(ctx, move.Articles)}
		_, row.About = firstArticle(ctx, move.Articles)
		if rule, ok := law.ClockRuleFor(move.Clock); ok {
			row.Limit = i18n.T(ctx, "clock.name."+string(move.Clock)) + i18n.T(ctx, "punct.colon") + ruleAmount(ctx, rule)
		}
		p.Rows = append(p.Rows, row)
	}
	return a.render(c, http.StatusOK, views.MachineShow(p))
}

func machineState(ctx context.Context, m law.MachineName, s law.State) string {
	if s == law.StateNone {
		return i18n.T(ctx, "machine.none")
	}
	if m == law.MachineReferral {
		return i18n.T(ctx, "referral.state."+string(s))
	}
	return i18n.T(ctx, "procedure.state."+string(m)+"."+string(s))
}

func machineEvent(ctx context.Context, m law.MachineName, e law.Event) string {
	if m == law.MachineReferral {
		if e == law.EventFormTeam {
			return i18n.T(ctx, "event.form_team")
		}
		return i18n.T(ctx, "referral.act."+string(e))
	}
	return procedureAct(ctx, m, e)
}

// The measures of the picture of a procedure, in units of the drawing.
const (
	boxWidth   = 118.0
	boxHeight  = 34.0
	boxGapX    = 36.0
	boxGapY    = 26.0
	drawMargin = 16.0
)

// drawMachine puts the states in columns by how many moves they are from the beginning; a way back is drawn as a bow below.
func drawMachine(ctx context.Context, m law.Machine) views.MachineDraw {
	layer := machineLayers(m)
	rows := map[int]int{}
	at := map[law.State]views.MachineBox{}
	d := views.MachineDraw{Says: i18n.T(ctx, "machine.says", "name", i18n.T(ctx, "machine.name."+string(m.Name)), "states", i18n.Integer(ctx, int64(len(m.States()))),
		"moves", i18n.Integer(ctx, int64(len(m.Moves()))))}
	for _, s := range m.States() {
		l := layer[s]
		box := views.MachineBox{X: drawMargin + float64(l)*(boxWidth+boxGapX), Y: drawMargin + float64(rows[l])*(boxHeight+boxGapY), W: boxWidth, H: boxHeight, Text: machineState(ctx, m.Name, s)}
		rows[l]++
		if len(m.From(s)) == 0 {
			box.Class = "is-end"
		}
		at[s] = box
		d.Boxes = append(d.Boxes, box)
		d.Width, d.Height = max(d.Width, box.X+boxWidth+drawMargin), max(d.Height, box.Y+boxHeight+drawMargin+boxGapY)
	}
	type way struct{ from, to law.State }
	titles, order := map[way]string{}, []way{}
	for _, move := range m.Moves() {
		w := way{move.From, move.To}
		if move.From == law.StateNone || move.From == move.To {
			continue
		}
		if _, ok := titles[w]; !ok {
			order = append(order, w)
		} else {
			titles[w] += " / "
		}
		titles[w] += machineEvent(ctx, m.Name, move.Event)
	}
	for _, w := range order {
		d.Arrows = append(d.Arrows, views.MachineArrow{Path: machineWay(at[w.from], at[w.to]), Title: titles[w]})
	}
	return d
}

// machineLayers gives each state the number of its column: the fewest moves from the beginning.
func machineLayers(m law.Machine) map[law.State]int {
	layer := map[law.State]int{}
	next := []law.State{}
	for _, move := range m.From(law.StateNone) {
		layer[move.To] = 0
		next = append(next, move.To)
	}
	for len(next) > 0 {
		s := next[0]
		next = next[1:]
		for _, move := range m.From(s) {
			if _, ok := layer[move.To]; !ok {
				layer[move.To] = layer[s] + 1
				next = append(next, move.To)
			}
		}
	}
	return layer
}

func machineWay(from, to views.MachineBox) string {
	switch {
	case to.X > from.X:
		x1, y1, x2, y2 := from.X+from.W, from.Y+from.H/2, to.X, to.Y+to.H/2
		return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1+boxGapX/2, y1, x2-boxGapX/2, y2, x2, y2)
	case to.X == from.X && to.Y > from.Y:
		return fmt.Sprintf("M%.0f %.0fV%.0f", from.X+from.W/2, from.Y+from.H, to.Y)
	case to.X == from.X:
		return fmt.Sprintf("M%.0f %.0fV%.0f", from.X+from.W/2+12, from.Y, to.Y+to.H)
	default:
		x1, y1, x2, y2 := from.X+from.W/2, from.Y+from.H, to.X+to.W/2, to.Y+to.H
		low := max(y1, y2) + boxGapY
		return fmt.Sprintf("M%.0f %.0fC%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1, low, x2, low, x2, y2)
	}
}
