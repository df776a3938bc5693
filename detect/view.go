package detect

import (
	"time"

	"xiezhi/models"
)

// view is the facts about a company as the measures see them: general purpose only, observed by asOf, the newest
// observation of each identity, texts already read. Measures look at it through the area that is being assessed.
type view struct {
	rules *Rules
	c     *compiled
	asOf  models.Instant
	us    int64 // asOf
	peers Peers

	registry  []*models.Fact[models.CompanyRow] // newest per source
	addresses []*models.Fact[models.CompanyRow] // every observation
	licences  []*models.Fact[models.LicenceRow] // newest per key, valid at asOf
	products  []product
	signals   []signal
	relations []*models.Fact[models.RelationRow]
	schemes   []models.SchemeFact
	ties      []models.Tie
	docs      []document
	promises  []promise
	area      int    // the area being assessed
	also      uint64 // areas whose facts count beside it
	guessed   []int  // the areas of a company without products, at least one
	scanned   *scan

	muted      []string // indicators that are not counted for the company
	suppressed []string // of them, those that hit
}

// product is the newest observation of a product by one source, with the earlier ones.
type product struct {
	fact    *models.Fact[models.ProductRow]
	history []*models.Fact[models.ProductRow] // oldest first, the newest included
	area    int
}

// signal is a signal that still stands, with its own moment.
type signal struct {
	fact *models.Fact[models.SignalRow]
	at   int64
	area int // -1 is every area
	doc  int // -1 is no text
}

// document is a text that was read.
type document struct {
	prov    *models.Provenance
	field   string
	url     string
	text    string
	voice   Voice
	area    int // -1 is every area
	at      int64
	kind    string // the signal's kind, or product, name, scope
	words   []wordHit
	numbers []NumberHit
	banned  []wordHit
}

// promise is a promised return by product field or by text.
type promise struct {
	Promise
	prov  *models.Provenance
	url   string
	doc   int // -1 is a product field
	area  int // -1 is every area
	score float64
}

const everyArea = -1

func newView(facts *models.CompanyFacts, peers Peers, rules *Rules, asOf models.Instant) *view {
	v := &view{rules: rules, c: rules.compiled, asOf: asOf, us: asOf.Micro(), peers: peers}
	v.scanned = v.c.borrow()
	defer v.c.giveBack(v.scanned)
	v.schemes = facts.Schemes
	v.readRegistry(facts.Registry)
	v.readLicences(facts.Licences)
	v.readProducts(facts.Products)
	v.readSignals(facts.Signals)
	for i := range facts.Relations {
		if f := &facts.Relations[i]; v.counts(&f.Provenance) {
			v.relations = append(v.relations, f)
		}
	}
	for i := range facts.Ties {
		if t := &facts.Ties[i]; v.counts(&t.Provenance) {
			v.ties = append(v.ties, *t)
		}
	}
	v.guessAreas()
	v.scorePromises()
	return v
}

// counts says whether a fact may be used at all: general purpose, observed by the moment of the assessment.
func (v *view) counts(p *models.Provenance) bool {
	return (p.Purpose == models.PurposeGeneral || p.Purpose == "") && (p.ObservedAt.IsZero() || p.ObservedAt.Micro() <= v.us)
}

// since gives the moment some days before asOf.
func (v *view) since(days float64) int64 {
	return v.us - int64(days*float64(24*time.Hour/time.Microsecond))
}

// valid says whether an observation still speaks for the present.
func (v *view) valid(p *models.Provenance) bool {
	return p.ObservedAt.IsZero() || p.ObservedAt.Micro() >= v.since(float64(v.rules.ValidityDays))
}

// here says whether something of an area belongs to the area being assessed.
func (v *view) here(area int) bool {
	return area == everyArea || area == v.area || v.also>>uint(area)&1 == 1
}

func (v *view) readRegistry(facts []models.Fact[models.CompanyRow]) {
	for i := range facts {
		f := &facts[i]
		if !v.counts(&f.Provenance) {
			continue
		}
		v.addresses = append(v.addresses, f)
		known := false
		for j, g := range v.registry {
			if g.Source == f.Source {
				v.registry[j], known = f, true
			}
		}
		if !known {
			v.registry = append(v.registry, f)
		}
	}
	for i, f := range v.registry {
		if i > 0 && f.Row.Name == v.registry[0].Row.Name && f.Row.BusinessScope == v.registry[0].Row.BusinessScope {
			continue // another source saying the same
		}
		v.readDoc(document{prov: &f.Provenance, field: "name", text: f.Row.Name, voice: VoiceOwn, area: everyArea, kind: docName})
		v.readDoc(document{prov: &f.Provenance, field: "name_en", text: f.Row.NameEn, voice: VoiceOwn, area: everyArea, kind: docName})
		v.readDoc(document{prov: &f.Provenance, field: "business_scope", text: f.Row.BusinessScope, voice: VoiceOwn, area: everyArea, kind: docScope})
	}
}

func (v *view) readLicences(facts []models.Fact[models.LicenceRow]) {
	if len(facts) == 0 {
		return
	}
	today := v.today()
	for i := range facts {
		f := &facts[i]
		if !v.counts(&f.Provenance) {
			continue
		}
		kept := v.licences[:0]
		for _, g := range v.licences {
			if g.Source != f.Source || g.Row.Kind != f.Row.Kind || g.Row.Number != f.Row.Number {
				kept = append(kept, g)
			}
		}
		v.licences = kept
		if f.Row.Number != "" && f.Row.ValidFrom <= today && (f.Row.ValidUntil == "" || f.Row.ValidUntil >= today) {
			v.licences = append(v.licences, f)
		}
	}
}

// chinaTime is the zone of the dates in licences and registers.
func chinaTime() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

func (v *view) readProducts(facts []models.Fact[models.ProductRow]) {
	for i := range facts {
		f := &facts[i]
		if !v.counts(&f.Provenance) {
			continue
		}
		p := v.productOf(f)
		p.history = append(p.history, f)
		p.fact = f
	}
	kept := v.products[:0]
	for _, p := range v.products {
		if v.valid(&p.fact.Provenance) {
			p.area = v.c.areaIndex(p.fact.Row.Area)
			kept = append(kept, p)
		}
	}
	v.products = kept
	for i := range v.products {
		p := &v.products[i]
		v.readField(p)
		f := p.fact
		v.readDoc(document{prov: &f.Provenance, field: "name", url: f.Row.URL, text: f.Row.Name, voice: VoiceOwn, area: p.area, kind: docProduct})
		v.readDoc(document{prov: &f.Provenance, field: "text", url: f.Row.URL, text: f.Row.Text, voice: VoiceOwn, area: p.area, kind: docProduct})
		v.readDoc(document{prov: &f.Provenance, field: "channel", url: f.Row.URL, text: f.Row.Channel, voice: VoiceOwn, area: p.area, kind: docChannel})
	}
}

func (v *view) productOf(f *models.Fact[models.ProductRow]) *product {
	for j := range v.products {
		if p := &v.products[j]; p.fact.Row.ID == f.Row.ID && p.fact.Source == f.Source {
			return p
		}
	}
	v.products = append(v.products, product{fact: f})
	return &v.products[len(v.products)-1]
}

func (v *view) readSignals(facts []models.Fact[models.SignalRow]) {
	newest := v.since(float64(max(v.rules.ValidityDays, 730)))
	for i := range facts {
		f := &facts[i]
		at := f.Row.At
		if at.IsZero() {
			at = f.ObservedAt
		}
		if !v.counts(&f.Provenance) || at.Micro() > v.us || at.Micro() < newest {
			continue
		}
		s := signal{fact: f, at: at.Micro(), area: v.areaOfSubject(f.Row.Subject), doc: -1}
		if k := v.sameRef(f); k >= 0 {
			v.signals[k] = s
			continue
		}
		v.signals = append(v.signals, s)
	}
	for i := range v.signals {
		s := &v.signals[i]
		if s.fact.Row.Text == "" {
			continue
		}
		before := len(v.docs)
		v.readDoc(document{prov: &s.fact.Provenance, field: "text", url: s.fact.Row.URL, text: s.fact.Row.Text, voice: voiceOf(s.fact.Row.Kind), area: s.area, at: s.at, kind: s.fact.Row.Kind})
		if len(v.docs) > before {
			s.doc = before
		}
	}
}

// sameRef finds an older observation of the same signal.
func (v *view) sameRef(f *models.Fact[models.SignalRow]) int {
	if f.Row.Ref == "" {
		return -1
	}
	for i := range v.signals {
		if g := v.signals[i].fact; g.Row.Ref == f.Row.Ref && g.Source == f.Source {
			return i
		}
	}
	return -1
}

func (v *view) areaOfSubject(subject string) int {
	const prefix = string(models.KindProduct) + ":"
	if len(subject) <= len(prefix) || subject[:len(prefix)] != prefix {
		return everyArea
	}
	for i := range v.products {
		if v.products[i].fact.Row.ID == subject[len(prefix):] {
			return v.products[i].area
		}
	}
	return everyArea
}

func voiceOf(kind string) Voice {
	switch kind {
	case "advert", "web_page", "app", "recruitment":
		return VoiceOwn
	case "opinion":
		return VoiceNews
	default:
		return VoiceReport
	}
}
