package detect

import (
	"math"
	"strconv"
	"strings"

	"xiezhi/models"
)

// The kinds of documents that are no signals.
const (
	docName    = "name"
	docScope   = "scope"
	docProduct = "product"
	docChannel = "channel"
)

// readDoc takes a text apart and keeps what it says.
func (v *view) readDoc(d document) {
	if strings.TrimSpace(d.text) == "" {
		return
	}
	s := v.scanned
	s.read(d.text, d.voice)
	if d.at == 0 {
		d.at = v.us
		if !d.prov.ObservedAt.IsZero() {
			d.at = d.prov.ObservedAt.Micro()
		}
	}
	d.words = s.features()
	d.numbers = s.numbers()
	if d.kind == docName || d.kind == docScope {
		d.banned = s.scopeHits(v.c.banned)
	}
	index := len(v.docs)
	if d.at >= v.since(float64(v.rules.ValidityDays)) && d.kind != docChannel {
		for _, p := range s.promises() {
			v.promises = append(v.promises, promise{Promise: p, prov: d.prov, url: d.url, doc: index, area: d.area})
		}
	}
	v.docs = append(v.docs, d)
}

// readField keeps the promise that a product states in its field.
func (v *view) readField(p *product) {
	row := &p.fact.Row
	if row.PromisedYield == nil || math.IsNaN(*row.PromisedYield) || *row.PromisedYield <= 0 {
		return
	}
	days := periodDays(row.YieldPeriod)
	pr := Promise{Rate: min(*row.PromisedYield, maxRate), Assumed: days == 0, Guaranteed: row.Guaranteed != nil && *row.Guaranteed}
	if days == 0 {
		days = 365
	}
	pr.Low, pr.Days = pr.Rate, days
	pr.Period, pr.Annual = annualise(pr.Rate, days)
	v.promises = append(v.promises, promise{Promise: pr, prov: &p.fact.Provenance, url: row.URL, doc: -1, area: p.area})
}

func periodDays(period string) float64 {
	switch Period(period) {
	case PeriodDay:
		return 1
	case PeriodWeek:
		return 7
	case PeriodMonth:
		return 30
	case PeriodQuarter:
		return 91
	case PeriodYear:
		return 365
	}
	return 0
}

// areaFactor is how much a kind of text says about the area.
func areaFactor(kind string) float64 {
	switch kind {
	case docName, docProduct:
		return 3
	case "advert", "web_page", "app":
		return 2
	case docScope:
		return 1
	}
	return 0.5
}

// areaWords is the least weight of words that name an area: one of a company's name, two of its adverts.
const areaWords = 3

// guessAreas names the areas of a company without products: the one that its own words name most, else the general one, and each
// that others speak of whose words weigh enough. What others say only adds areas, so that a complaint never lowers an index; rules
// that do not widen take the one area that all words name most.
func (v *view) guessAreas() {
	if len(v.products) > 0 {
		return
	}
	var own, others [64]float64
	for i := range v.docs {
		d := &v.docs[i]
		sums := &own
		if v.rules.WidenAreas && d.voice != VoiceOwn {
			sums = &others
		}
		for _, w := range d.words {
			if w.entry.class != v.c.areaClass {
				continue
			}
			if a := v.c.areaIndex(w.entry.text); a < len(sums) {
				sums[a] += areaFactor(d.kind) * w.entry.weight
			}
		}
	}
	other := v.c.areaIndex(areaOther)
	guess := other
	for a := range min(len(v.c.areas), len(own)) {
		if a != other && own[a] >= areaWords && (guess == other || own[a] > own[guess]) {
			guess = a
		}
	}
	v.guessed = append(v.guessed, guess)
	for a := range min(len(v.c.areas), len(own)) {
		if a != other && a != guess && others[a] > 0 && own[a]+others[a] >= areaWords {
			v.guessed = append(v.guessed, a)
		}
	}
}

// scorePromises scores every promise by the one-year rate of its own date.
func (v *view) scorePromises() {
	for i := range v.promises {
		p := &v.promises[i]
		at := p.prov.ObservedAt
		if at.IsZero() {
			at = v.asOf
		}
		p.score = v.promiseScore(p, at)
	}
}

// promiseScore gives 100 to a daily or weekly promise above the one-year rate; the bonus for a guarantee grows with the
// score, so that the curve has no step at the one-year rate.
func (v *view) promiseScore(p *promise, at models.Instant) float64 {
	base := v.rules.YieldScore(p.Annual, at)
	if base > 0 && p.Days <= 7 {
		return 100
	}
	if p.Guaranteed {
		base += min(v.rules.Yield.GuaranteedBonus, base)
	}
	return min(100, base)
}

// number writes a number for a message: no exponent, at most two decimals.
func number(f float64) string {
	return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
}
