package graph

// NearnessQuery asks how near subjects are to others of known risk. Damping is the chance to go on at each step, Rounds how many
// rounds are computed.
type NearnessQuery struct {
	Seeds   map[Subject]float64 // risk, not negative
	Damping float64
	Rounds  int
	Filter  Filter
}

// kindWeight is how much of a subject's risk passes along a relation, relative to others: who decides over somebody, or is the same
// hand behind two doors, counts fully; an office or a branch half of that; a shared address least, since many strangers share an
// office building.
func kindWeight(k Kind) float64 {
	switch k {
	case ActualController, Shareholder, SameDevice, SamePhone, SameDomain:
		return 1
	case LegalRepresentative, Holder, Branch, Manager:
		return 0.8
	case Director, Supervisor, Guarantee, Kinship:
		return 0.5
	case SameAddress:
		return 0.3
	default:
		return 0.2
	}
}

// Nearness gives each subject its part of a walk that starts at subjects of known risk, goes along relations in either direction by
// their weight, and returns to a start at each step with the chance 1-Damping (personalised PageRank, after Haveliwala, 2002). The
// parts sum up to 1; the seeds' own parts are included. Without seeds the answer is empty.
func (r *Relations) Nearness(q NearnessQuery) map[Subject]float64 {
	total := 0.0
	for _, v := range q.Seeds {
		total += max(v, 0)
	}
	if total == 0 {
		return map[Subject]float64{}
	}
	start := make(map[Subject]float64, len(q.Seeds))
	for s, v := range q.Seeds {
		if v > 0 {
			start[s] = v / total
		}
	}
	now := start
	for range q.Rounds {
		next := make(map[Subject]float64, 2*len(now))
		back := 0.0
		for s, mass := range now {
			back += r.passOn(s, mass, q, next)
		}
		for s, v := range start {
			next[s] += back * v
		}
		now = next
	}
	return now
}

// passOn gives the neighbours of a subject their part of its mass and says what goes back to the starts.
func (r *Relations) passOn(s Subject, mass float64, q NearnessQuery, next map[Subject]float64) float64 {
	sum := 0.0
	r.visit(s, Either, q.Filter, func(e Edge, other Subject, _ bool) bool {
		if other != s {
			sum += kindWeight(r.KindOfEdge(e))
		}
		return true
	})
	if sum == 0 {
		return mass
	}
	going := mass * q.Damping
	r.visit(s, Either, q.Filter, func(e Edge, other Subject, _ bool) bool {
		if other != s {
			next[other] += going * kindWeight(r.KindOfEdge(e)) / sum
		}
		return true
	})
	return mass - going
}
