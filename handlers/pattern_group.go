package handlers

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"xiezhi/i18n"
	"xiezhi/views"
	"xiezhi/work"
)

// membersShown is how many members of a group its line names.
const membersShown = 8

// group is a group of subjects in a list.
type group struct {
	kind string
	ids  []int64
	text string
}

func (a *App) fillRings(c *gin.Context, v *patternView) error {
	ask := v.groupsForm(c)
	if v.q.err() != nil {
		return nil
	}
	answer, err := a.Desk.Graph.GuaranteeRings(v.ctx, v.by, ask)
	if err != nil {
		return err
	}
	var list []group
	var ids []int64
	for _, r := range answer.Rings {
		ids = append(ids, r.IDs...)
	}
	if err := v.nameAll(a, ids); err != nil {
		return err
	}
	for _, r := range answer.Rings {
		var way []string
		for _, s := range chainSteps(v.ctx, graphFile{names: v.names}, r.Chain) {
			way = append(way, s.Name)
		}
		list = append(list, group{kind: "guarantee", ids: r.IDs, text: strings.Join(way, " → ")})
	}
	v.columns("#pattern.members", "pattern.who", "pattern.way", "pattern.picture")
	return a.listGroups(v, "rings", list, answer.Truncated)
}

// clusterKinds are the attributes that groups may share.
var clusterKinds = []string{"same_address", "same_phone", "same_device", "same_domain"}

func (a *App) fillClusters(c *gin.Context, v *patternView) error {
	kind := c.Query("kind")
	v.choose("kind", kind, "relation.", append([]string{""}, clusterKinds...)...)
	ask := v.groupsForm(c)
	if v.q.err() != nil {
		return nil
	}
	v.by.Kinds = clusterKinds
	if kind != "" {
		v.by.Kinds = []string{kind}
	}
	answer, err := a.Desk.Graph.Clusters(v.ctx, v.by, ask)
	if err != nil {
		return err
	}
	var list []group
	var ids []int64
	for _, k := range answer.Clusters {
		ids = append(ids, k.IDs...)
		list = append(list, group{kind: k.Kind, ids: k.IDs, text: i18n.T(v.ctx, "relation."+k.Kind)})
	}
	if err := v.nameAll(a, ids); err != nil {
		return err
	}
	v.columns("#pattern.members", "pattern.who", "pattern.shared", "pattern.picture")
	return a.listGroups(v, "clusters", list, answer.Truncated)
}

// groupsForm shows and reads the fields of a question about groups.
func (v *patternView) groupsForm(c *gin.Context) work.GroupsAsk {
	v.page.Ending = true
	v.input("of", i18n.T(v.ctx, "pattern.of"))
	v.input("least", "2")
	v.input("as_of", "2026-11-20")
	ask := readGroups(c, v.q)
	ask.Of, ask.Limit = strings.TrimSpace(ask.Of), patternLimit
	return ask
}

// listGroups lists groups and draws the one that is asked for.
func (a *App) listGroups(v *patternView, name string, list []group, truncated bool) error {
	show := v.shown()
	for i, g := range list {
		names := make([]string, 0, len(g.ids))
		for _, id := range g.ids {
			names = append(names, maskedName(v.ctx, v.names, id))
		}
		listing := i18n.T(v.ctx, "clock.listing")
		text := strings.Join(names[:min(len(names), membersShown)], listing)
		if len(names) > membersShown {
			text = i18n.T(v.ctx, "pattern.and_more", "list", text, "n", i18n.Integer(v.ctx, int64(len(names)-membersShown)))
		}
		size := itoa(len(g.ids))
		v.row(i == show, []string{size, strings.Join(names, listing), g.text, itoa(i + 1)}, views.PatternCell{Text: size}, views.PatternCell{Text: text}, views.PatternCell{Text: g.text},
			views.PatternCell{Text: i18n.T(v.ctx, "pattern.look"), Label: i18n.T(v.ctx, "pattern.look_at", "n", itoa(i+1)), URL: v.address(name, "show", itoa(i)) + "#picture"})
	}
	v.cut(truncated)
	if show >= len(list) {
		return nil
	}
	g, by := list[show], v.by
	by.Kinds = []string{g.kind}
	pic, err := a.Desk.Graph.Picture(v.ctx, by, work.PictureAsk{Set: g.ids, Limit: pictureMost, Width: pictureWidth, Height: pictureHeight})
	if err != nil {
		return err
	}
	v.page.PictureTitle = i18n.T(v.ctx, "pattern.group", "n", itoa(show+1))
	v.page.Picture = v.picture(pic)
	return nil
}

// picture draws a group with the lists that are equal to it.
func (v *patternView) picture(pic work.Picture) *views.GraphPage {
	f := graphFile{picture: pic, names: v.names}
	p := &views.GraphPage{Width: pictureWidth, Height: pictureHeight, Nodes: newGraphNodes(v.ctx, v.actor, f), Edges: newGraphEdges(v.ctx, f)}
	for i := range p.Nodes {
		p.Nodes[i].Root, p.Nodes[i].Open = false, ""
	}
	p.NodeCount, p.EdgeCount = i18n.Integer(v.ctx, int64(len(p.Nodes))), i18n.Integer(v.ctx, int64(len(p.Edges)))
	p.Label = i18n.T(v.ctx, "pattern.label", "nodes", p.NodeCount, "edges", p.EdgeCount)
	if pic.Truncated {
		p.Cut = i18n.T(v.ctx, "graph.cut", "n", i18n.Integer(v.ctx, pictureMost))
	}
	return p
}

// moneyURL leads to the money of an account.
func moneyURL(account, direction string) string {
	return "/graph/money?" + url.Values{"account": {account}, "direction": {direction}}.Encode()
}
