package handlers

import (
	"github.com/gin-gonic/gin"
	"xiezhi/detect"
	"xiezhi/models"
)

type companyJSON struct {
	Subject    string             `json:"subject"`
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	Division   string             `json:"division"`
	Level      string             `json:"level"`
	Index      float64            `json:"index"`
	Area       string             `json:"area"`
	Rules      string             `json:"rule_version"`
	AsOf       models.Instant     `json:"as_of"`
	Parts      []detect.Dimension `json:"parts"`
	Indicators []detect.Indicator `json:"indicators"`
	Measures   detect.Measures    `json:"measures"`
	Products   []productJSON      `json:"products"`
	Counts     map[string]int     `json:"counts"`
	Alerts     []string           `json:"alerts"`
}

type productJSON struct {
	models.ProductRow
	Source     string         `json:"source"`
	ObservedAt models.Instant `json:"observed_at"`
}

// apiCompany answers with the profile, as of a moment where one is given.
func (a *App) apiCompany(c *gin.Context) error {
	asOf, err := readMoment(c.Query("as_of"))
	f, ferr := a.companyFile(c.Request.Context(), ActorOf(c), c.Param("id"), asOf)
	if ferr != nil {
		return ferr
	}
	if err != nil {
		return models.Invalid(map[string]string{"as_of": "error.moment"})
	}
	return a.json(c, newCompanyJSON(f))
}

func newCompanyJSON(f companyFile) companyJSON {
	out := companyJSON{Subject: "company:" + f.sub.Key, ID: f.sub.Key, Name: f.sub.Name, Division: f.sub.DivisionCode, Level: f.sub.Level, Index: f.as.Index,
		Area: f.as.Area, Rules: f.as.RuleVersion, AsOf: f.as.AsOf, Parts: f.as.Dimensions, Indicators: f.as.Indicators, Measures: f.as.Measures,
		Products: []productJSON{}, Alerts: []string{}}
	if !f.asOf.IsZero() {
		out.Level = string(f.as.Level)
	}
	if out.Parts == nil {
		out.Parts = []detect.Dimension{}
	}
	if out.Indicators == nil {
		out.Indicators = []detect.Indicator{}
	}
	newest := map[string]int{}
	for _, p := range f.facts.Products {
		it := productJSON{ProductRow: p.Row, Source: p.Source, ObservedAt: p.ObservedAt}
		if i, ok := newest[p.Row.ID]; ok {
			out.Products[i] = it
			continue
		}
		newest[p.Row.ID] = len(out.Products)
		out.Products = append(out.Products, it)
	}
	for _, al := range f.alerts {
		out.Alerts = append(out.Alerts, al.Ref)
	}
	out.Counts = map[string]int{"facts": len(f.facts.Registry) + len(f.facts.Licences) + len(f.facts.Products) + len(f.facts.Signals) + len(f.facts.Relations),
		"products": len(out.Products), "signals": len(f.facts.Signals), "relations": len(f.facts.Relations), "licences": len(f.facts.Licences), "alerts": len(f.alerts)}
	return out
}
