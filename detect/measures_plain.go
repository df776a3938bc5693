package detect

// measures gives the plain numbers behind the assessment, over all areas.
func (v *view) measures() Measures {
	m := Measures{}
	for i := range v.promises {
		p := &v.promises[i]
		if m.MaxAnnualYield == nil || p.Annual > *m.MaxAnnualYield {
			top := p.Annual
			m.MaxAnnualYield = &top
		}
		m.Guaranteed = m.Guaranteed || p.Guaranteed
	}
	m.Investors = v.total(func(p *product) *int64 { return p.fact.Row.Investors })
	m.RaisedFen = v.total(func(p *product) *int64 { return p.fact.Row.RaisedFen })
	m.AmountFen, m.People = m.RaisedFen, m.Investors
	m.LossFen = v.loss()
	from := v.since(90)
	for i := range v.signals {
		if s := &v.signals[i]; isComplaint(s.fact.Row.Kind) && s.at >= from {
			m.Complaints90d += signalCount(s)
		}
	}
	return m
}

// total sums a count over the products, by product the greatest current one of any source; nil when none is known.
func (v *view) total(value func(*product) *int64) *int64 {
	var sum *int64
	for i := range v.products {
		n := value(&v.products[i])
		if n == nil || !v.greatest(i, value) {
			continue
		}
		if sum == nil {
			sum = new(int64)
		}
		*sum += min(max(0, *n), 1e15)
	}
	return sum
}

// loss gives the greater of what complaints and what failures of redemption state, so that one loss told twice is not
// counted twice.
func (v *view) loss() *int64 {
	var told, failed int64
	known := false
	for i := range v.signals {
		s := &v.signals[i]
		n := s.fact.Row.AmountFen
		if n == nil || *n < 0 {
			continue
		}
		switch kind := s.fact.Row.Kind; {
		case isComplaint(kind):
			told, known = told+min(*n, 1e15), true
		case kind == "redemption_failure":
			failed, known = failed+min(*n, 1e15), true
		}
	}
	if !known {
		return nil
	}
	sum := max(told, failed)
	return &sum
}
